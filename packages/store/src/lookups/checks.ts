import type { FastTx } from "../transaction.ts";

/** How a run of a check stands, as far as somebody waits for it. */
export interface RunStanding {
  state: string;
  cancel_requested_at: string | null;
}

/** How a run stands; undefined when there is none of this number. */
export function runStanding(tx: FastTx, id: number): RunStanding | undefined {
  return tx.sql.hot("SELECT state, cancel_requested_at FROM check_runs WHERE id = ?").get(id) as
    | RunStanding
    | undefined;
}

/** Tasks in one of these states that have a check which has passed, those that changed last first. */
export function tasksWithPassedChecks(tx: FastTx, states: readonly string[], limit: number): string[] {
  const rows = tx.sql
    .search(
      `SELECT t.id FROM tasks t
       WHERE t.state IN (SELECT value FROM json_each(?))
         AND EXISTS (
           SELECT 1 FROM acceptance_criteria c JOIN checks k ON k.criterion_id = c.id
           WHERE c.task_id = t.id AND k.removed_at IS NULL AND k.accepted_by IS NOT NULL
             AND EXISTS (SELECT 1 FROM check_runs r WHERE r.check_id = k.id AND r.state = 'passed'))
       ORDER BY t.updated_seq DESC LIMIT ?`,
    )
    .all(JSON.stringify(states), limit) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Whether a task in one of these states has a check that was accepted. */
export function hasAcceptedChecks(tx: FastTx, task_id: string, states: readonly string[]): boolean {
  const found = tx.sql
    .hot(
      `SELECT 1 FROM acceptance_criteria c JOIN checks k ON k.criterion_id = c.id JOIN tasks t ON t.id = c.task_id
       WHERE c.task_id = ? AND k.removed_at IS NULL AND k.accepted_by IS NOT NULL
         AND t.state IN (SELECT value FROM json_each(?)) LIMIT 1`,
    )
    .get(task_id, JSON.stringify(states));
  return found !== undefined;
}
