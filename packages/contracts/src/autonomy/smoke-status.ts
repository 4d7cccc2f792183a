import { z } from "zod";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { freshFor, smokeId, smokeStanding } from "./smoke.ts";

/** `app-smoke status` (spec 06 §6.2). */
export const smokeStatus = operation({
  path: "autonomy.smokeStatus",
  kind: "query",
  summary: "Show whether both threads of a pair can be reached and answer, and what is missing",
  ledger: "read",
  refuses: [...BY_NAME, "no_active_binding", "terminal_state"],
  shows_content: true,
  cli: {
    command: "app-smoke",
    action: "status",
    place: 150,
    prints: "text",
    examples: ["app-smoke status auth", "app-smoke status auth --smoke-id smoke-1 --json"],
  },
  input: z.object({
    task: taskArgument,
    smoke_id: smokeId.optional().describe("the smoke run; default: the task's newest"),
    stale_after: freshFor,
  }),
  output: smokeStanding,
});
