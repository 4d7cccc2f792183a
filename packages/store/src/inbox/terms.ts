import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import type { InboxScope } from "./items.ts";

/** Set the time by which a taken item must be acknowledged. */
export function setAckTerm(tx: FastTx, notification_id: number, ack_due_at: string): void {
  tx.sql.hot("UPDATE routed_notifications SET ack_due_at = ? WHERE id = ?").run(ack_due_at, notification_id);
}

/** The item was acknowledged: it no longer returns to its inbox. */
export function clearAckTerm(tx: FastTx, notification_id: number): void {
  tx.sql
    .atomic("UPDATE routed_notifications SET ack_due_at = NULL WHERE id = ? AND ack_due_at IS NOT NULL")
    .run(notification_id);
}

export const OVERDUE_SQL = `SELECT id FROM routed_notifications
  WHERE ack_due_at <= @now ORDER BY ack_due_at ${AT_MOST}`;

/** Taken items that were not acknowledged in time, the longest overdue first. */
export function overdueItems(tx: FastTx, limit: number): number[] {
  return (tx.sql.hot(OVERDUE_SQL).all({ now: tx.now, limit }) as { id: number }[]).map(({ id }) => id);
}

/** The plus keeps the planner on the few that have a term at all. */
export const OVERDUE_IN_SCOPE_SQL = `SELECT 1 FROM routed_notifications
  WHERE ack_due_at <= @now AND +target_session_id = @session_id
    AND (@binding_id IS NULL OR binding_id = @binding_id) LIMIT 1`;

/** Whether an item of this inbox was taken and not acknowledged in time. */
export function hasOverdueItem(tx: FastTx, scope: InboxScope): boolean {
  return tx.sql.hot(OVERDUE_IN_SCOPE_SQL).get({ ...scope, now: tx.now }) !== undefined;
}

/**
 * Return a taken item to its inbox, where its age gives it its old place. It counts as delivered again: its followers get
 * it once more, and records show it where it returned. False when nobody has taken it.
 */
export function putBackItem(tx: FastTx, notification_id: number): boolean {
  const { changes } = tx.sql
    .atomic(
      `UPDATE routed_notifications
       SET consumed_at = NULL, consumed_seq = NULL, consumed_by_session_id = NULL, consumed_manager_cycle_id = NULL,
         ack_due_at = NULL, delivery_count = delivery_count + 1, delivered_at = @now, delivered_seq = @seq, submission = NULL
       WHERE id = @id AND state = 'delivered' AND consumed_at IS NOT NULL`,
    )
    .run({ id: notification_id, now: tx.now, seq: tx.seq() });
  return changes === 1;
}
