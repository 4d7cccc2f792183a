import type { FastTx } from "../transaction.ts";

/** Ids of a task's cycles in which the screen showed something notable, newest first (spec 02 §8.4). */
export function divergentCycleIds(tx: FastTx, task_id: string, limit: number): number[] {
  const rows = tx.sql
    .hot(
      `SELECT id FROM manager_cycles
        WHERE task_id = ? AND json_extract(status_json, '$.notable_pane_pattern') IS NOT NULL
        ORDER BY seq DESC LIMIT ?`,
    )
    .all(task_id, limit) as { id: number }[];
  return rows.map(({ id }) => id);
}
