import type { AutopilotPlan, Quiescence } from "@conveyor/contracts";
import { HEARTBEAT_INTERVAL_MINUTES } from "@conveyor/contracts/autonomy/words";

/** What says whether a pair has become quiet. */
export interface QuietFacts {
  policy_active: boolean;
  /** How many quiet cycles are enough; 0: none are. */
  threshold_cycles: number;
  /** When something happened last: a command, an item that was taken, the start of the autopilot. Null: never. */
  anchor: string | null;
  /** Heartbeats of each role since then. */
  heartbeats: { manager: number; worker: number };
  /** All leases are healthy and nothing is to be done for them. */
  is_well: boolean;
}

/**
 * Whether a pair has nothing to do any more: both threads have shown themselves so often since something happened last
 * (spec 06 §6.2, "Quiescence algorithm"). Pure.
 */
export function quiescenceOf(facts: QuietFacts): Quiescence {
  const { policy_active, threshold_cycles, anchor, heartbeats, is_well } = facts;
  const say = (
    reason_code: Quiescence["reason_code"],
    reason: string,
    state: Quiescence["state"] = "monitoring",
    quiet_cycles = 0,
  ): Quiescence => ({
    state,
    recommended_action: state === "stop_recommended" ? "stop_autopilot" : "continue",
    quiet_after: state === "not_applicable" ? null : anchor,
    quiet_cycles,
    threshold_cycles,
    reason,
    reason_code,
  });
  if (!policy_active) return say("policy_not_active", "the autopilot is not active", "not_applicable");
  if (threshold_cycles === 0) return say("disabled", "stopping for quiet is switched off", "not_applicable");
  if (anchor === null) return say("nothing_happened_yet", "nothing has happened yet that quiet could follow");
  const quiet_cycles = Math.min(heartbeats.manager, heartbeats.worker);
  const progress = `${quiet_cycles} of ${threshold_cycles} quiet cycles`;
  if (!is_well) {
    const reason = `${progress}; not judged while somebody has to be woken or the dispatcher started`;
    return say("health_actions_pending", reason, "monitoring", quiet_cycles);
  }
  if (quiet_cycles < threshold_cycles) return say("not_quiet_enough", progress, "monitoring", quiet_cycles);
  return say("quiet", `${progress}: nothing has happened since`, "stop_recommended", quiet_cycles);
}

/** How long the threads may sleep, by how long it has been quiet; the first row that fits counts. */
const CADENCE = [
  { from_cycles: 6, interval_minutes: 10, reason: "quiet for long" },
  { from_cycles: 3, interval_minutes: 5, reason: "quiet for a while" },
  { from_cycles: 0, interval_minutes: HEARTBEAT_INTERVAL_MINUTES, reason: "something happened lately" },
] as const;

/** At what interval the threads may be woken now: longer the longer nothing happens (spec 06 §6.12 item 4). Pure. */
export function cadenceOf({ state, quiet_cycles }: Quiescence): AutopilotPlan["cadence"] {
  const row = CADENCE.find(({ from_cycles }) => state !== "not_applicable" && quiet_cycles >= from_cycles);
  const { interval_minutes, reason } = row ?? {
    interval_minutes: HEARTBEAT_INTERVAL_MINUTES,
    reason: "quiet is not watched for",
  };
  return { interval_minutes, reason };
}
