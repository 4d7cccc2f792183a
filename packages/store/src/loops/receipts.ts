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
