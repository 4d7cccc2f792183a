import type { Latency, Percentiles } from "@conveyor/contracts";
import type { dispatchRows } from "@conveyor/store";

/**
 * How long messages took from being queued to being delivered, taken and answered, over a sample of items (spec 03 §13
 * item 6). What has not happened yet is not counted. Pure.
 */
export function latencyOf(
  times: readonly dispatchRows.ItemTimes[],
  oldest_waiting_since: string | null,
  now: Date,
): Latency {
  const waited_ms = oldest_waiting_since === null ? null : now.getTime() - Date.parse(oldest_waiting_since);
  return {
    sample_size: times.length,
    enqueue_to_deliver: percentilesOf(times.map((item) => between(item.queued_at, item.delivered_at))),
    deliver_to_consume: percentilesOf(times.map((item) => between(item.delivered_at, item.consumed_at))),
    consume_to_ack: percentilesOf(times.map((item) => between(item.consumed_at, item.acknowledged_at))),
    unanswered_count: times.filter(isUnanswered).length,
    oldest_unconsumed_seconds: waited_ms === null ? null : Math.max(0, Math.floor(waited_ms / 1000)),
  };
}

/** Taken, and no word since: its consumer may have died with it. What a cycle took along needs no answer. */
function isUnanswered(item: dispatchRows.ItemTimes): boolean {
  return item.consumed_at !== null && item.acknowledged_at === null && item.consumed_manager_cycle_id === null;
}

/** Milliseconds, never negative: two machines may disagree about the time. Null where one end is missing or unreadable. */
function between(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const took = Date.parse(to) - Date.parse(from);
  return Number.isNaN(took) ? null : Math.max(0, took);
}

/** Nearest-rank percentiles: each is a duration that really occurred. */
function percentilesOf(durations: readonly (number | null)[]): Percentiles {
  const sorted = durations.filter((one) => one !== null).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { count: sorted.length, p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99) };
}
