import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { timestamp, warnings } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { workerArgument, workerState } from "./entities.ts";

/** `update-status NAME` (spec 01 §7.4, 02 §8.9). */
export const updateStatus = operation({
  path: "workers.updateStatus",
  kind: "mutation",
  summary: "Report what a worker is doing, said by the worker itself",
  ledger: "create",
  refuses: [...BY_NAME, "conflict"],
  cli: {
    command: "update-status",
    place: 90,
    prints: "json",
    examples: ['update-status docs --state editing --current-task "README" --next-action "check the links"'],
  },
  input: z.object({
    name: workerArgument,
    state: workerState.describe("what it is doing"),
    current_task: nonBlank.max(4000).describe("what it is working on"),
    next_action: nonBlank.max(4000).describe("what comes next"),
    blocker: nonBlank.max(4000).optional().describe("what keeps it from going on"),
  }),
  output: z.object({
    state: workerState,
    current_task: z.string(),
    next_action: z.string(),
    blocker: z.string().nullable(),
    last_update: timestamp,
    warnings: warnings.optional(),
  }),
});
