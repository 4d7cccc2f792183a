import { z } from "zod";
import { taskArgument } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, OTHER_TERMINAL, TMUX } from "../refusals.ts";
import { captureFailure, captureLineCount, roleCapture, transcriptMode } from "../tasks/closing.ts";
import { roles } from "./entities.ts";

/** `transcript-capture TASK` (spec 02 §8.11). */
export const capture = operation({
  path: "transcripts.capture",
  kind: "mutation",
  summary: "Store what the terminals of a task show, without repeating what is stored already",
  ledger: "write",
  refuses: [...BY_NAME, ...TMUX, ...OTHER_TERMINAL, "gate_failed", "rollout_missing", "rollout_unreadable"],
  cli: {
    command: "transcript-capture",
    place: 10,
    prints: "text",
    examples: ["transcript-capture auth", "transcript-capture auth --role worker --mode snapshot --json"],
  },
  input: z.object({
    task: taskArgument,
    role: roles.default("all").describe("whose terminal; with all, one that fails does not stop the other"),
    mode: transcriptMode.default("segment").describe("how much of a capture to keep as transcript"),
    lines: captureLineCount.default(200).describe("lines of scrollback to capture"),
    require_segment: z.boolean().default(false).describe("fail unless every role gave new text; captures stay stored"),
    include_content: z.boolean().default(false).describe("show the captured text"),
  }),
  output: z.object({
    task: z.string(),
    role: roles,
    mode: transcriptMode,
    captures: z.array(z.union([roleCapture, captureFailure])),
  }),
});
