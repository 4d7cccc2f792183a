import { describe, expect, it } from "vitest";
import { type RotationFacts, rotationBlockers, rotationGuardOf } from "./blockers.ts";

const fit: RotationFacts = {
  task_id: "task-1",
  binding: { id: "binding-1", state: "active" },
  worker: { session_id: "session-w", state: "active", tmux_session: null, codex_app_thread_id: "thr-w" },
  manager: { session_id: "session-m", codex_app_thread_id: "thr-m" },
  old_worker_thread_id: "thr-w",
  require_handoff: true,
  handoff: { seq: 20, worker_session_id: "session-w" },
  last_rotation_seq: 10,
};
const worker = (more: Partial<RotationFacts["worker"]>) => ({ worker: { ...fit.worker, ...more } });

describe("the thread of a worker may be replaced", () => {
  it.each<[string, Partial<RotationFacts>]>([
    ["when everything is as it was named", {}],
    ["for the first time", { last_rotation_seq: null }],
    ["without a handoff when none is required", { require_handoff: false, handoff: null }],
    ["with an old handoff when none is required", { require_handoff: false, last_rotation_seq: 30 }],
    ["when the manager has no thread", { manager: { session_id: "session-m", codex_app_thread_id: null } }],
  ])("%s", (_when, more) => {
    expect(rotationBlockers({ ...fit, ...more })).toEqual([]);
  });

  it.each<[string, Partial<RotationFacts>]>([
    ["active_binding_not_active", { binding: { id: "binding-1", state: "ending" } }],
    ["worker_session_not_active", worker({ state: "gone" })],
    ["worker_session_is_tmux_backed", worker({ tmux_session: "pane" })],
    ["old_worker_thread_id_mismatch", { old_worker_thread_id: "thr-x" }],
    ["old_worker_thread_id_mismatch", { old_worker_thread_id: "thr-W" }],
    ["old_worker_thread_id_mismatch", { old_worker_thread_id: "thr-w " }],
    ["manager_worker_thread_not_distinct", { manager: { session_id: "session-w", codex_app_thread_id: null } }],
    ["manager_worker_thread_not_distinct", { manager: { session_id: "session-m", codex_app_thread_id: "thr-w" } }],
    ["missing_worker_handoff", { handoff: null }],
    ["handoff_worker_session_mismatch", { handoff: { seq: 20, worker_session_id: "session-x" } }],
    ["handoff_worker_session_mismatch", { handoff: { seq: 20, worker_session_id: null } }],
    ["handoff_older_than_last_rotation", { last_rotation_seq: 30 }],
  ])("not when %s (%j)", (code, more) => {
    expect(rotationBlockers({ ...fit, ...more })).toEqual([code]);
  });

  it("not when manager and worker were swapped, and says so twice", () => {
    expect(rotationBlockers({ ...fit, old_worker_thread_id: "thr-m" })).toEqual([
      "old_worker_thread_id_mismatch",
      "manager_worker_thread_not_distinct",
    ]);
  });

  it("says everything that is wrong, in one order", () => {
    const all = {
      ...fit,
      ...worker({ state: "gone", tmux_session: "pane", codex_app_thread_id: null }),
      handoff: null,
    };
    expect(rotationBlockers({ ...all, binding: { id: "b", state: "ending" } })).toEqual([
      "active_binding_not_active",
      "worker_session_not_active",
      "worker_session_is_tmux_backed",
      "missing_worker_codex_app_thread_id",
      "old_worker_thread_id_mismatch",
      "missing_worker_handoff",
    ]);
  });

  it("guards exactly whom it is about", () => {
    expect(rotationGuardOf({ ...fit, old_worker_thread_id: "thr-x" })).toEqual({
      role: "worker",
      task_id: "task-1",
      binding_id: "binding-1",
      active_binding: true,
      worker_session_id: "session-w",
      worker_state: "active",
      manager_session_id: "session-m",
      manager_thread_id: "thr-m",
      expected_old_worker_thread_id: "thr-x",
      exact_thread_match: false,
      require_handoff: true,
    });
  });
});
