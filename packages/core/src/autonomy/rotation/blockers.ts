import type { Output, RotationGuard } from "@conveyor/contracts";

export type RotationBlocker = Output<"autonomy.planRotation">["blockers"][number];

/** Everything that says whether a worker's thread may be replaced, at one instant. */
export interface RotationFacts {
  task_id: string;
  binding: { id: string; state: string };
  worker: {
    session_id: string;
    state: string;
    tmux_session: string | null;
    codex_app_thread_id: string | null;
  };
  manager: { session_id: string; codex_app_thread_id: string | null };
  /** The thread that is to be replaced, as it was named. */
  old_worker_thread_id: string;
  require_handoff: boolean;
  /** The task's latest. */
  handoff: { seq: number; worker_session_id: string | null } | null;
  /** When the worker's thread was replaced last; null: never. */
  last_rotation_seq: number | null;
}

/** Each condition with the code that it gives, in the order of spec 06 §6.2. */
const CONDITIONS: readonly [code: RotationBlocker, holds: (facts: RotationFacts) => boolean][] = [
  ["active_binding_not_active", ({ binding }) => binding.state !== "active"],
  ["worker_session_not_active", ({ worker }) => worker.state !== "active"],
  ["worker_session_is_tmux_backed", ({ worker }) => worker.tmux_session !== null],
  ["missing_worker_codex_app_thread_id", ({ worker }) => worker.codex_app_thread_id === null],
  ["old_worker_thread_id_mismatch", (facts) => !isExactThread(facts)],
  [
    "manager_worker_thread_not_distinct",
    ({ worker, manager, old_worker_thread_id }) =>
      worker.session_id === manager.session_id ||
      (manager.codex_app_thread_id !== null &&
        [worker.codex_app_thread_id, old_worker_thread_id].includes(manager.codex_app_thread_id)),
  ],
  ["missing_worker_handoff", ({ require_handoff, handoff }) => require_handoff && handoff === null],
  [
    "handoff_worker_session_mismatch",
    ({ require_handoff, handoff, worker }) =>
      require_handoff && handoff !== null && handoff.worker_session_id !== worker.session_id,
  ],
  [
    "handoff_older_than_last_rotation",
    ({ require_handoff, handoff, last_rotation_seq }) =>
      require_handoff && handoff !== null && last_rotation_seq !== null && handoff.seq < last_rotation_seq,
  ],
];

/** Why the worker's thread may not be replaced; empty when it may. Pure. */
export function rotationBlockers(facts: RotationFacts): RotationBlocker[] {
  return CONDITIONS.filter(([, holds]) => holds(facts)).map(([code]) => code);
}

/** Exactly whom the rotation is about. Pure. */
export function rotationGuardOf(facts: RotationFacts): RotationGuard {
  const { task_id, binding, worker, manager, old_worker_thread_id, require_handoff } = facts;
  return {
    role: "worker",
    task_id,
    binding_id: binding.id,
    active_binding: binding.state === "active",
    worker_session_id: worker.session_id,
    worker_state: worker.state,
    manager_session_id: manager.session_id,
    manager_thread_id: manager.codex_app_thread_id,
    expected_old_worker_thread_id: old_worker_thread_id,
    exact_thread_match: isExactThread(facts),
    require_handoff,
  };
}

function isExactThread({ worker, old_worker_thread_id }: RotationFacts): boolean {
  return worker.codex_app_thread_id === old_worker_thread_id;
}
