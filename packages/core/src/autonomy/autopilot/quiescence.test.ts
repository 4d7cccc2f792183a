import { describe, expect, it } from "vitest";
import { cadenceOf, type QuietFacts, quiescenceOf } from "./quiescence.ts";

const quiet: QuietFacts = {
  policy_active: true,
  threshold_cycles: 3,
  anchor: "2026-01-01T00:00:00.000Z",
  heartbeats: { manager: 3, worker: 4 },
  is_well: true,
};

describe("whether a pair has become quiet", () => {
  it.each<[string, Partial<QuietFacts>, string, string, number]>([
    ["quiet", {}, "stop_recommended", "stop_autopilot", 3],
    ["policy_not_active", { policy_active: false }, "not_applicable", "continue", 0],
    ["disabled", { threshold_cycles: 0 }, "not_applicable", "continue", 0],
    ["nothing_happened_yet", { anchor: null }, "monitoring", "continue", 0],
    ["health_actions_pending", { is_well: false }, "monitoring", "continue", 3],
    ["not_quiet_enough", { heartbeats: { manager: 9, worker: 2 } }, "monitoring", "continue", 2],
    ["not_quiet_enough", { heartbeats: { manager: 0, worker: 9 } }, "monitoring", "continue", 0],
    ["not_quiet_enough", { threshold_cycles: 4 }, "monitoring", "continue", 3],
    ["quiet", { threshold_cycles: 1, heartbeats: { manager: 1, worker: 1 } }, "stop_recommended", "stop_autopilot", 1],
  ])("%s for %j", (reason_code, facts, state, recommended_action, quiet_cycles) => {
    const own = { ...quiet, ...facts };
    expect(quiescenceOf(own)).toMatchObject({
      ...{ reason_code, state, recommended_action, quiet_cycles, threshold_cycles: own.threshold_cycles },
      quiet_after: state === "not_applicable" ? null : own.anchor,
    });
  });

  it("shows how far it has come", () => {
    const { reason } = quiescenceOf({ ...quiet, heartbeats: { manager: 1, worker: 2 } });
    expect(reason).toBe("1 of 3 quiet cycles");
    expect(quiescenceOf({ ...quiet, is_well: false }).reason).toContain("3 of 3 quiet cycles; not judged");
  });
});

describe("how long the threads may sleep", () => {
  it.each([
    [0, 2],
    [2, 2],
    [3, 5],
    [5, 5],
    [6, 10],
    [100, 10],
  ])("after %i quiet cycles is %i minutes", (cycles, interval_minutes) => {
    const own = quiescenceOf({ ...quiet, heartbeats: { manager: cycles, worker: cycles } });
    expect(cadenceOf(own)).toMatchObject({ interval_minutes });
  });

  it("does not grow while nobody watches", () => {
    const off = quiescenceOf({ ...quiet, policy_active: false, heartbeats: { manager: 50, worker: 50 } });
    expect(cadenceOf(off).interval_minutes).toBe(2);
  });
});
