import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";

/** A row with its JSON columns parsed. */
type LinkedRow = Record<string, unknown> & { seq: number };

const all = (tx: FastTx, sql: string, bound: Record<string, unknown>) =>
  (tx.sql.search(sql).all(bound) as Record<string, unknown>[]).map((row) => decodeRow(row) as LinkedRow);

/** Attempts and messages of these commands, each ascending, with what a chain needs of them. */
export function linkedToCommands(tx: FastTx, command_ids: readonly unknown[]) {
  const bound = { ids: JSON.stringify(command_ids) };
  return {
    command_attempts: all(
      tx,
      "SELECT seq, id, command_id FROM command_attempts WHERE command_id IN (SELECT value FROM json_each(@ids)) ORDER BY seq",
      bound,
    ),
    routed_notifications: all(
      tx,
      `SELECT seq, id, command_id, consumed_manager_cycle_id FROM routed_notifications
        WHERE command_id IN (SELECT value FROM json_each(@ids)) ORDER BY seq`,
      bound,
    ),
  };
}

/** Decisions of a task with these ids, or of these cycles, ascending. */
export function linkedDecisions(
  tx: FastTx,
  task_id: string,
  { ids, cycle_ids }: { ids: readonly unknown[]; cycle_ids: readonly unknown[] },
): LinkedRow[] {
  if (ids.length + cycle_ids.length === 0) return [];
  return all(
    tx,
    `SELECT seq, id, manager_cycle_id FROM manager_decisions
      WHERE id IN (SELECT value FROM json_each(@ids)
                    UNION SELECT d.id FROM json_each(@cycle_ids) c JOIN manager_decisions d ON d.manager_cycle_id = c.value)
        AND task_id = @task_id ORDER BY seq`,
    { task_id, ids: JSON.stringify(ids), cycle_ids: JSON.stringify(cycle_ids) },
  );
}
