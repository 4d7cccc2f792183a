import { z } from "zod";
import { longSeconds, reference } from "../bounds.ts";
import { count, role, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { FRESHNESS } from "../dispatch/words.ts";
import type { EventName } from "../events/catalogue.ts";
import { communication } from "../sessions/entities.ts";
import { LEASE_REASONS, WAKE_ACTION_STATUSES } from "./words.ts";

/** How fresh a role or the dispatcher of a pair is (spec 03 §6.11, spec 06 §6.1). */
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

const pairLease = z.object({
  state: leaseState.describe("missing until the role was heard of; a registration alone does not make it healthy"),
  source: z.enum(["app_heartbeat", "inbox", "registration"]).nullable().describe("what the last sign of life was"),
  last_heartbeat_at: timestamp.nullable(),
  age_seconds: ageSeconds,
  stale_after_seconds: staleAfterSeconds,
});
export type PairLease = z.infer<typeof pairLease>;

const pairRole = z.object({
  session_id: z.string(),
  name: z.string(),
  session_kind: communication.shape.session_kind,
  receive_style: communication.shape.receive_style,
  codex_app_thread_id: z.string().nullable(),
  codex_app_thread_title: z.string().nullable(),
  lease: pairLease,
  poll_command: z.string().describe("with which the role says that it lives and learns what waits for it"),
  direct_inbox_command: z.string().describe("with which the role takes what waits for it"),
});
export type PairRole = z.infer<typeof pairRole>;

export const leaseReasonCode = z.enum(LEASE_REASONS).describe("the reason, for programs");
export type LeaseReasonCode = z.infer<typeof leaseReasonCode>;

const nextAction = z.object({
  kind: z.enum(["start_dispatch", "wake_manager", "wake_worker"]),
  role: role.optional().describe("absent for start_dispatch"),
  reason: z.string(),
  reason_code: leaseReasonCode,
  prompt: z.string().describe("what to run or to send"),
});
export type NextAction = z.infer<typeof nextAction>;

/** A bound pair and its dispatcher, and what they need to go on by themselves (spec 06 §6.1.2). */
export const pairStatus = z.object({
  ok: z.boolean().describe("all three leases are healthy"),
  task: taskRefObject,
  dispatch: dispatchLease,
  manager: pairRole,
  worker: pairRole,
  next_actions: z.array(nextAction),
});
export type PairStatus = z.infer<typeof pairStatus>;

export const pairScope = {
  task: taskArgument,
  dispatcher_id: reference
    .optional()
    .describe("dispatcher whose heartbeat counts; default: any live one of the ledger"),
  stale_after: longSeconds
    .default(FRESHNESS.LEASE_STALE_SECONDS)
    .describe("age in seconds up to which a lease is healthy"),
};

export const dispatcherNeed = z.object({
  state: leaseState,
  required: z.boolean().describe("its lease is not healthy, so nothing is delivered"),
  command: z.string().describe("with which it is started"),
});
export type DispatcherNeed = z.infer<typeof dispatcherNeed>;

export const thread = z.object({ id: z.string().nullable(), title: z.string().nullable() });

export const wakeActionStatus = z.enum(WAKE_ACTION_STATUSES);
export type WakeActionStatus = z.infer<typeof wakeActionStatus>;

/** A prompt that was prepared, and of which nobody has said yet what became of it. */
export const openWakeAction = z.object({
  dispatch_receipt: z.string(),
  role,
  thread_id: z.string().nullable(),
  recorded_at: timestamp,
  reserved_until: timestamp.nullable().describe("nobody else is to wake the role before; null: it was not reserved"),
  expired: z.boolean().describe("it reserves nothing any more"),
});
export type OpenWakeAction = z.infer<typeof openWakeAction>;

export const wakeReceipt = <Type extends EventName>(event_type: Type) =>
  z.object({ event_id: z.string(), event_type: z.literal(event_type), recorded_at: timestamp });
