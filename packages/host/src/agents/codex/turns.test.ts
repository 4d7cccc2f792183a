import { describe, expect, it } from "vitest";
import { factsOf, rolloutFixture, storedRecords, threadOf } from "../../../fixtures/index.ts";
import type { LifecycleFact } from "../../turns/facts.ts";
import { completionOf, reportTurns } from "../../turns/status.ts";
import type { TurnState } from "../../turns/turns.ts";
import { applyFact, applyFacts, deriveTurns, initialTurnState } from "../../turns/turns.ts";
import { isLifecycleRecord, lifecycleFact } from "./records/facts.ts";

const OWN = "thread-own";
const BASE = { at: "2026-11-02T08:00:00.000Z", thread_id: null };
const TIMING = { completed_at: null, duration_ms: null, time_to_first_token_ms: null };

interface Start {
  root?: string;
  parent?: string;
  trigger?: string;
}

const started = (turn_id: string | null, { root, parent, trigger }: Start = {}): LifecycleFact => ({
  ...BASE,
  kind: "turn_started",
  turn_id,
  root_turn_id: root ?? turn_id,
  parent_turn_id: parent ?? null,
  trigger: trigger ?? null,
});
const said = (turn_id: string | null): LifecycleFact => ({ ...BASE, kind: "user_input", turn_id, client_id: null });
const ended = (turn_id: string | null): LifecycleFact => ({
  ...BASE,
  kind: "turn_ended",
  turn_id,
  error: null,
  timing: TIMING,
});
const failed = (turn_id: string | null): LifecycleFact => ({
  ...BASE,
  kind: "turn_ended",
  turn_id,
  error: { info: "server_overloaded", http_status: null, has_message: true },
  timing: TIMING,
});
const interrupted = (turn_id: string | null): LifecycleFact => ({
  ...BASE,
  kind: "turn_interrupted",
  turn_id,
  reason: "interrupted",
  timing: TIMING,
});
const compacted = (turn_id: string | null): LifecycleFact => ({ ...BASE, kind: "compacted", turn_id });
const review = (phase: "entered" | "exited", turn_id: string | null): LifecycleFact => ({
  ...BASE,
  kind: "review_mode",
  phase,
  turn_id,
});

const fold = (...facts: LifecycleFact[]): TurnState => deriveTurns(facts, { thread_id: OWN });
const report = (...facts: LifecycleFact[]) => reportTurns(fold(...facts));

describe("the sample rollouts", () => {
  it.each([
    ["v0.169-exec-hello-then-resume", "idle", true, 2, { kind: "work", outcome: "completed", trigger: "exec" }],
    ["v0.169-exec-tools-goal-abort", "idle", false, 2, { kind: "work", outcome: "interrupted", trigger: "goal" }],
    [
      "v0.169-tui-daemon-interrupt-approval-compact",
      "idle",
      true,
      15,
      { kind: "maintenance", outcome: "completed", trigger: null },
    ],
    ["v0.169-tui-after-clear-queue", "idle", true, 5, { kind: "work", outcome: "completed", trigger: "user" }],
    ["v0.169-tui-plan-question", "idle", true, 2, { kind: "work", outcome: "completed", trigger: "user" }],
    ["v0.169-tui-rewound-then-killed", "busy", false, 2, { kind: "work", outcome: "running", trigger: "user" }],
    ["v0.169-tui-approval-declined", "idle", false, 1, { kind: "work", outcome: "interrupted", trigger: "user" }],
    ["v0.169-exec-fork", "idle", true, 1, { kind: "work", outcome: "completed", trigger: "exec" }],
    [
      "v0.169-exec-turn-failed-400",
      "idle",
      false,
      1,
      { kind: "work", outcome: "failed", error_info: "other", error_message_redacted: true },
    ],
    [
      "v0.169-exec-turn-failed-context-window",
      "idle",
      false,
      1,
      { outcome: "failed", error_info: "context_window_exceeded" },
    ],
    ["v0.169-exec-subagent-parent", "idle", true, 1, { kind: "work", outcome: "completed" }],
    ["v0.169-exec-subagent-child", "idle", true, 1, { kind: "work", outcome: "completed" }],
    ["v0.169-exec-mcp-tool", "idle", true, 1, { kind: "work", outcome: "completed" }],
    ["v0.169-exec-review-parent", "idle", true, 1, { kind: "review", outcome: "completed", trigger: null }],
    ["v0.169-exec-review-child", "idle", true, 1, { kind: "work", outcome: "completed" }],
    ["v0.137-exec-legacy", "idle", true, 1, { kind: "work", outcome: "completed", trigger: null }],
    ["v0.137-exec-legacy-migrated-to-paginated", "idle", true, 1, { kind: "work", outcome: "completed" }],
    ["v0.137-tui-legacy", "idle", false, 1, { kind: "work", outcome: "interrupted", duration_ms: 27480 }],
  ] as const)("%s is %s, task completed: %s, after %i turns", (name, state, task_completed, turns, turn) => {
    const path = rolloutFixture(name);
    const turn_state = deriveTurns(factsOf(path), { thread_id: threadOf(path) });
    expect(reportTurns(turn_state)).toMatchObject({ state, task_completed, turn });
    expect(turn_state.turns_started).toBe(turns);
    expect(turn_state.unmatched_ends).toBe(0);
  });

  it("gives the same facts for a legacy file and its migrated form", () => {
    const path = rolloutFixture("v0.137-exec-legacy");
    const migrated = rolloutFixture("v0.137-exec-legacy-migrated-to-paginated");
    // The older form does not write the turn beside the input; the turn that holds it is the same.
    const withoutTurnOfInput = (fact: LifecycleFact) =>
      fact.kind === "user_input" ? { ...fact, turn_id: null } : fact;
    expect(factsOf(path).map(withoutTurnOfInput)).toEqual(factsOf(migrated).map(withoutTurnOfInput));
    const own = { thread_id: threadOf(path) };
    expect(deriveTurns(factsOf(path), own)).toEqual(deriveTurns(factsOf(migrated), own));
    expect(factsOf(path).map((fact) => fact.kind)).toEqual(["turn_started", "user_input", "turn_ended"]);
  });

  it("takes the receipt from the last work turn when maintenance came after it", () => {
    const path = rolloutFixture("v0.169-tui-daemon-interrupt-approval-compact");
    const facts = storedRecords(path).flatMap((record, ref) => {
      const fact = lifecycleFact(record);
      return fact ? [{ ...fact, ref }] : [];
    });
    const { state, ended: turns } = applyFacts(initialTurnState(threadOf(path)), facts);
    expect(turns).toHaveLength(15);
    const completions = turns.flatMap((turn) => completionOf(turn) ?? []);
    expect(completions).toHaveLength(13);
    expect(state.latest_ended_work && completionOf(state.latest_ended_work)).toEqual(completions.at(-1));
    expect(completions.at(-1)).toMatchObject({
      source_event_id: 152,
      kind: "work",
      outcome: "completed",
      duration_ms: expect.any(Number),
    });
  });

  it("reports the killed turn as lost once nobody holds the file and it stopped growing", () => {
    const path = rolloutFixture("v0.169-tui-rewound-then-killed");
    const state = deriveTurns(factsOf(path), { thread_id: threadOf(path) });
    const outcome = (writer_alive: boolean | null, seconds_since_growth: number | null) =>
      reportTurns(state, { writer_alive, seconds_since_growth }).turn?.outcome;
    expect(outcome(false, 60)).toBe("lost");
    expect(outcome(false, 59)).toBe("running");
    expect(outcome(true, 1000)).toBe("running");
    expect(outcome(null, 1000)).toBe("running");
    expect(outcome(false, null)).toBe("running");
    expect(reportTurns(state, { writer_alive: false, seconds_since_growth: 60 })).toMatchObject({
      state: "idle",
      task_completed: false,
    });
  });

  it("goes on from a stored state as if it had never stopped, at any record", () => {
    const path = rolloutFixture("v0.169-exec-tools-goal-abort");
    const facts = factsOf(path);
    const whole = deriveTurns(facts, { thread_id: threadOf(path) });
    for (let cut = 0; cut <= facts.length; cut += 1) {
      const before = deriveTurns(facts.slice(0, cut), { thread_id: threadOf(path) });
      const stored: TurnState = JSON.parse(JSON.stringify(before));
      expect(applyFacts(stored, facts.slice(cut)).state).toEqual(whole);
    }
  });

  it("knows the records that matter from their columns alone", () => {
    const records = storedRecords(rolloutFixture("v0.169-exec-review-parent"));
    for (const record of records) expect(isLifecycleRecord(record)).toBe(lifecycleFact(record) !== null);
  });

  it("keeps no content in its state", () => {
    const path = rolloutFixture("v0.169-exec-turn-failed-400");
    expect(JSON.stringify(deriveTurns(factsOf(path), { thread_id: null }))).not.toContain("bad request");
  });
});

describe("turns", () => {
  it("is unknown before anything was said", () => {
    expect(report()).toEqual({ state: "unknown", turn: null, task_completed: false, last_state_event_at: null });
  });

  it("is busy from the start to the end of a turn", () => {
    expect(report(started("a"))).toMatchObject({ state: "busy", task_completed: false });
    expect(report(started("a"), ended("a"))).toMatchObject({ state: "idle", task_completed: true });
  });

  it("closes the open turn with an end that names its root or nothing", () => {
    expect(report(started("a", { root: "r" }), ended("r")).state).toBe("idle");
    expect(report(started("a"), ended(null)).state).toBe("idle");
  });

  it("closes nothing with an end of another turn, and counts it", () => {
    const state = fold(started("a"), ended("b"));
    expect(reportTurns(state).state).toBe("busy");
    expect(state.unmatched_ends).toBe(1);
    expect(fold(ended("b")).state).toBe("unknown");
  });

  it("keeps the outer turn open while one inside it starts and ends", () => {
    const state = fold(started("a"), started("n", { root: "a", parent: "a" }), ended("n"));
    expect(state.open?.turn_id).toBe("a");
    expect(state).toMatchObject({ nested_starts: 1, turns_started: 1, unmatched_ends: 1 });
    expect(reportTurns(applyFact(state, ended("a")))).toMatchObject({ state: "idle", turn: { turn_id: "a" } });
  });

  it("opens a turn whose parent is already over, as goals do", () => {
    const state = fold(started("a"), ended("a"), started("g", { root: "a", parent: "a", trigger: "goal" }));
    expect(state.open).toMatchObject({ turn_id: "g", trigger: "goal" });
  });

  it("gives up a turn without end when another one starts", () => {
    const { state, ended: turns } = applyFacts(initialTurnState(OWN), [started("a"), started("b")]);
    expect(turns).toMatchObject([{ turn_id: "a", outcome: "lost" }]);
    expect(state.open?.turn_id).toBe("b");
    expect(turns.map(completionOf)).toEqual([null]);
  });

  it("ignores the facts of other threads", () => {
    const foreign: LifecycleFact = { ...ended("a"), thread_id: "thread-other" };
    expect(report(started("a"), foreign).state).toBe("busy");
    expect(report(started("a"), { ...foreign, thread_id: OWN }).state).toBe("idle");
  });

  it("counts late input of a closed turn as nothing and any other input as busy", () => {
    expect(report(started("a"), ended("a"), said("a")).state).toBe("idle");
    expect(report(started("a"), ended("a"), said("b")).state).toBe("busy");
    expect(report(said(null)).state).toBe("busy");
    const state = fold(said("b"), started("b", { trigger: "user" }), ended("b"));
    expect(state).toMatchObject({ turns_started: 1, latest_ended: { trigger: "user", has_user_input: true } });
    expect(fold(said(null), started("b"), ended("b"))).toMatchObject({ turns_started: 1, state: "idle" });
  });

  it("changes nothing when the history of closed turns is told again", () => {
    const told = [started("a"), said("a"), ended("a"), review("entered", "r"), started("c", { root: "r" }), ended("r")];
    const state = fold(...told);
    const { state: again, ended: turns } = applyFacts(state, told);
    expect(turns).toEqual([]);
    expect(again).toEqual({ ...state, unmatched_ends: 2 });
  });

  it("leaves the task neither completed nor uncompleted by maintenance", () => {
    const maintenance = [started("m"), compacted(null), compacted("m"), ended("m")];
    expect(report(started("a"), said("a"), ended("a"), ...maintenance)).toMatchObject({
      task_completed: true,
      turn: { kind: "maintenance" },
    });
    expect(report(started("a"), failed("a"), ...maintenance).task_completed).toBe(false);
    expect(report(...maintenance).task_completed).toBe(false);
  });

  it("keeps a turn that compacts on its way a turn of work, and a review a review", () => {
    expect(report(started("a"), said("a"), compacted(null), ended("a")).turn?.kind).toBe("work");
    expect(report(started("g", { trigger: "goal" }), compacted("g"), ended("g")).turn?.kind).toBe("work");
    expect(report(review("entered", "r"), started("c", { root: "r" }), compacted("c"), ended("r")).turn?.kind).toBe(
      "review",
    );
  });

  it("marks the next turn as review when it was entered before, but not when one was left", () => {
    expect(report(review("entered", "r"), started("c", { root: "r" })).turn?.kind).toBe("review");
    expect(report(started("a"), review("exited", "a")).turn?.kind).toBe("review");
    expect(report(review("exited", "r"), started("c")).turn?.kind).toBe("work");
    expect(fold(review("entered", "r"), started("c", { root: "r" }), ended("r"), started("d")).open?.kind).toBe("work");
  });

  it("ends failed and interrupted turns without completing the task", () => {
    expect(report(started("a"), failed("a"))).toMatchObject({
      state: "idle",
      task_completed: false,
      turn: { outcome: "failed", error_info: "server_overloaded", error_message_redacted: true },
    });
    expect(report(started("a"), interrupted("a"))).toMatchObject({ state: "idle", turn: { outcome: "interrupted" } });
  });

  it("does not touch the state it is given", () => {
    const state = Object.freeze(fold(started("a")));
    expect(applyFact(state, ended("a"))).not.toBe(state);
    expect(state.open?.outcome).toBe("running");
  });
});

describe("completionOf", () => {
  const lastOf = (...facts: LifecycleFact[]) => {
    const turn = fold(...facts).latest_ended;
    return turn && completionOf(turn)?.outcome;
  };

  it("routes work and reviews that completed or failed, and nothing else", () => {
    expect(lastOf(started("a"), ended("a"))).toBe("completed");
    expect(lastOf(started("a"), failed("a"))).toBe("failed");
    expect(lastOf(review("entered", "r"), started("a"), ended("a"))).toBe("completed");
    expect(lastOf(started("a"), compacted("a"), ended("a"))).toBeUndefined();
    expect(lastOf(started("a"), interrupted("a"))).toBeUndefined();
  });
});
