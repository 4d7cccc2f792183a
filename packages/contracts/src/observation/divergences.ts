import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { jsonObject, taskArgument, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `divergences TASK` (spec 02 §8.4). */
export const divergences = operation({
  path: "observation.divergences",
  kind: "query",
  summary: "List the cycles of a task in which the worker's screen showed something notable",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "divergences", place: 60, prints: "json", examples: ["divergences auth --limit 5"] },
  input: z.object({
    task: taskArgument,
    limit: rowCount.default(50).describe("at most this many, the newest ones"),
  }),
  output: z.array(
    z.object({
      id: z.int(),
      task_id: z.string(),
      started_at: timestamp,
      completed_at: timestamp.nullable(),
      state: z.string(),
      notable_pane_pattern: z.string(),
      status: content(jsonObject, "record").describe("what the cycle found, without content"),
    }),
  ),
});
