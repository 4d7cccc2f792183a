import { AT_MOST } from "../at-most.ts";
import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";

/** A recorded decision, or a moment, with its JSON columns parsed. */
export type RecordedRow = Record<string, unknown> & { seq: number };

const RECORDED = {
  permissions: `SELECT seq, id, created_at, payload_json FROM events
    WHERE task_id = @task_id AND type = 'manager_permission_checked'`,
  closings: `SELECT seq, id, type, state, created_at, result_json FROM commands
    WHERE task_id = @task_id AND type IN ('finish_task', 'stop_task') AND state IN ('succeeded', 'failed')`,
  reviews: `SELECT seq, id, created_at, agreement, verdict, subagent_run_json FROM continuation_reviews
    WHERE task_id = @task_id`,
  cycles: `SELECT completed_seq AS seq, completed_at AS at FROM manager_cycles
    WHERE task_id = @task_id AND completed_at IS NOT NULL`,
  heartbeats: "SELECT seq, role, recorded_at AS at FROM role_heartbeats WHERE task_id = @task_id",
} as const;

/** What of a task was decided, or when it was looked at, the newest so many, in the order of the ledger. */
export function recordedOf(
  tx: FastTx,
  kind: keyof typeof RECORDED,
  { task_id, limit }: { task_id: string; limit: number },
): RecordedRow[] {
  const rows = tx.sql.search(`${RECORDED[kind]} ORDER BY 1 DESC ${AT_MOST}`).all({ task_id, limit });
  return (rows as Record<string, unknown>[]).map((row) => decodeRow(row) as RecordedRow).reverse();
}

/** When the task got its pair, and when it was closed. */
export function boundsOf(tx: FastTx, task_id: string): { from: string | null; until: string | null } {
  return tx.sql
    .search(
      `SELECT (SELECT min(created_at) FROM bindings WHERE task_id = @task_id) AS "from",
              (SELECT updated_at FROM tasks WHERE id = @task_id AND state IN ('done', 'failed')) AS until`,
    )
    .get({ task_id }) as { from: string | null; until: string | null };
}
