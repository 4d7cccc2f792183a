import type { CriterionRow } from "../lookups/index.ts";
import type { FastTx } from "../transaction.ts";

/** A receipt of evidence for one iteration of a loop. */
export interface ReceiptRow {
  evidence_type: string;
  status: string;
  source: string;
  evidence_json: string;
  updated_seq: number;
}

export const RECEIPTS_SQL = `SELECT evidence_type, status, source, evidence_json, updated_seq FROM acceptance_criteria
  WHERE loop_run_id = ? AND loop_iteration = ? AND task_id = ? AND evidence_type IS NOT NULL
  ORDER BY updated_seq`;

/** All receipts of an iteration, the most recently changed last. */
export function receiptsOfIteration(
  tx: FastTx,
  request: { run_id: string; iteration: number; task_id: string },
): ReceiptRow[] {
  return tx.sql.hot(RECEIPTS_SQL).all(request.run_id, request.iteration, request.task_id) as ReceiptRow[];
}

/** The attempts to resolve conflicts of a loop and its merge states, at most the last 500, the most recently changed last. */
export function conflictHistory(tx: FastTx, run_id: string): ReceiptRow[] {
  const rows = tx.sql
    .hot(
      `SELECT evidence_type, status, source, evidence_json, updated_seq FROM acceptance_criteria
       WHERE loop_run_id = ? AND evidence_type IN ('conflict_attempt', 'mergeability_clean')
       ORDER BY updated_seq DESC LIMIT 500`,
    )
    .all(run_id) as ReceiptRow[];
  return rows.reverse();
}

/** By what a receipt is known. */
export interface LoopReceiptKey {
  run_id: string;
  iteration: number;
  evidence_type: string;
}

/** All receipts of a loop, iteration and type, by their columns or, of older ledgers, by their label; oldest first. */
export function receiptsOfKey(tx: FastTx, task_id: string, key: LoopReceiptKey, label: string): CriterionRow[] {
  return tx.sql
    .hot(
      `SELECT * FROM acceptance_criteria WHERE loop_run_id = @run_id AND loop_iteration = @iteration
         AND evidence_type = @evidence_type AND task_id = @task_id
       UNION
       SELECT * FROM acceptance_criteria WHERE task_id = @task_id AND criterion = @label
         AND source IN ('user_requested', 'manager_inferred', 'worker_proposed', 'final_audit')
       ORDER BY id`,
    )
    .all({ task_id, label, ...key }) as CriterionRow[];
}
