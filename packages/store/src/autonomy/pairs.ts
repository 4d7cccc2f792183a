import type { SessionRow } from "../lookups/sessions.ts";
import type { FastTx } from "../transaction.ts";

/** A binding with its two sessions. */
export interface PairRow {
  binding_id: string;
  binding_state: string;
  manager: SessionRow;
  worker: SessionRow;
}

interface BindingRow {
  id: string;
  state: string;
  manager_session_id: string;
  worker_session_id: string;
}

const BOUND = `SELECT id, state, manager_session_id, worker_session_id FROM bindings
  WHERE task_id = ? AND worker_session_id IS NOT NULL AND manager_session_id IS NOT NULL`;

export const LIVE_PAIR_SQL = `${BOUND} AND state IN ('active', 'ending') ORDER BY seq DESC LIMIT 1`;
export const LAST_PAIR_SQL = `${BOUND} ORDER BY seq DESC LIMIT 1`;

/** The live binding of a task with its sessions; undefined when nothing is bound. */
export function livePair(tx: FastTx, task_id: string): PairRow | undefined {
  return pairOf(tx, tx.sql.hot(LIVE_PAIR_SQL).get(task_id));
}

/** The newest binding of a task, also when it has ended; undefined when it never had one. */
export function lastPair(tx: FastTx, task_id: string): PairRow | undefined {
  return pairOf(tx, tx.sql.hot(LAST_PAIR_SQL).get(task_id));
}

function pairOf(tx: FastTx, row: unknown): PairRow | undefined {
  const binding = row as BindingRow | undefined;
  if (binding === undefined) return undefined;
  const session = (id: string) => tx.sql.hot("SELECT * FROM sessions WHERE id = ?").get(id) as SessionRow;
  return {
    binding_id: binding.id,
    binding_state: binding.state,
    manager: session(binding.manager_session_id),
    worker: session(binding.worker_session_id),
  };
}
