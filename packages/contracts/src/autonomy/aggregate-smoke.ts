import { z } from "zod";
import { count, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { freshFor, smokeRun, smokeVerdict } from "./smoke.ts";

/** `app-smoke aggregate` (spec 06 §6.12 item 7). */
export const aggregateSmoke = operation({
  path: "autonomy.aggregateSmoke",
  kind: "query",
  summary: "Show one verdict over the smoke runs of several tasks, as a set of workers has them",
  ledger: "read",
  refuses: BY_NAME,
  shows_content: true,
  cli: {
    command: "app-smoke",
    action: "aggregate",
    place: 160,
    prints: "text",
    notes:
      "Each task counts with its newest smoke run. A task without one, or whose pair is closed, keeps real work from beginning.",
    examples: ["app-smoke aggregate --tasks auth,billing --json"],
  },
  input: z.object({
    tasks: z.string().min(1).max(20_000).describe("the tasks by name or id, with commas between them; at most 200"),
    stale_after: freshFor,
  }),
  output: z.object({
    ok: z.boolean(),
    real_work_allowed: z.boolean(),
    summary: z.object({ tasks: count, passed: count, allowed: count }),
    tasks: z.array(
      z.object({ task: taskRefObject, smoke: smokeRun.nullable().describe("null: it has none"), ...smokeVerdict }),
    ),
  }),
});
