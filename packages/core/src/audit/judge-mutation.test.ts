import type { replayRows } from "@conveyor/store";
import { describe, expect, it } from "vitest";
import { judgeMutation } from "./judge-mutation.ts";

type Row = replayRows.MutationRow;

const nudged: Row = {
  ...{ seq: 9, id: "command-1", type: "task_nudge", state: "succeeded", created_at: "2026-01-01T00:00:00.000Z" },
  ...{ payload: {}, result: { send_result: { dry_run: false } } },
};
const decided = { id: 3, task_id: "t", decision: "nudge", reason: "r", created_at: "x", manager_cycle_id: null };
const stopped = { ...decided, id: 4, decision: "stop" };
const named = (decision_id: number, more: object = {}) => ({
  manager_decision: { decision_id, warnings: [], ...more },
});

const judge = (row: Partial<Row>, prior: typeof decided | undefined = undefined) =>
  judgeMutation(
    { ...nudged, ...row },
    { of: (id) => [decided, stopped].find((one) => one.id === id), nearest_prior: prior },
  );

describe("a command with an effect", () => {
  it.each<[string, Partial<Row>, typeof decided | undefined, string[]]>([
    ["names a decision that allows it", { payload: named(3) }, decided, []],
    ["names none, and none was made", {}, undefined, ["missing_decision_metadata"]],
    ["names none although one was made", {}, decided, ["missing_decision_metadata", "nearest_decision_unlinked"]],
    ["names one of another kind", { payload: named(4) }, stopped, ["linked_decision_incompatible"]],
    ["names one that is not there", { payload: named(99) }, decided, ["nearest_decision_unlinked"]],
    [
      "was warned about its decision",
      { payload: named(3, { warnings: ["decision_stale"] }) },
      decided,
      ["decision_stale"],
    ],
    ["brings a decision of its own along", { payload: { manager_decision: { decision: decided } } }, undefined, []],
    ["was expected to fail", { state: "failed", payload: { expected_failure: true }, result: null }, decided, []],
    ["needs no decision", { type: "deregister_session" }, undefined, []],
    [
      "needs none and names one",
      { type: "deregister_session", payload: named(3) },
      undefined,
      ["unexpected_linked_decision"],
    ],
    ["finishes a task by its own decision", { type: "finish_task", result: { final_decision_id: 4 } }, undefined, []],
    ["stops a task", { type: "stop_task", result: named(3) }, decided, ["linked_decision_incompatible"]],
    ["raises the budget", { type: "extend_nudge_budget" }, undefined, ["missing_decision_metadata"]],
    [
      "was typed directly",
      { type: "session_nudge", payload: { success: true }, result: null },
      undefined,
      ["missing_decision_metadata"],
    ],
  ])("that %s", (_what, row, prior, warnings) => {
    const judged = judge(row, prior);
    expect(judged.warnings).toEqual(warnings);
    expect(judged.ok).toBe(warnings.length === 0);
  });

  it("tells what it did, and leaves out what nobody recorded", () => {
    expect(judge({ payload: named(3) }).effect).toEqual({ dry_run: false, sent: true });
    const compacted = { send_text: "/compact", worker_session: "w", send_result: { dry_run: true } };
    expect(judge({ type: "request_worker_compact", result: compacted }).effect).toEqual({
      dry_run: true,
      sent: false,
      send_text: "/compact",
      worker_session: "w",
    });
    expect(judge({ payload: "garbled", result: [1] }).effect).toEqual({ sent: false });
  });
});
