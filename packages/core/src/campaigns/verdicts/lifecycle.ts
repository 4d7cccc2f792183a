import type { SlotLifecycle } from "@conveyor/contracts/campaigns/entities";
import type { SlotLifecycleState } from "@conveyor/contracts/campaigns/words";
import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import type { SlotFacts } from "./snapshot.ts";

const MESSAGES: Readonly<Record<SlotLifecycleState, string>> = {
  archived: "This slot is over; it takes no work.",
  blocked: "This slot is blocked: clear what blocks it, then set its state with attach-slot.",
  needs_thread: "No app thread is recorded for this slot: make one in the app and record it with attach-slot.",
  needs_session: "No session is recorded for this slot: register its worker and record it with attach-slot.",
  stale: "The worker of this slot gave no sign of life for too long: wake it, or rotate the slot to a fresh thread.",
  idle: "The worker of this slot has nothing to do.",
  planned: "This slot is planned; its worker has not begun.",
  active: "The worker of this slot is at work.",
};

/** What a slot is in; the first rule that fits decides (spec 06 §6.4.1). Pure. */
export function slotLifecycle(
  { state, thread_id, worker }: Pick<SlotFacts, "state" | "thread_id" | "worker">,
  now: Date,
): SlotLifecycle {
  if (state === "archived" || state === "blocked") return lifecycle(state);
  if (thread_id === null) return lifecycle("needs_thread");
  if (worker === null) return lifecycle(state);
  const silent = secondsSince(worker.last_heartbeat_at, now);
  if (silent !== null && silent <= FRESHNESS.SLOT_STALE_SECONDS) return lifecycle(state);
  return { ...lifecycle("stale"), stale: true, stale_seconds: silent === null ? null : Math.round(silent) };
}

function lifecycle(state: SlotLifecycleState): SlotLifecycle {
  return { state, stale: false, stale_seconds: null, operator_message: MESSAGES[state] };
}

/** Never negative; null when the time is missing or cannot be read. */
function secondsSince(time: string | null, now: Date): number | null {
  const then = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(then) ? null : Math.max(0, (now.getTime() - then) / 1000);
}
