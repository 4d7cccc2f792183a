import { decodeRow, type ReadTx } from "@conveyor/store";
import type { BoundPair } from "../pair.ts";
import type { RotationFacts } from "./blockers.ts";

/** The task's latest handoff, with its place in the sequence. */
export interface LatestHandoff {
  id: number;
  seq: number;
  worker_session_id: string | null;
  summary: string;
  next_steps: string[];
  created_at: string;
}

export async function latestHandoff(tx: ReadTx, task_id: string): Promise<LatestHandoff | null> {
  const row = await tx.db.worker_handoffs.findFirst({ where: { task_id }, orderBy: { seq: "desc" } });
  if (row === null) return null;
  const { id, seq, worker_session_id, summary, next_steps, created_at } = decodeRow(row);
  const steps = Array.isArray(next_steps) ? next_steps.map(String) : [];
  return { id, seq, worker_session_id, summary, next_steps: steps, created_at };
}

/** What was asked for. */
interface RotationWish {
  old_worker_thread_id: string;
  require_handoff: boolean;
}

/** What says whether the worker of a pair may get a fresh thread, as it stands in this transaction. */
export async function rotationFacts(
  tx: ReadTx,
  { task, binding_id, binding_state, worker, manager }: BoundPair,
  handoff: LatestHandoff | null,
  wish: RotationWish,
): Promise<RotationFacts> {
  const last = await tx.db.worker_rotations.findFirst({
    where: { worker_session_id: worker.id, kind: "recorded", session_updated: true },
    orderBy: { seq: "desc" },
    select: { seq: true },
  });
  return {
    task_id: task.id,
    binding: { id: binding_id, state: binding_state },
    worker: {
      session_id: worker.id,
      state: worker.state,
      tmux_session: worker.tmux_session,
      codex_app_thread_id: worker.codex_app_thread_id,
    },
    manager: { session_id: manager.id, codex_app_thread_id: manager.codex_app_thread_id },
    handoff,
    last_rotation_seq: last?.seq ?? null,
    ...wish,
  };
}
