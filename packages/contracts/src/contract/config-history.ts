import { z } from "zod";
import { rowCount } from "../bounds.ts";
import { CHECK_AUTHORS } from "../checks/words.ts";
import { taskArgument, taskRefObject, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";

/** `manager-config --history` (spec 04 §8, 1). */
export const configHistory = operation({
  path: "contract.configHistory",
  kind: "query",
  summary: "Show who changed what of how a task is supervised, newest first",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "manager-config",
    place: 25,
    select: "history",
    prints: "json",
    examples: ["manager-config auth --history", "manager-config auth --history --limit 3"],
  },
  input: z.object({
    task: taskArgument,
    limit: rowCount.default(50).describe("at most this many revisions, the newest; 0 lists all"),
  }),
  output: z.object({
    task: taskRefObject,
    revisions: z.array(
      z.object({
        revision: z.int(),
        author: z.enum(CHECK_AUTHORS),
        source: z.string().nullable().describe("the command, when it was not manager-config"),
        created_at: timestamp,
        changes: z.array(
          z.object({
            field: z.string(),
            before: z.unknown().describe("null where the field was not there"),
            after: z.unknown(),
          }),
        ),
      }),
    ),
  }),
});
