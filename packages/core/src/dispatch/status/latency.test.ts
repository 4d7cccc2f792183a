import { describe, expect, it } from "vitest";
import { latencyOf } from "./latency.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const now = new Date(at(90_000));

const NEW = {
  queued_at: at(0),
  delivered_at: null,
  consumed_at: null,
  acknowledged_at: null,
  consumed_manager_cycle_id: null,
};

/** Items that were queued at 0 and delivered after so many milliseconds. */
const delivered = (...after: number[]) => after.map((ms) => ({ ...NEW, delivered_at: at(ms) }));

describe("latencies", () => {
  it("are durations that really occurred, by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(latencyOf(delivered(...hundred), null, now).enqueue_to_deliver).toEqual({
      ...{ count: 100, p50_ms: 50, p90_ms: 90, p99_ms: 99 },
    });
    expect(latencyOf(delivered(7), null, now).enqueue_to_deliver).toEqual({
      count: 1,
      p50_ms: 7,
      p90_ms: 7,
      p99_ms: 7,
    });
    expect(latencyOf(delivered(1, 1000), null, now).enqueue_to_deliver).toMatchObject({ p50_ms: 1, p90_ms: 1000 });
  });

  it("leave out what has not happened yet and times that nobody can read, and are never negative", () => {
    const times = [
      { ...NEW, queued_at: "yesterday", delivered_at: at(10), consumed_at: at(5) },
      NEW,
      { ...NEW, delivered_at: at(10), consumed_at: at(30), acknowledged_at: at(90) },
    ];
    expect(latencyOf(times, at(0), now)).toEqual({
      sample_size: 3,
      enqueue_to_deliver: { count: 1, p50_ms: 10, p90_ms: 10, p99_ms: 10 },
      deliver_to_consume: { count: 2, p50_ms: 0, p90_ms: 20, p99_ms: 20 },
      consume_to_ack: { count: 1, p50_ms: 60, p90_ms: 60, p99_ms: 60 },
      unanswered_count: 1,
      oldest_unconsumed_seconds: 90,
    });
  });

  it("count what was taken and not answered, but not what a cycle took along", () => {
    const taken = { ...NEW, delivered_at: at(1), consumed_at: at(2) };
    const times = [NEW, taken, { ...taken, acknowledged_at: at(3) }, { ...taken, consumed_manager_cycle_id: 1 }];
    expect(latencyOf(times, null, now).unanswered_count).toBe(1);
  });
});
