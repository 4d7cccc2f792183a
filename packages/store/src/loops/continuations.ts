import type { FastTx } from "../transaction.ts";

export const PENDING_CONTINUATION_SQL = `SELECT command_id FROM routed_notifications
  WHERE target_session_id = @target_session_id AND consumed_at IS NULL AND state IN ('pending', 'delivered')
    AND signal_type = 'continue_iteration' AND binding_id = @binding_id AND command_id IS NOT @command_id
    AND json_extract(payload_json, '$.ralph_loop.run_id') = @run_id
    AND json_extract(payload_json, '$.ralph_loop.requested_iteration') = @iteration
  ORDER BY seq LIMIT 1`;

/** The other continuation of the same iteration that waits or was not yet taken up; undefined when there is none. */
export function pendingContinuation(
  tx: FastTx,
  request: { target_session_id: string; binding_id: string; command_id: string; run_id: string; iteration: number },
): { command_id: string | null } | undefined {
  return tx.sql.hot(PENDING_CONTINUATION_SQL).get(request) as { command_id: string | null } | undefined;
}

/** Whether the task's manager made this decision. */
export function hasDecision(tx: FastTx, task_id: string, decision_id: number): boolean {
  const found = tx.sql.hot("SELECT 1 FROM manager_decisions WHERE id = ? AND task_id = ?").get(decision_id, task_id);
  return found !== undefined;
}

export const BLOCKED_CONTINUATIONS_SQL = `SELECT count(*) AS found FROM commands
  WHERE task_id = @task_id AND state = 'blocked' AND type = 'continue_iteration'
    AND json_extract(payload_json, '$.ralph_loop.run_id') = @run_id`;

/** How many continuations of a loop were refused so far. */
export function countBlockedContinuations(tx: FastTx, of: { task_id: string; run_id: string }): number {
  return (tx.sql.hot(BLOCKED_CONTINUATIONS_SQL).get(of) as { found: number }).found;
}
