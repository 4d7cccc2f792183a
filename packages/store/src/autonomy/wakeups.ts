import type { FastTx } from "../transaction.ts";

/** A wake receipt, with the roles of which somebody has said what became of their prompts. */
export interface WakeReceiptRow {
  id: string;
  recorded_at: string;
  actions_json: string;
  /** With commas between them; null: of none. */
  recorded_roles: string | null;
}

export const WAKE_RECEIPTS_SQL = `SELECT d.id, d.recorded_at, d.actions_json,
    (SELECT group_concat(role) FROM wake_deliveries WHERE wake_dispatch_id = d.id) AS recorded_roles
  FROM wake_dispatches d WHERE d.task_id = ? ORDER BY d.seq DESC LIMIT ? + 0`;

/** The newest wake receipts of a task, at most `limit`. */
export function wakeReceipts(tx: FastTx, task_id: string, limit: number): WakeReceiptRow[] {
  return tx.sql.search(WAKE_RECEIPTS_SQL).all(task_id, limit) as WakeReceiptRow[];
}
