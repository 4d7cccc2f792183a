import { z } from "zod";
import { longSeconds, nonBlank, printable, reference } from "./bounds.ts";
import { count, role, taskArgument, taskRefObject, timestamp } from "./common.ts";
import { FRESHNESS } from "./dispatch.ts";
import { operation } from "./operation.ts";
import { communication } from "./sessions.ts";

/** How fresh a role or the dispatcher of a loop is (spec 03 §6.11, spec 06 §6.1). */
export const leaseState = z.enum(["missing", "healthy", "stale"]);
export type LeaseState = z.infer<typeof leaseState>;

const ageSeconds = count.nullable().describe("whole seconds since then; null when there is nothing to count from");
const staleAfterSeconds = z.number().describe("age up to which it counts as healthy");

const dispatchLease = z.object({
  dispatcher_id: z.string().describe("the one asked for; without one the live dispatcher of the ledger"),
  state: leaseState,
  last_heartbeat_at: timestamp.nullable(),
  age_seconds: ageSeconds,
  stale_after_seconds: staleAfterSeconds,
});
export type DispatchLease = z.infer<typeof dispatchLease>;

const loopLease = z.object({
  state: leaseState.describe("missing until the role was heard of; a registration alone does not make it healthy"),
  source: z.enum(["app_heartbeat", "inbox", "registration"]).nullable().describe("what the last sign of life was"),
  last_heartbeat_at: timestamp.nullable(),
  age_seconds: ageSeconds,
  stale_after_seconds: staleAfterSeconds,
});
export type LoopLease = z.infer<typeof loopLease>;

const loopRole = z.object({
  session_id: z.string(),
  name: z.string(),
  session_kind: communication.shape.session_kind,
  receive_style: communication.shape.receive_style,
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  lease: loopLease,
  poll_command: z.string().describe("with which the role says that it lives and learns what waits for it"),
  direct_inbox_command: z.string().describe("with which the role takes what waits for it"),
});
export type LoopRole = z.infer<typeof loopRole>;

const nextAction = z.object({
  kind: z.enum(["start_dispatch", "wake_manager", "wake_worker"]),
  role: role.optional().describe("absent for start_dispatch"),
  reason: z.string(),
  prompt: z.string().describe("what to run or to send"),
});
export type NextAction = z.infer<typeof nextAction>;

/** A bound pair and its dispatcher, and what they need to go on by themselves (spec 06 §6.1.2). */
export const appLoopStatus = z.object({
  ok: z.boolean().describe("all three leases are healthy"),
  task: taskRefObject,
  dispatch: dispatchLease,
  manager: loopRole,
  worker: loopRole,
  next_actions: z.array(nextAction),
});
export type AppLoopStatus = z.infer<typeof appLoopStatus>;

const loopFields = {
  task: taskArgument,
  dispatcher_id: reference
    .optional()
    .describe("dispatcher whose heartbeat counts; default: any live one of the ledger"),
  stale_after: longSeconds
    .default(FRESHNESS.LEASE_STALE_SECONDS)
    .describe("age in seconds up to which a lease is healthy"),
};

/** `app-heartbeat` (spec 06 §6.2). */
export const heartbeat = operation({
  path: "autonomy.heartbeat",
  kind: "mutation",
  summary: "Say that a role of a task lives, and learn what waits for it",
  ledger: "write",
  cli: {
    command: "app-heartbeat",
    prints: "text",
    notes: `Takes nothing from the inbox. For a closed task the answer has loop_closed and says who ends the heartbeats.`,
    examples: ["app-heartbeat auth --role worker --json"],
  },
  input: z.object({ ...loopFields, role: role.describe("the role that lives") }),
  output: z.object({
    task: taskRefObject,
    role,
    heartbeat: z.object({
      state: z
        .enum(["recorded", "not_recorded"])
        .describe("not_recorded only when the task and its session are closed"),
      recorded_at: timestamp.nullable(),
    }),
    inbox: z.object({
      pending_count: count.describe("unconsumed messages to this role"),
      oldest_age_seconds: count.nullable().describe("whole seconds since the oldest of them was delivered"),
    }),
    next: z
      .object({ direct_inbox_command: z.string(), poll_command: z.string() })
      .nullable()
      .describe("null when the loop is closed"),
    loop_closed: z.boolean().describe("the task is done or failed: nothing more will come"),
    teardown: z
      .object({
        owner: z.literal("manager_or_operator"),
        task_state: z.enum(["done", "failed"]),
        advice: z.string(),
        leftovers_command: z
          .string()
          .nullable()
          .describe("with which the role reads what it never took; null: nothing"),
      })
      .nullable()
      .describe("only when the loop is closed"),
    status: appLoopStatus,
  }),
});

/** `app-loop-status` (spec 06 §6.2). */
export const loopStatus = operation({
  path: "autonomy.loopStatus",
  kind: "query",
  summary: "Show whether a task's manager, worker and dispatcher live",
  ledger: "read",
  cli: { command: "app-loop-status", prints: "text", examples: ["app-loop-status auth --json"] },
  input: z.object(loopFields),
  output: appLoopStatus,
});

const dispatcherNeed = z.object({
  state: leaseState,
  required: z.boolean().describe("its lease is not healthy, so nothing is delivered"),
  command: z.string().describe("with which it is started"),
});
export type DispatcherNeed = z.infer<typeof dispatcherNeed>;

const thread = z.object({ id: z.string().nullable(), title: z.string().nullable() });

const wakeup = z.object({ role, reason: z.string(), prompt: z.string(), thread });
export type Wakeup = z.infer<typeof wakeup>;

/** `app-wakeup-plan` (spec 06 §6.2). */
export const planWakeup = operation({
  path: "autonomy.planWakeup",
  kind: "query",
  summary: "Show the prompts that wake the roles nobody has heard of",
  ledger: "read",
  cli: { command: "app-wakeup-plan", prints: "text", examples: ["app-wakeup-plan auth"] },
  input: z.object(loopFields),
  output: z.object({ status: appLoopStatus, dispatcher: dispatcherNeed, wakeups: z.array(wakeup) }),
});

/** What a wake dispatch found for a role (spec 06 §6.1, "Wake action"). */
export const WAKE_ACTION_STATUSES = ["ready_to_send", "skipped_healthy", "blocked_missing_thread"] as const;
export const wakeActionStatus = z.enum(WAKE_ACTION_STATUSES);
export type WakeActionStatus = z.infer<typeof wakeActionStatus>;

const wakeAction = z.object({
  role,
  status: wakeActionStatus,
  send_ready: z.boolean().describe("only such prompts may be sent"),
  reason: z.string(),
  blocker: z.string().nullable().describe("why the prompt cannot be sent"),
  prompt: z.string().nullable().describe("null when the role needs none"),
  thread,
});
export type WakeAction = z.infer<typeof wakeAction>;

const wakeSummary = z.object({
  total_actions: count,
  ready_to_send: count,
  skipped: count,
  blocked: count,
  dispatcher_required: z.boolean(),
});
export type WakeSummary = z.infer<typeof wakeSummary>;

const receipt = <Type extends string>(event_type: Type) =>
  z.object({ event_id: z.string(), event_type: z.literal(event_type), recorded_at: timestamp });

/** `app-wakeup-dispatch` (spec 06 §6.2). */
export const dispatchWakeup = operation({
  path: "autonomy.dispatchWakeup",
  kind: "mutation",
  summary: "Prepare the prompts that wake a task's roles, and leave a receipt",
  ledger: "write",
  cli: {
    command: "app-wakeup-dispatch",
    prints: "text",
    notes: `Sends nothing: the app sends the prompts with send_ready, and app-wakeup-record-delivery records what became of
each action.`,
    examples: ["app-wakeup-dispatch auth --json"],
  },
  input: z.object(loopFields),
  output: z.object({
    status: appLoopStatus,
    dispatcher: dispatcherNeed,
    actions: z.array(wakeAction).describe("the manager's, then the worker's"),
    summary: wakeSummary,
    receipt: receipt("app_wakeup_dispatch_planned"),
  }),
});

export const DELIVERY_STATUSES = ["sent", "skipped", "blocked"] as const;
export const deliveryStatus = z.enum(DELIVERY_STATUSES);
export type DeliveryStatus = z.infer<typeof deliveryStatus>;

/** `app-wakeup-record-delivery` (spec 06 §6.2). */
export const recordWakeupDelivery = operation({
  path: "autonomy.recordWakeupDelivery",
  kind: "mutation",
  summary: "Record what became of one prepared prompt",
  ledger: "write",
  cli: {
    command: "app-wakeup-record-delivery",
    prints: "text",
    examples: [
      "app-wakeup-record-delivery auth --role worker --dispatch-receipt telemetry-… --delivery-status sent --thread-id thr_1",
      'app-wakeup-record-delivery auth --role worker --dispatch-receipt telemetry-… --delivery-status blocked --reason "thread is archived"',
    ],
  },
  input: z.object({
    task: taskArgument,
    role: role.describe("whose action it was"),
    dispatch_receipt: reference.describe("receipt.event_id of the app-wakeup-dispatch that prepared it"),
    delivery_status: deliveryStatus.describe("what became of it"),
    thread_id: printable(200).optional().describe("thread that was sent to; needed for sent"),
    reason: nonBlank.optional().describe("why it was not sent; needed for blocked when it was ready to send"),
  }),
  output: z.object({
    task: taskRefObject,
    delivery: z.object({
      role,
      status: deliveryStatus,
      thread_id: z.string().nullable(),
      reason: z.string().nullable(),
      source_action_status: wakeActionStatus,
      source_send_ready: z.boolean(),
    }),
    source: z.object({
      dispatch_receipt: z.string(),
      dispatch_required: z.boolean().describe("a dispatcher was missing when the action was prepared"),
      dispatcher: dispatcherNeed,
    }),
    receipt: receipt("app_wakeup_delivery_recorded"),
    duplicate: z.boolean().describe("the same had been recorded before; the receipt is that of the first time"),
  }),
});
