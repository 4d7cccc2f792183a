import { z } from "zod";
import { jsonPayload, label, longSeconds, printable, rowCount, rowId, waitSeconds } from "./bounds.ts";
import {
  jsonObject,
  role,
  sessionArgument,
  sessionRef,
  taskArgument,
  taskRef,
  taskRefObject,
  timestamp,
} from "./common.ts";
import { deliveryMode } from "./dispatch.ts";
import { cli, operation } from "./operation.ts";

export const acknowledgementStatus = z.enum(["received", "accepted", "blocked"]);

/** What a role answered to an item (spec 03 §4.5). */
export const acknowledgement = z.object({
  id: z.int(),
  task_id: z.string(),
  binding_id: z.string(),
  notification_id: z.int(),
  role,
  status: acknowledgementStatus,
  payload: jsonObject,
  created_at: timestamp,
  correlation_id: z.string().nullable(),
});
export type Acknowledgement = z.infer<typeof acknowledgement>;

/** A message addressed to a session (spec 03 §4.3, §7.6). */
export const inboxItem = z.object({
  id: z.int(),
  task_id: z.string(),
  task_name: z.string(),
  binding_id: z.string(),
  correlation_id: z.string(),
  source_session_id: z.string(),
  source_session_name: z.string(),
  source_session_role: role,
  target_session_id: z.string(),
  target_session_name: z.string(),
  target_session_role: role,
  signal_type: z.string(),
  source_event_id: z.int().nullable(),
  source_event_timestamp: z.string().nullable(),
  dedupe_key: z.string(),
  command_id: z.string().nullable(),
  created_at: timestamp,
  delivered_at: timestamp.nullable(),
  consumed_at: timestamp.nullable(),
  consumed_by_session_id: z.string().nullable(),
  consumed_manager_cycle_id: z.int().nullable(),
  ack_due_at: timestamp.nullable().describe("unanswered until then, the item goes back to its inbox"),
  delivery_count: z.int().describe("how often it lay in the inbox; more than 1 when it went back"),
  delivery_mode: deliveryMode,
  state: z.enum(["pending", "delivered", "failed", "suppressed"]),
  claimed_by: z.string().nullable(),
  claimed_at: timestamp.nullable(),
  claim_expires_at: timestamp.nullable(),
  side_effect_started: z.boolean(),
  side_effect_completed: z.boolean(),
  payload: jsonObject,
  error: z.string().nullable(),
  transport: z.string().nullable(),
  delivery_method: z.string().nullable(),
  delivery_id: z.string().nullable(),
  acknowledgement: acknowledgement.nullable().describe("the latest one"),
});
export type InboxItem = z.infer<typeof inboxItem>;

const inboxDocument = z.object({
  consumed: inboxItem.nullable(),
  items: z.array(inboxItem).describe("unconsumed items, oldest first"),
  pending_count: z.int().describe("all unconsumed items, not only those shown"),
  other_bindings_pending_count: z.int().describe("unconsumed items left over from bindings that have ended"),
  session: z.object({ id: z.string(), name: z.string(), role }),
  task: taskRefObject.optional(),
  wait: z.object({
    enabled: z.boolean(),
    elapsed_seconds: z.number(),
    interval_seconds: z.number(),
    poll_count: z.int(),
    timed_out: z.boolean(),
    timeout_seconds: z.number(),
  }),
  interrupted: z.boolean().optional(),
});
export type InboxDocument = z.infer<typeof inboxDocument>;

const pollFields = {
  wait: z.boolean().default(false).describe("wait until there is an item"),
  timeout: waitSeconds.default(30).describe("longest wait in seconds; 0 looks once"),
  interval: waitSeconds.gt(0).default(2).describe("longest time between two looks in seconds"),
  limit: rowCount.default(10).describe("at most this many items in the list"),
};
export type PollInput = z.output<z.ZodObject<typeof pollFields>>;

const takeFields = {
  ...pollFields,
  ack_within: longSeconds
    .gt(0)
    .optional()
    .describe("seconds in which it must be answered accepted or blocked, or it goes back; default: it never does"),
};
export type TakeInput = z.output<z.ZodObject<typeof takeFields>>;

const ofSession = z.object({ session: sessionArgument, ...pollFields });
const ofTask = z.object({ task: taskArgument, ...pollFields });
const takeOfSession = z.object({ session: sessionArgument, ...takeFields });
const takeOfTask = z.object({ task: taskArgument, ...takeFields });

/** `session-inbox` (spec 03 §7.6). */
export const session = operation({
  path: "inbox.session",
  kind: "query",
  summary: "List the unconsumed messages of a session",
  ledger: "read",
  cli: { command: "session-inbox", prints: "text", examples: ["session-inbox auth-worker --json"] },
  input: ofSession,
  output: inboxDocument,
});

/** `manager-inbox` (spec 03 §7.6). */
export const manager = operation({
  path: "inbox.manager",
  kind: "query",
  summary: "List the unconsumed messages of a task's manager",
  ledger: "read",
  cli: { command: "manager-inbox", prints: "text", examples: ["manager-inbox auth --wait --timeout 60 --json"] },
  input: ofTask,
  output: inboxDocument,
});

/** `worker-inbox` (spec 03 §7.6). */
export const worker = operation({
  path: "inbox.worker",
  kind: "query",
  summary: "List the unconsumed messages of a task's worker",
  ledger: "read",
  cli: { command: "worker-inbox", prints: "text", examples: ["worker-inbox auth --wait --timeout 60 --json"] },
  input: ofTask,
  output: inboxDocument,
});

/** `session-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeSession = operation({
  path: "inbox.takeSession",
  kind: "mutation",
  summary: "Take the oldest message of a session",
  ledger: "write",
  cli: {
    command: "session-inbox",
    select: "consume-next",
    prints: "text",
    examples: ["session-inbox auth-worker --consume-next --json"],
  },
  input: takeOfSession,
  output: inboxDocument,
});

/** `manager-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeManager = operation({
  path: "inbox.takeManager",
  kind: "mutation",
  summary: "Take the oldest message of a task's manager",
  ledger: "write",
  cli: {
    command: "manager-inbox",
    select: "consume-next",
    prints: "text",
    examples: ["manager-inbox auth --consume-next --wait --timeout 60 --json"],
  },
  input: takeOfTask,
  output: inboxDocument,
});

/** `worker-inbox --consume-next` (spec 03 §6.9, §7.6). */
export const takeWorker = operation({
  path: "inbox.takeWorker",
  kind: "mutation",
  summary: "Take the oldest message of a task's worker",
  ledger: "write",
  cli: {
    command: "worker-inbox",
    select: "consume-next",
    prints: "text",
    examples: [
      "worker-inbox auth --consume-next --wait --timeout 60 --json",
      "worker-inbox auth --consume-next --ack-within 600 --json",
    ],
  },
  input: takeOfTask,
  output: inboxDocument,
});

/**
 * `session-inbox --follow` (spec 03 §13 item 5): first what is delivered and unconsumed, then every item as it is
 * delivered. Name a session, or a task and one of its roles.
 */
export const onItem = operation({
  path: "inbox.onItem",
  kind: "subscription",
  summary: "Follow the messages of a session as they arrive",
  ledger: "read",
  cli: {
    command: "session-inbox",
    select: "follow",
    prints: "lines",
    examples: ["session-inbox auth-worker --follow"],
  },
  input: z.object({
    session: cli(sessionRef.optional(), { position: 0, placeholder: "session" }),
    task: taskRef.optional().describe("instead of the session: the task whose worker or manager is meant"),
    role: role.optional().describe("with --task: which of the two"),
  }),
  output: inboxItem,
});

/** An item as far as its acknowledgements need it: without its message. */
const acknowledgedItem = inboxItem.pick({
  binding_id: true,
  consumed_at: true,
  delivered_at: true,
  delivery_mode: true,
  id: true,
  signal_type: true,
  state: true,
  target_session_id: true,
  target_session_name: true,
  target_session_role: true,
  task_id: true,
});
export type AcknowledgedItem = z.infer<typeof acknowledgedItem>;

const notificationId = rowId.min(1).describe("the message that is meant, by its number");

/** `inbox-ack` (spec 03 §7.7): what was answered to one message. */
export const acknowledgements = operation({
  path: "inbox.acknowledgements",
  kind: "query",
  summary: "Show how a message was acknowledged",
  ledger: "read",
  cli: {
    command: "inbox-ack",
    prints: "text",
    examples: ["inbox-ack auth --notification-id 12", "inbox-ack auth --notification-id 12 --json"],
  },
  input: z.object({ task: taskArgument, notification_id: notificationId }),
  output: z.object({
    acknowledgements: z.array(acknowledgement).describe("in the order in which they were given, the newest 1000"),
    latest: acknowledgement.nullable(),
    notification: acknowledgedItem,
    task: taskRefObject,
  }),
});

/** `inbox-ack --from-stdin` (spec 03 §3.4, §7.7): answer one message. */
export const acknowledge = operation({
  path: "inbox.acknowledge",
  kind: "mutation",
  summary: "Acknowledge a message as the role that it was sent to",
  ledger: "write",
  cli: {
    command: "inbox-ack",
    select: "from-stdin",
    prints: "json",
    notes:
      "Usual keys of the document are summary, evidence and blockers. Only the keys are told to telemetry. The same status " +
      "with the same document again answers with the first record.",
    examples: ["inbox-ack auth --notification-id 12 --role worker --status received --from-stdin < answer.json"],
  },
  input: z.object({
    task: taskArgument,
    notification_id: notificationId,
    role: role.describe("the role that answers; the message must be addressed to it"),
    status: acknowledgementStatus.describe("received once it was delivered; accepted or blocked once it was taken"),
    payload: cli(jsonPayload, { from_stdin: true }).describe("read the answer, one JSON object, from standard input"),
    correlation_id: label.optional().describe("label to keep with the answer"),
  }),
  output: z.object({
    acknowledgement,
    deduplicated: z.boolean().describe("this answer was recorded before; nothing was written"),
    notification: acknowledgedItem,
    receipt: z.object({
      event_id: z.string().nullable().describe("the telemetry event; null when it was pruned"),
      event_type: z.literal("dispatch_inbox_ack_recorded"),
      recorded_at: timestamp,
    }),
    task: taskRefObject,
  }),
});

/** `inbox-release` (spec 03 §13 item 3): give a taken message back. */
export const release = operation({
  path: "inbox.release",
  kind: "mutation",
  summary: "Put a taken message back into its inbox, for somebody else or for later",
  ledger: "write",
  cli: {
    command: "inbox-release",
    prints: "text",
    examples: ['inbox-release auth --notification-id 12 --role worker --reason "out of context, restarting"'],
  },
  input: z.object({
    task: taskArgument,
    notification_id: notificationId,
    role: role.describe("the role that gives it back; the message must be addressed to it"),
    reason: printable(500).optional().describe("why, in one line"),
  }),
  output: z.object({
    notification: acknowledgedItem,
    delivery_count: z.int(),
    released: z.boolean().describe("false: it lay in the inbox already"),
    task: taskRefObject,
  }),
});
