import { z } from "zod";
import {
  counter,
  jsonPayload,
  label,
  longSeconds,
  messageText,
  NAME_CHARACTERS,
  printable,
  reference,
  rowId,
} from "./bounds.ts";
import { jsonObject, taskArgument, warnings } from "./common.ts";
import { DISPATCHABLE_COMMANDS, dispatchResult } from "./dispatch.ts";
import { cli, operation } from "./operation.ts";

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

/** What Dispatch would say of a continuation at this moment; it decides anew when it delivers (spec 05 §5.7). */
export const gatePreview = z.object({
  would_block: z.boolean(),
  reason: z.string().nullable(),
  missing_evidence: z.array(z.string()),
});
export type GatePreview = z.infer<typeof gatePreview>;

const enqueueFields = {
  task: taskArgument,
  message: cli(messageText.optional(), { dash_reads_stdin: true }).describe("the message; - reads standard input"),
  correlation_id: label.optional().describe("label that ties this message to what follows from it; default: a new one"),
  required_permission: z
    .string()
    .max(NAME_CHARACTERS)
    .optional()
    .describe("permission the manager's configuration must grant"),
  idempotency_key: label.optional().describe("the same key and content again answers with the first command"),
  max_attempts: z.int().min(1).max(1000).default(3).describe("tries before the command fails"),
  available_at: z.iso.datetime({ offset: true }).max(40).optional().describe("not before this time"),
  delay: longSeconds.optional().describe("not before this many seconds have passed; instead of --available-at"),
  expires_in: longSeconds
    .gt(0)
    .optional()
    .describe("not delivered any more after this many seconds; default: it stays"),
  deliver: z
    .boolean()
    .optional()
    .describe("also deliver it now; what waits for the same session and is older goes first"),
};

const messageFields = {
  ...enqueueFields,
  reply_to: rowId.min(1).optional().describe("the message that this one answers, by its number"),
};

/** What queueing a command answers (spec 03 §7.2). */
export const enqueued = z.object({
  command_id: z.string(),
  command_type: z.enum(DISPATCHABLE_COMMANDS),
  correlation_id: z.string().nullable(),
  deduplicated: z.boolean(),
  required_permission: z.string().nullable(),
  task: z.string(),
  warnings,
  delivery: dispatchResult
    .nullable()
    .optional()
    .describe("with --deliver: what became of the command; null while nobody has executed it"),
  notification_id: z.int().nullable().optional().describe("with --deliver: the item in the inbox of its target"),
});

/** `enqueue-notify-manager` (spec 03 §7.2, §13 item 10). */
export const enqueueNotifyManager = operation({
  path: "dispatch.enqueueNotifyManager",
  kind: "mutation",
  summary: "Queue a message from a task's worker to its manager",
  ledger: "write",
  cli: {
    command: "enqueue-notify-manager",
    prints: "text",
    examples: [
      'enqueue-notify-manager auth --message "parser done, 12 tests pass" --correlation-id slice-4 --json',
      'enqueue-notify-manager auth --message "parser done" --subject "slice 4 done" --deliver --json',
    ],
  },
  input: z.object({
    ...messageFields,
    subject: printable(200).optional().describe("what it is about, in one line"),
    evidence: cli(jsonPayload, { flag: "evidence-json", json: true, placeholder: "json" })
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
  cli: {
    command: "enqueue-nudge-worker",
    prints: "text",
    examples: ['enqueue-nudge-worker auth --message "Run the parser tests" --json'],
  },
  input: z.object(messageFields),
  output: enqueued,
});

/** `enqueue-continue-iteration` (spec 03 §7.4, 05 §5.7). */
export const enqueueContinueIteration = operation({
  path: "dispatch.enqueueContinueIteration",
  kind: "mutation",
  summary: "Queue a manager's request for the next iteration of a loop",
  ledger: "write",
  cli: {
    command: "enqueue-continue-iteration",
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
