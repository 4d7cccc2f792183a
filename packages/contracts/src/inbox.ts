import { z } from "zod";
import {
  count,
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
  timeout: z.number().min(0).default(30).describe("longest wait in seconds; 0 looks once"),
  interval: z.number().gt(0).default(2).describe("longest time between two looks in seconds"),
  limit: count.default(10).describe("at most this many items in the list"),
};
export type PollInput = z.output<z.ZodObject<typeof pollFields>>;

const ofSession = z.object({ session: sessionArgument, ...pollFields });
const ofTask = z.object({ task: taskArgument, ...pollFields });

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
  input: ofSession,
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
  input: ofTask,
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
    examples: ["worker-inbox auth --consume-next --wait --timeout 60 --json"],
  },
  input: ofTask,
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
