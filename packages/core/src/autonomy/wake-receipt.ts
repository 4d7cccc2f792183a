import type { DispatcherNeed, WakeAction, WakeSummary } from "@conveyor/contracts";
import { WAKE_ACTION_STATUSES } from "@conveyor/contracts/autonomy/words";
import { canonicalJson, decodeRow, type Prisma } from "@conveyor/store";

/** An action as it is kept: without its prompt, which is content, and without what only repeats its text. */
export interface KeptAction
  extends Omit<WakeAction, "blocker_code" | "prompt" | "reason_code" | "reserved_until" | "thread"> {
  thread_id: string | null;
  thread_title: string | null;
  /** Only where the role was reserved by this receipt. */
  reserved_until?: string;
}

/** The action as it is kept in the receipt and told in telemetry. Pure. */
export function keptAction(of: WakeAction): KeptAction {
  const { prompt: _prompt, thread, reason_code: _reason, blocker_code: _blocker, reserved_until, ...action } = of;
  const isReserved = action.status === "ready_to_send" && reserved_until !== null;
  return { ...action, thread_id: thread.id, thread_title: thread.title, ...(isReserved && { reserved_until }) };
}

/** What a receipt says that deliveries are checked against. */
export interface WakeReceipt {
  actions: KeptAction[];
  dispatcher: DispatcherNeed;
}

type WakeRow = Prisma.wake_dispatchesGetPayload<object>;

/** The columns of a receipt. Pure. */
export function receiptColumns(receipt: WakeReceipt, summary: WakeSummary) {
  const { state, required, command } = receipt.dispatcher;
  return {
    actions_json: canonicalJson(receipt.actions),
    summary_json: canonicalJson(summary),
    dispatcher_state: state,
    dispatcher_required: required,
    dispatcher_command: command,
  };
}

/** Read a receipt back; null when it does not hold what it should. Pure. */
export function readReceipt(row: WakeRow): WakeReceipt | null {
  const { actions, summary, dispatcher_command } = decodeRow(row);
  const required = (summary as Partial<WakeSummary> | null)?.dispatcher_required;
  if (typeof required !== "boolean" || dispatcher_command === null) return null;
  if (!Array.isArray(actions) || !actions.every(isKeptAction)) return null;
  const state = row.dispatcher_state as DispatcherNeed["state"];
  return { actions, dispatcher: { state, required, command: dispatcher_command } };
}

function isKeptAction(value: unknown): value is KeptAction {
  const { role, status, send_ready, thread_id } = (value ?? {}) as Partial<KeptAction>;
  return (
    (role === "manager" || role === "worker") &&
    WAKE_ACTION_STATUSES.some((known) => known === status) &&
    typeof send_ready === "boolean" &&
    (thread_id === null || typeof thread_id === "string")
  );
}
