import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";

/** A command, or a text typed by hand, that had an effect on the world. */
export interface MutationRow {
  seq: number;
  id: string;
  type: string;
  state: string;
  created_at: string;
  payload: unknown;
  result: unknown;
}

const MUTATING_COMMANDS = `'task_nudge', 'request_worker_compact', 'task_interrupt', 'finish_task', 'stop_task',
  'pause_manager', 'extend_nudge_budget', 'deregister_session'`;

/** All of a task, one at a time in the order of the ledger; `direct` brings what was typed without a command. */
export function* mutationRows(tx: FastTx, task_id: string, { direct }: { direct: boolean }): Generator<MutationRow> {
  const typed = `UNION ALL SELECT seq, CAST(id AS TEXT) AS id,
      CASE type WHEN 'session_nudged' THEN 'session_nudge' ELSE 'session_interrupt' END AS type,
      CASE WHEN json_extract(payload_json, '$.success') THEN 'succeeded' ELSE 'failed' END AS state,
      created_at, payload_json, NULL AS result_json
    FROM events WHERE task_id = @task_id AND type IN ('session_nudged', 'session_interrupted')`;
  const rows = tx.sql
    .search(
      `SELECT seq, id, type, state, created_at, payload_json, result_json FROM commands
        WHERE task_id = @task_id AND type IN (${MUTATING_COMMANDS}) ${direct ? typed : ""} ORDER BY 1`,
    )
    .all({ task_id }) as Record<string, unknown>[];
  for (const row of rows) yield decodeRow(row) as unknown as MutationRow;
}

/** A decision, as far as it justifies something. */
export interface DecisionRow {
  id: number;
  task_id: string;
  decision: string;
  reason: string;
  created_at: string;
  manager_cycle_id: number | null;
}

const DECISION = "id, task_id, decision, reason, created_at, manager_cycle_id";

/** The decision of a task with this id. */
export function justificationOf(tx: FastTx, task_id: string, id: number): DecisionRow | undefined {
  return tx.sql
    .hot(`SELECT ${DECISION} FROM manager_decisions WHERE id = @id AND task_id = @task_id`)
    .get({ id, task_id }) as DecisionRow | undefined;
}

/** The last decision of a task before a place in the ledger's sequence. */
export function decisionBefore(tx: FastTx, task_id: string, seq: number): DecisionRow | undefined {
  return tx.sql
    .hot(`SELECT ${DECISION} FROM manager_decisions WHERE task_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1`)
    .get(task_id, seq) as DecisionRow | undefined;
}

/** How strictly a task is supervised; undefined when nothing says so. */
export function supervisionModeOf(tx: FastTx, task_id: string): string | undefined {
  const row = tx.sql.hot("SELECT supervision_mode AS mode FROM manager_configs WHERE task_id = ?").get(task_id);
  return (row as { mode: string } | undefined)?.mode;
}
