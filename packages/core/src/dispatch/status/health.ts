import type { Dispatcher, DispatchHealth } from "@conveyor/contracts";

/** What the queue of commands looks like. */
export type QueueCounts = Pick<
  DispatchHealth,
  | "queued_count"
  | "failed_count"
  | "refused_count"
  | "blocked_count"
  | "stale_claim_count"
  | "side_effect_risk_count"
  | "suppressed_signal_count"
>;

const SENTENCES: Readonly<Record<DispatchHealth["core_status"], string>> = {
  active: "Routing works: messages are delivered and completions reach their managers.",
  stale: "No dispatcher has been heard of lately: completions may not wake managers.",
  not_observed: "No dispatcher has ever run on this ledger: completions will not wake managers.",
};

/**
 * Whether messages travel, from the registry of dispatchers, newest first, and the queue (spec 03 §6.11, §8). Any
 * dispatcher will do; a dry run is shown but delivers nothing. Pure.
 */
export function healthOf(dispatchers: readonly Dispatcher[], counts: QueueCounts): DispatchHealth {
  const active = dispatchers.find(({ state }) => state === "active");
  const shown = active ?? dispatchers[0];
  const core_status = active !== undefined ? "active" : shown !== undefined ? "stale" : "not_observed";
  return {
    core_status,
    operator_message: SENTENCES[core_status],
    heartbeat: shown === undefined ? null : heartbeatOf(shown),
    ...counts,
  };
}

function heartbeatOf(dispatcher: Dispatcher): NonNullable<DispatchHealth["heartbeat"]> {
  const { dispatcher_id, instance_id, dry_run, iteration, total_processed, stale_after_seconds, state } = dispatcher;
  return {
    dispatcher_id,
    instance_id,
    dry_run,
    iteration,
    processed_count: dispatcher.last_processed_count,
    total_processed,
    stale: state !== "active",
    stale_seconds: dispatcher.age_seconds,
    stale_after_seconds,
    state,
    timestamp: dispatcher.last_heartbeat_at,
  };
}

const RANK: Readonly<Record<Dispatcher["state"], number>> = { active: 0, stale: 1, stopped: 2 };

/** Those that work, then those that fell silent, then those that stopped; within each the one heard of last first. */
export function byImportance(dispatchers: readonly Dispatcher[]): Dispatcher[] {
  return [...dispatchers].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

/** Ids under which several processes work at once; that is allowed, but seldom meant (spec 03 §13 item 7). */
export function duplicateIds(dispatchers: readonly Dispatcher[]): string[] {
  const active = dispatchers.filter(({ state }) => state === "active").map(({ dispatcher_id }) => dispatcher_id);
  return [...new Set(active.filter((id, i) => active.indexOf(id) !== i))].sort();
}
