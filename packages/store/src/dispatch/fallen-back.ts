import type { FastTx } from "../transaction.ts";

/**
 * Put what fell back to the inbox of a session, because its terminal was gone, on its way to the terminal again: items that
 * nobody has taken and whose binding is live. Their commands wait in the queue as before, with all their attempts, and are
 * typed in the order in which they were queued; reports are taken up by the next pass. Answers with how many there are.
 */
export function pushFallenBackAgain(tx: FastTx, session_id: string): number {
  const items = tx
    .sql(
      `SELECT n.id, n.command_id FROM routed_notifications n JOIN bindings b ON b.id = n.binding_id
       WHERE n.target_session_id = ? AND n.consumed_at IS NULL AND n.state = 'delivered' AND n.fell_back = 1
         AND b.state IN ('active', 'ending')
       ORDER BY n.seq`,
    )
    .all(session_id) as { id: number; command_id: string | null }[];
  for (const { id, command_id } of items) {
    tx.sql(
      `UPDATE routed_notifications SET state = 'pending', delivery_mode = 'push', delivered_at = NULL, delivered_seq = NULL,
              delivery_method = NULL, fell_back = 0, claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL
       WHERE id = ?`,
    ).run(id);
    if (command_id === null) continue;
    tx.sql(
      `UPDATE commands SET state = 'pending', attempts = 0, available_at = NULL, claimed_by = NULL, claimed_at = NULL,
              claim_expires_at = NULL, result_json = NULL, error = NULL, updated_at = ?, updated_seq = ?
       WHERE id = ? AND state = 'succeeded'`,
    ).run(tx.now, tx.seq(), command_id);
  }
  return items.length;
}
