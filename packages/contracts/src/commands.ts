import { z } from "zod";
import { label, oneOrMoreRows, reference } from "./bounds.ts";
import { count, jsonObject, taskRef, timestamp } from "./common.ts";
import { DISPATCHABLE_COMMANDS } from "./dispatch.ts";
import { enqueued, gatePreview } from "./enqueue.ts";
import { acknowledgement, inboxItem } from "./inbox.ts";
import { LIST_ROWS } from "./limits.ts";
import { cli, operation } from "./operation.ts";

export const commandState = z.enum(["pending", "attempted", "succeeded", "failed", "blocked"]);
export type CommandState = z.infer<typeof commandState>;
export const attemptState = z.enum(["running", "succeeded", "failed", "abandoned", "blocked"]);

export const commandAttempt = z.object({
  id: z.int(),
  command_id: z.string(),
  correlation_id: z.string(),
  dispatcher_id: z.string(),
  started_at: timestamp,
  finished_at: timestamp.nullable(),
  state: attemptState,
  result: jsonObject.nullable(),
  error: z.string().nullable(),
  side_effect_started: z.boolean(),
  side_effect_completed: z.boolean(),
  transport: z.string().nullable(),
  delivery_method: z.string().nullable(),
  delivery_id: z.string().nullable(),
});
export type CommandAttempt = z.infer<typeof commandAttempt>;

export const command = z.object({
  id: z.string(),
  idempotency_key: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  task_id: z.string().nullable(),
  task_name: z.string().nullable(),
  worker_id: z.string().nullable(),
  manager_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  type: z.string(),
  state: commandState,
  available_at: timestamp.nullable(),
  expires_at: timestamp.nullable().describe("not delivered after this"),
  claimed_by: z.string().nullable(),
  claimed_at: timestamp.nullable(),
  claim_expires_at: timestamp.nullable(),
  attempts: z.int(),
  max_attempts: z.int(),
  required_permission: z.string().nullable(),
  payload: jsonObject,
  result: jsonObject.nullable(),
  error: z.string().nullable(),
  attempt_history: z.array(commandAttempt).optional(),
});
export type Command = z.infer<typeof command>;

const includeContent = z.boolean().default(false).describe("show message bodies instead of redacting them");

/** `commands` (spec 03 §7.8). */
export const list = operation({
  path: "dispatch.commands",
  kind: "query",
  summary: "List the durable command log in order of creation",
  ledger: "read",
  cli: {
    command: "commands",
    prints: "text",
    examples: ["commands --task auth --attempts --json", "commands --state failed"],
  },
  input: z.object({
    task: taskRef.optional().describe("only commands of this task"),
    type: label.optional().describe("only this type of command"),
    state: commandState.optional().describe("only commands in this state"),
    worker: reference.optional().describe("only this legacy worker id"),
    manager: reference.optional().describe("only this legacy manager id"),
    attempts: z.boolean().default(false).describe("also every attempt"),
    limit: oneOrMoreRows.optional().describe(`only the newest N; default ${LIST_ROWS}`),
    correlation_id: label.optional().describe("only this correlation id"),
    since: z.iso.datetime({ offset: true }).max(40).optional().describe("only commands created at this time or later"),
    include_content: includeContent,
  }),
  output: z.array(command),
});

const commandArgument = cli(reference, { position: 0, placeholder: "command-id" }).describe(
  "id of the command, or a unique beginning of it",
);

/** `commands show` (spec 03 §13 item 2). */
export const show = operation({
  path: "dispatch.showCommand",
  kind: "query",
  summary: "Show one command with its attempts, items and acknowledgements",
  ledger: "read",
  cli: {
    command: "commands",
    action: "show",
    prints: "text",
    examples: ["commands show command-9c --json", "commands show command-9c --include-content"],
  },
  input: z.object({ command: commandArgument, include_content: includeContent }),
  output: command.extend({
    attempt_history: z.array(commandAttempt),
    items: z.array(
      inboxItem.extend({ acknowledgements: z.array(acknowledgement).describe("every one, oldest first") }),
    ),
  }),
});

/** `commands retry` (spec 03 §13 item 2). */
export const retry = operation({
  path: "dispatch.retryCommand",
  kind: "mutation",
  summary: "Queue a failed or blocked command anew, as a fresh command",
  ledger: "write",
  cli: {
    command: "commands",
    action: "retry",
    prints: "text",
    notes:
      "The old command stays as it is. A second retry of it answers with the first, or retries that one when it failed too.",
    examples: ["commands retry command-9c --json", "commands retry command-9c --force"],
  },
  input: z.object({
    command: commandArgument,
    force: z.boolean().default(false).describe("also when the terminal may have got the message already"),
  }),
  output: enqueued.omit({ delivery: true, notification_id: true }).extend({
    retry_of: z.string().describe("the command that this one repeats"),
    gate_preview: gatePreview.optional().describe("of a continuation: what Dispatch would say now"),
  }),
});

/** `commands cancel` (spec 03 §3.1, §13 item 2). */
export const cancel = operation({
  path: "dispatch.cancelCommand",
  kind: "mutation",
  summary: "Take a command that nobody has begun out of the queue",
  ledger: "write",
  cli: { command: "commands", action: "cancel", prints: "text", examples: ["commands cancel command-9c --json"] },
  input: z.object({ command: commandArgument }),
  output: z.object({
    command_id: z.string(),
    command_type: z.string(),
    correlation_id: z.string().nullable(),
    error_code: z.literal("cancelled"),
    state: z.literal("failed"),
    task: z.string().nullable().describe("name of its task"),
  }),
});

const deadCommand = z.object({
  command_id: z.string(),
  command_type: z.enum(DISPATCHABLE_COMMANDS),
  correlation_id: z.string().nullable(),
  created_at: timestamp,
  error: z.string().nullable(),
  state: z.enum(["failed", "blocked"]),
  task: z.string().describe("name of its task"),
  retry: z.string().nullable().describe("the command line that queues it anew; null when that cannot help"),
});

/** Commands that ended for the same reason, and what helps. */
export const deadGroup = z.object({
  error_code: z.string().describe("why they failed, or were blocked"),
  count,
  advice: z.string().describe("what helps, in words"),
  fix: z.array(z.string()).describe("command lines that remove the cause, for the commands shown"),
  commands: z.array(deadCommand).describe("the newest first"),
});

/** `commands dead` (spec 03 §13 item 9). */
export const dead = operation({
  path: "dispatch.deadCommands",
  kind: "query",
  summary: "List messages that were never delivered, by reason, with what helps",
  ledger: "read",
  cli: {
    command: "commands",
    action: "dead",
    prints: "text",
    notes:
      "Left out: what was cancelled, what was retried since (the retry stands for it), continuations whose iteration has\n" +
      "begun, and, unless --task names it, everything of a closed task.",
    examples: ["commands dead", "commands dead --task auth --json"],
  },
  input: z.object({
    task: taskRef.optional().describe("only commands of this task"),
    limit: z.int().min(1).max(100).default(5).describe("show at most the newest N of each reason"),
  }),
  output: z.object({ total: count, groups: z.array(deadGroup).describe("most frequent first") }),
});
