import { z } from "zod";
import { jsonPayload, printable, rowId } from "../bounds.ts";
import { content } from "../content.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, QUEUEING, RUNS_PROGRAMS } from "../refusals.ts";
import { enqueued, enqueueFields } from "./enqueued.ts";

const messageFields = {
  ...enqueueFields,
  reply_to: rowId.min(1).optional().describe("the message that this one answers, by its number"),
};

/** `enqueue-notify-manager` (spec 03 §7.2, §13 item 10). */
export const enqueueNotifyManager = operation({
  path: "dispatch.enqueueNotifyManager",
  kind: "mutation",
  summary: "Queue a message from a task's worker to its manager",
  ledger: "write",
  refuses: [...BY_NAME, ...QUEUEING, ...RUNS_PROGRAMS],
  cli: {
    command: "enqueue-notify-manager",
    place: 30,
    prints: "text",
    examples: [
      'enqueue-notify-manager auth --message "parser done, 12 tests pass" --correlation-id slice-4 --json',
      'enqueue-notify-manager auth --message "parser done" --subject "slice 4 done" --deliver --json',
    ],
  },
  input: z.object({
    ...messageFields,
    subject: content(printable(200).optional()).describe("what it is about, in one line"),
    evidence: cli(content(jsonPayload, "whole"), { flag: "evidence-json", json: true, placeholder: "json" })
      .optional()
      .describe("what supports the message, as a JSON object"),
  }),
  output: enqueued,
});

/** `enqueue-nudge-worker` (spec 03 §7.3). */
export const enqueueNudgeWorker = operation({
  path: "dispatch.enqueueNudgeWorker",
  kind: "mutation",
  summary: "Queue a message from a task's manager to its worker",
  ledger: "write",
  refuses: [...BY_NAME, ...QUEUEING, ...RUNS_PROGRAMS],
  cli: {
    command: "enqueue-nudge-worker",
    place: 40,
    prints: "text",
    examples: ['enqueue-nudge-worker auth --message "Run the parser tests" --json'],
  },
  input: z.object(messageFields),
  output: enqueued,
});
