import { z } from "zod";
import { reference } from "../bounds.ts";
import { count, taskArgument, taskRefObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { evidenceStanding } from "./entities.ts";

/** `loop-gate` (spec 05 §9): what Dispatch or finish-task would say now. */
export const gate = operation({
  path: "loops.gate",
  kind: "query",
  summary: "Ask a gate of a loop what it would say now, without doing anything",
  ledger: "read",
  refuses: [...BY_NAME, ...LOOP_RUN],
  cli: {
    command: "loop-gate",
    place: 190,
    prints: "text",
    notes: "The gates of Dispatch and finish-task are asked themselves, so that what is said here is what they do.",
    examples: ["loop-gate auth", "loop-gate auth --for merge --require"],
  },
  input: z.object({
    task: taskArgument,
    run: reference.optional().describe("id or name of the loop's run; default: the newest open loop of the task"),
    for: z
      .enum(["continue", "merge", "finish"])
      .default("continue")
      .describe("going on, an instruction to merge, or finish-task --require-adversarial-proof"),
    requested_iteration: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("which iteration to begin; default: the next"),
    require: z.boolean().default(false).describe("exit with 1 when the gate is closed"),
  }),
  output: z.object({
    task: taskRefObject,
    run: z.object({ id: z.string(), name: z.string() }),
    for: z.enum(["continue", "merge", "finish"]),
    iteration: count.nullable().describe("whose evidence counts; null: of any"),
    requested_iteration: count.nullable(),
    can_pass: z.boolean(),
    reason: z.string().nullable(),
    missing_evidence: z.array(z.string()),
    evidence: z.array(evidenceStanding),
  }),
});
