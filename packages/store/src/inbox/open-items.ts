import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** A delivered item whose answer says that somebody is blocked, or is overdue. */
export interface OpenItem {
  id: number;
  task_name: string;
  signal_type: string;
  target_name: string;
  delivered_at: string | null;
  ack_due_at: string | null;
  latest_status: string | null;
  latest_at: string | null;
}

/** Such items of live bindings, oldest first, at most `limit`. */
export function openItems(tx: FastTx, limit: number): OpenItem[] {
  return tx.sql
    .search(
      `SELECT n.id, t.name AS task_name, n.signal_type, s.name AS target_name, n.delivered_at, n.ack_due_at,
              a.status AS latest_status, a.created_at AS latest_at
         FROM bindings b
         JOIN routed_notifications n ON n.binding_id = b.id
         JOIN tasks t ON t.id = b.task_id
         JOIN sessions s ON s.id = n.target_session_id
         LEFT JOIN notification_acknowledgements a ON a.id = (
           SELECT id FROM notification_acknowledgements WHERE notification_id = n.id ORDER BY seq DESC LIMIT 1)
        WHERE b.state IN ('active', 'ending') AND n.state = 'delivered'
          AND (a.status = 'blocked'
               OR (coalesce(a.status, 'received') = 'received'
                   AND (n.ack_due_at < @now OR (n.delivery_count > 1 AND n.consumed_at IS NULL))))
        ORDER BY n.seq ${AT_MOST}`,
    )
    .all({ now: tx.now, limit }) as OpenItem[];
}
