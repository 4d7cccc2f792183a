import { z } from "zod";
import { nonBlank } from "../bounds.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import {
  captureFailure,
  captureLineCount,
  closingInput,
  closingOutput,
  finalAudits,
  roleCapture,
  transcriptMode,
} from "./closing.ts";

/** `finish-task TASK` (spec 01 §6.14, spec 04 §4.14). */
export const finish = operation({
  path: "tasks.finish",
  kind: "mutation",
  summary: "Close a task, behind the gates that are asked for",
  ledger: "write",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS, "conflict", "gate_failed", "terminal_state", "tmux_timeout"],
  cli: {
    command: "finish-task",
    place: 40,
    prints: "json",
    examples: ['finish-task auth --reason "all criteria proven" --require-criteria-audit --stop-worker'],
  },
  input: closingInput.extend({
    reason: nonBlank
      .default("finished by operator")
      .describe("why it is finished; becomes the final decision's reason"),
    require_criteria_audit: z
      .boolean()
      .default(false)
      .describe("refuse while a criterion is accepted but not satisfied"),
    require_acks: z.boolean().default(false).describe("refuse unless worker and manager acknowledged the contract"),
    require_epilogue: z
      .boolean()
      .default(false)
      .describe("refuse unless the latest run of every configured step succeeded"),
    require_adversarial_proof: z
      .boolean()
      .default(false)
      .describe("refuse unless a satisfied criterion carries evidence of an adversarial check"),
    require_proof: z
      .boolean()
      .default(false)
      .describe("refuse unless every accepted criterion is verified by a check, or waived"),
    no_run: z.boolean().default(false).describe("judge the checks as they stand and run none"),
    stop_manager: z.boolean().default(false).describe("end the manager's tmux session"),
    capture_transcript_before_stop: z
      .boolean()
      .default(false)
      .describe("store what the terminals show before they are stopped"),
    capture_transcript_lines: captureLineCount.default(200).describe("lines of scrollback to capture"),
    capture_transcript_mode: transcriptMode
      .default("segment")
      .describe("how much of each capture to keep as transcript"),
    require_transcript_segment: z
      .boolean()
      .default(false)
      .describe("stop nothing unless every terminal to be stopped shows text"),
  }),
  output: closingOutput.extend({
    finish: z.literal(true),
    ...finalAudits.shape,
    pre_stop_transcript_captures: z.array(z.union([roleCapture, captureFailure])),
  }),
});
