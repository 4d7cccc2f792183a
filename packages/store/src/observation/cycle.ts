import type { FastTx } from "../transaction.ts";

/** One timed phase of a cycle (spec 02 §8.3). */
export interface CycleSpan {
  phase: string;
  started_at: string;
  completed_at: string;
  duration_ms: number;
  state: "succeeded" | "failed" | "degraded";
  attributes_json: string;
  error_type: string | null;
}

/** Store the phases of a cycle. */
export function insertCycleSpans(
  tx: FastTx,
  owner: { manager_cycle_id: number; task_id: string; run_id: string | null },
  spans: readonly CycleSpan[],
): void {
  const insert = tx.sql(
    `INSERT INTO manager_cycle_spans (manager_cycle_id, task_id, run_id, phase, started_at, completed_at, duration_ms, state,
       attributes_json, error_type, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const span of spans) {
    insert.run(
      owner.manager_cycle_id,
      owner.task_id,
      owner.run_id,
      span.phase,
      span.started_at,
      span.completed_at,
      span.duration_ms,
      span.state,
      span.attributes_json,
      span.error_type,
      tx.seq(),
    );
  }
}

/** Ids of a task's cycles in which the screen showed something notable, newest first (spec 02 §8.4). */
export function divergentCycleIds(tx: FastTx, task_id: string, limit: number): number[] {
  const rows = tx
    .sql(
      `SELECT id FROM manager_cycles
        WHERE task_id = ? AND json_extract(status_json, '$.notable_pane_pattern') IS NOT NULL
        ORDER BY seq DESC LIMIT ?`,
    )
    .all(task_id, limit) as { id: number }[];
  return rows.map(({ id }) => id);
}
