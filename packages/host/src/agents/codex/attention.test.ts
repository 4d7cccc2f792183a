import { describe, expect, it } from "vitest";
import { rolloutFixture, storedRecords, threadOf } from "../../../fixtures/index.ts";
import type { StoredRecord } from "../../records/record.ts";
import {
  type AttentionState,
  applyAttention as applyOne,
  initialAttentionState,
  rolloutAttention,
} from "../../turns/attention.ts";
import { applyFact, initialTurnState } from "../../turns/turns.ts";
import type { PaneClassification } from "../agent.ts";
import { combineAttention } from "../combine-attention.ts";
import { attentionFact } from "./records/attention.ts";
import { lifecycleFact } from "./records/facts.ts";

/** The calls that wait after one more record. */
function applyAttention(state: AttentionState, record: StoredRecord): AttentionState {
  const fact = attentionFact(record);
  return fact === null ? state : applyOne(state, fact);
}

/** What the rollout says after each of its records, where that changes. */
function attentions(name: string): string[] {
  const path = rolloutFixture(name);
  let calls = initialAttentionState();
  let turns = initialTurnState(threadOf(path));
  const said: string[] = [];
  for (const record of storedRecords(path)) {
    const fact = lifecycleFact(record);
    if (fact) turns = applyFact(turns, fact);
    calls = applyAttention(JSON.parse(JSON.stringify(calls)), record);
    const now = rolloutAttention(calls, turns);
    if (said.at(-1) !== now) said.push(now);
  }
  expect(calls.waiting).toEqual([]);
  return said;
}

describe("what the rollout says the agent waits for", () => {
  it.each([
    ["v0.169-tui-approval-declined", ["none", "approval", "none"]],
    ["v0.137-tui-legacy", ["none", "approval", "none"]],
    ["v0.169-tui-plan-question", ["none", "question", "none"]],
    ["v0.169-tui-daemon-interrupt-approval-compact", ["none", "approval", "none", "question", "none"]],
    ["v0.169-exec-tools-goal-abort", ["none"]],
  ])("%s: %j", (name, expected) => {
    expect(attentions(name)).toEqual(expected);
  });

  it("stops waiting when the turn ends without an answer, with or without a turn id", () => {
    const call: StoredRecord = {
      timestamp: null,
      type: "response_item",
      subtype: null,
      item_type: null,
      turn_id: "a",
      thread_id: "th",
      payload: { type: "function_call", name: "request_user_input", call_id: "c", arguments: "{}" },
    };
    const end: StoredRecord = { ...call, type: "event_msg", subtype: "turn_aborted", payload: {} };
    const waiting = applyAttention(initialAttentionState(), call);
    expect(waiting.waiting).toHaveLength(1);
    expect(applyAttention(waiting, end).waiting).toEqual([]);
    expect(applyAttention(waiting, { ...end, turn_id: "b" }).waiting).toHaveLength(1);
    expect(applyAttention(waiting, { ...end, turn_id: null }).waiting).toEqual([]);
  });
});

describe("combineAttention", () => {
  const pane = (attention: PaneClassification["attention"], state: PaneClassification["startup"]["state"]) => ({
    classifier: null,
    patterns: [],
    attention,
    startup: { state, reason: "" },
    title: null,
  });

  it("takes a menu over a call that waits for approval for that approval, unless the title knows better", () => {
    for (const attention of ["menu", "plan_decision"] as const) {
      const menu = pane(attention, "working");
      expect(combineAttention("approval", menu)).toBe("approval");
      expect(combineAttention("approval", { ...menu, title: "waiting_on_human" })).toBe("approval");
      expect(combineAttention("approval", { ...menu, title: "busy" })).toBe(attention);
      expect(combineAttention("approval", { ...menu, title: "idle" })).toBe(attention);
      expect(combineAttention("question", menu)).toBe(attention);
      expect(combineAttention("none", menu)).toBe(attention);
    }
  });

  it("believes the pane where it shows a prompt or plainly none, else the rollout", () => {
    expect(combineAttention("approval", null)).toBe("approval");
    expect(combineAttention("approval", pane("question", "working"))).toBe("question");
    expect(combineAttention("approval", pane("none", "working"))).toBe("none");
    expect(combineAttention("approval", pane("none", "ready"))).toBe("none");
    expect(combineAttention("approval", pane("none", "starting"))).toBe("approval");
  });
});
