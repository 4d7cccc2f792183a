import { AT_MOST } from "../at-most.ts";
import type { CriterionRow } from "../lookups/index.ts";
import type { FastTx } from "../transaction.ts";

/** A receipt of evidence for one iteration of a loop. */
export interface ReceiptRow {
  id: number;
  evidence_type: string;
  status: string;
  source: string;
  evidence_json: string;
  updated_at: string;
  updated_seq: number;
}

const COLUMNS = "id, evidence_type, status, source, evidence_json, updated_at, updated_seq";

export const RECEIPTS_SQL = `SELECT ${COLUMNS} FROM acceptance_criteria
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
      `SELECT ${COLUMNS} FROM acceptance_criteria
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

/** What the work was at the end of the iterations from `to` down to `from`, newest first; null where no receipt says so. */
export function diffsOfIterations(
  tx: FastTx,
  { run_id, task_id, from, to }: { run_id: string; task_id: string; from: number; to: number },
): (string | null)[] {
  const rows = tx.sql
    .hot(
      `SELECT loop_iteration, json_extract(evidence_json, '$.diff_sha256') AS diff FROM acceptance_criteria
       WHERE loop_run_id = @run_id AND loop_iteration BETWEEN @from AND @to AND task_id = @task_id
         AND json_type(evidence_json, '$.diff_sha256') = 'text'
       ORDER BY updated_seq`,
    )
    .all({ run_id, task_id, from, to }) as { loop_iteration: number; diff: string }[];
  const newest = new Map(rows.map(({ loop_iteration, diff }) => [loop_iteration, diff]));
  const found: (string | null)[] = [];
  for (let iteration = to; iteration >= from; iteration -= 1) found.push(newest.get(iteration) ?? null);
  return found;
}

interface ReceiptFilter {
  run_id: string;
  task_id: string;
  iteration: number | null;
  evidence_type: string | null;
}

const FITTING = `loop_run_id = @run_id AND task_id = @task_id AND (@iteration IS NULL OR loop_iteration = @iteration)
  AND (@evidence_type IS NULL OR evidence_type = @evidence_type)`;

/** The receipts of a loop, of its newest iteration first, in it by type; at most `limit`, all below 0. */
export function receiptsOfRun(tx: FastTx, filter: ReceiptFilter, limit: number): CriterionRow[] {
  return tx.sql
    .search(
      `SELECT * FROM acceptance_criteria WHERE ${FITTING}
       ORDER BY loop_iteration DESC, evidence_type, attempt, updated_seq ${AT_MOST}`,
    )
    .all({ ...filter, limit }) as CriterionRow[];
}

/** How many receipts of a loop fit. */
export function countReceipts(tx: FastTx, filter: ReceiptFilter): number {
  const row = tx.sql.search(`SELECT count(*) AS total FROM acceptance_criteria WHERE ${FITTING}`).get(filter);
  return (row as { total: number }).total;
}

/** One recording of a criterion, as the audit keeps it. */
export interface ReceiptVersion {
  criterion_id: number;
  at: string;
  actor: string;
  payload_json: string;
}

/** Every recording of these criteria, oldest first, as far as the audit reaches. */
export function receiptVersions(tx: FastTx, task_id: string, ids: readonly number[]): ReceiptVersion[] {
  return tx.sql
    .search(
      `SELECT json_extract(payload_json, '$.criterion_id') AS criterion_id, created_at AS at, actor, payload_json FROM events
       WHERE task_id = @task_id AND type IN ('acceptance_criterion_added', 'acceptance_criterion_updated')
         AND json_extract(payload_json, '$.criterion_id') IN (SELECT value FROM json_each(@ids))
       ORDER BY seq`,
    )
    .all({ task_id, ids: JSON.stringify(ids) }) as ReceiptVersion[];
}
