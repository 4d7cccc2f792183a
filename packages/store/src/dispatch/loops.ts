import { AT_MOST } from "../at-most.ts";
import type { RunRow } from "../lookups/runs.ts";
import type { FastTx } from "../transaction.ts";

const RUN = "SELECT * FROM runs";

/** The newest run of this name in a task. */
export function newestRunOfName(tx: FastTx, task_id: string, name: string): RunRow | undefined {
  return tx.sql(`${RUN} WHERE task_id = ? AND name = ? ORDER BY seq DESC LIMIT 1`).get(task_id, name) as
    | RunRow
    | undefined;
}

/** Whether the task's manager made this decision. */
export function hasDecision(tx: FastTx, task_id: string, decision_id: number): boolean {
  const found = tx.sql("SELECT 1 FROM manager_decisions WHERE id = ? AND task_id = ?").get(decision_id, task_id);
  return found !== undefined;
}

/** The loop policies of a task, newest first, at most `limit`. */
export function loopRunsOfTask(tx: FastTx, task_id: string, limit: number): RunRow[] {
  return tx
    .sql(
      `${RUN} WHERE task_id = @task_id
         AND (purpose = 'ralph_loop' OR json_extract(metadata_json, '$.kind') = 'ralph_loop')
       ORDER BY seq DESC ${AT_MOST}`,
    )
    .all({ task_id, limit }) as RunRow[];
}

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
  return tx.sql(RECEIPTS_SQL).all(request.run_id, request.iteration, request.task_id) as ReceiptRow[];
}

export const PENDING_CONTINUATION_SQL = `SELECT EXISTS (SELECT 1 FROM routed_notifications
  WHERE target_session_id = @target_session_id AND consumed_at IS NULL AND state IN ('pending', 'delivered')
    AND signal_type = 'continue_iteration' AND binding_id = @binding_id AND command_id IS NOT @command_id
    AND json_extract(payload_json, '$.ralph_loop.run_id') = @run_id
    AND json_extract(payload_json, '$.ralph_loop.requested_iteration') = @iteration) AS found`;

/** Whether another continuation of the same iteration waits or was not yet taken up. */
export function hasPendingContinuation(
  tx: FastTx,
  request: { target_session_id: string; binding_id: string; command_id: string; run_id: string; iteration: number },
): boolean {
  return (tx.sql(PENDING_CONTINUATION_SQL).get(request) as { found: number }).found === 1;
}

/** Move a loop from one iteration to another; false when it does not stand at `from` (any more). */
export function advanceLoopRun(
  tx: FastTx,
  advance: { run_id: string; task_id: string; from: number; to: number },
): boolean {
  const result = tx
    .sql(
      `UPDATE runs SET metadata_json = json_set(metadata_json, '$.current_iteration', CAST(@to AS INTEGER))
       WHERE id = @run_id AND task_id = @task_id
         AND CAST(json_extract(metadata_json, '$.current_iteration') AS INTEGER) = @from`,
    )
    .run(advance);
  return result.changes === 1;
}

/** The attempts to resolve conflicts of a loop and its merge states, at most the last 500, the most recently changed last. */
export function conflictHistory(tx: FastTx, run_id: string): ReceiptRow[] {
  const rows = tx
    .sql(
      `SELECT evidence_type, status, source, evidence_json, updated_seq FROM acceptance_criteria
       WHERE loop_run_id = ? AND evidence_type IN ('conflict_attempt', 'mergeability_clean')
       ORDER BY updated_seq DESC LIMIT 500`,
    )
    .all(run_id) as ReceiptRow[];
  return rows.reverse();
}
