import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { pastFields } from "./entities.ts";

const counts = z.record(z.string(), z.int());

/** `telemetry --summary` (spec 07 §7.10.5, Summary). */
export const summary = operation({
  path: "telemetry.summary",
  kind: "query",
  summary: "Count telemetry events by actor, type and severity",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "telemetry",
    place: 30,
    select: "summary",
    prints: "text",
    examples: ["telemetry --summary --task auth --window 24h"],
  },
  input: z.object({
    ...pastFields,
    limit: rowCount.optional().describe("only the oldest N of them; default: all"),
  }),
  output: z.object({
    total: z.int(),
    by_actor: counts,
    by_event_type: counts,
    by_severity: counts,
    first_timestamp: timestamp.nullable(),
    last_timestamp: timestamp.nullable(),
    run_id: z.string().nullable().describe("the run asked for, else the only one that occurs"),
    task_id: z.string().nullable().describe("the task asked for, else the only one that occurs"),
  }),
});
