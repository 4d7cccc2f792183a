import { z } from "zod";
import { counter, reference, rowId } from "../bounds.ts";
import { jsonObject } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN, QUEUEING, RUNS_PROGRAMS } from "../refusals.ts";
import { enqueued, enqueueFields, gatePreview } from "./enqueued.ts";

/** What a loop prescribes (spec 03 §4.4, 05 §2.4). */
export const loopPolicy = z.object({
  run_id: z.string(),
  current_iteration: z.int(),
  max_iterations: z.int(),
  required_before_continue: z.array(z.string()),
  stop_conditions: z.array(z.string()),
  cleanup_policy: z.string().nullable(),
  template: z.string().nullable(),
  preset: z.string().nullable(),
  artifact_requirements: jsonObject,
  recommended_tools: z.array(z.string()),
  tags: z.array(z.string()),
  seed_prompt_sha256: z.string().nullable(),
});

/** `enqueue-continue-iteration` (spec 03 §7.4, 05 §5.7). */
export const enqueueContinueIteration = operation({
  path: "dispatch.enqueueContinueIteration",
  kind: "mutation",
  summary: "Queue a manager's request for the next iteration of a loop",
  ledger: "write",
  refuses: [...BY_NAME, ...QUEUEING, ...LOOP_RUN, ...RUNS_PROGRAMS, "invalid_requested_iteration"],
  cli: {
    command: "enqueue-continue-iteration",
    place: 50,
    prints: "text",
    notes:
      "Dispatch decides when it delivers: too large a number, missing evidence and an iteration that still waits become\n" +
      "a blocked command. After the gate is met a fresh command is needed.",
    examples: [
      'enqueue-continue-iteration auth --loop-run nightly --requested-iteration 2 --message "Go on with the lexer" --json',
    ],
  },
  input: z.object({
    ...enqueueFields,
    loop_run: reference.describe("id or name of the loop's run"),
    requested_iteration: counter.describe("the iteration to begin, above the one the loop stands at"),
    manager_decision_id: rowId.optional().describe("the decision of this task that it follows from"),
  }),
  output: enqueued.extend({
    loop_run_id: z.string().describe("the run as it was named"),
    requested_iteration: counter,
    manager_decision_id: z.int().nullable(),
    loop_policy: loopPolicy.describe("what the loop prescribed when this was queued"),
    gate_preview: gatePreview,
  }),
});
