import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** A notification as stored. */
export interface NoticeRow {
  id: string;
  seq: number;
  kind: string;
  urgency: string;
  title: string;
  body: string;
  link: string;
  dedupe_key: string;
  task_id: string | null;
  task_name: string | null;
  created_at: string;
}

/** What a sink is to get, and how far that is. */
export interface DeliveryRow {
  id: number;
  notification_id: string;
  sink: string;
  state: string;
  attempts: number;
  due_at: string;
  error: string | null;
  delivered_at: string | null;
}

const NOTICE = `n.id, n.seq, n.kind, n.urgency, n.title, n.body, n.link, n.dedupe_key, n.task_id, n.created_at,
  (SELECT name FROM tasks WHERE id = n.task_id) AS task_name`;
const DELIVERY = "id, notification_id, sink, state, attempts, due_at, error, delivered_at";

/** Notifications of which it is not decided yet who gets them, oldest first. */
export function unplannedNotices(tx: FastTx, limit: number): NoticeRow[] {
  return tx.sql
    .hot(`SELECT ${NOTICE} FROM notifications_out n WHERE n.planned = 0 ORDER BY n.seq ${AT_MOST}`)
    .all({ limit }) as NoticeRow[];
}

/** Decide who gets a notification, and when. */
export function planNotice(tx: FastTx, id: string, sinks: readonly { sink: string; due_at: string }[]): void {
  for (const { sink, due_at } of sinks) {
    tx.sql
      .hot(
        `INSERT INTO notification_deliveries (seq, notification_id, sink, state, due_at) VALUES (?, ?, ?, 'pending', ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(tx.seq(), id, sink, due_at);
  }
  tx.sql.hot("UPDATE notifications_out SET planned = 1 WHERE id = ?").run(id);
}

/**
 * Take the next due delivery, noting that it is tried now and will be again at `again_at` unless its end is noted. Of
 * several processes one gets it.
 */
export function takeDueDelivery(
  tx: FastTx,
  { now, again_at }: { now: string; again_at: string },
): (DeliveryRow & { notice: NoticeRow }) | undefined {
  const taken = tx.sql
    .atomic(
      `UPDATE notification_deliveries SET attempts = attempts + 1, due_at = @again_at
        WHERE id = (SELECT id FROM notification_deliveries WHERE state = 'pending' AND due_at <= @now ORDER BY due_at, id LIMIT 1)
        RETURNING ${DELIVERY}`,
    )
    .get({ now, again_at }) as DeliveryRow | undefined;
  if (taken === undefined) return undefined;
  const notice = tx.sql.hot(`SELECT ${NOTICE} FROM notifications_out n WHERE n.id = ?`).get(taken.notification_id);
  return { ...taken, notice: notice as NoticeRow };
}

/** Note how a try ended: `pending` is tried again at `due_at`. */
export function noteDelivery(
  tx: FastTx,
  id: number,
  end: { state: "pending" | "delivered" | "failed"; due_at: string; error: string | null },
): void {
  tx.sql
    .hot(
      `UPDATE notification_deliveries SET state = @state, due_at = @due_at, error = @error,
              delivered_at = CASE @state WHEN 'delivered' THEN @now END WHERE id = @id`,
    )
    .run({ id, ...end, now: tx.now });
}

/** When the next delivery is due; null when none waits. */
export function nextDueAt(tx: FastTx): string | null {
  return tx.sql.hot("SELECT min(due_at) FROM notification_deliveries WHERE state = 'pending'").pluck().get() as
    | string
    | null;
}

/** The newest notifications, newest first; with `state` those of which some delivery is so. */
export function newestNotices(tx: FastTx, { state, limit }: { state: string | undefined; limit: number }): NoticeRow[] {
  const condition =
    state === undefined
      ? "TRUE"
      : "EXISTS (SELECT 1 FROM notification_deliveries d WHERE d.notification_id = n.id AND d.state = @state)";
  return tx.sql
    .search(`SELECT ${NOTICE} FROM notifications_out n WHERE ${condition} ORDER BY n.seq DESC LIMIT @limit`)
    .all(state === undefined ? { limit } : { state, limit }) as NoticeRow[];
}

/** The deliveries of notifications, by their order. */
export function deliveriesOf(tx: FastTx, ids: readonly string[]): DeliveryRow[] {
  return tx.sql
    .search(
      `SELECT ${DELIVERY} FROM notification_deliveries WHERE notification_id IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    )
    .all(JSON.stringify(ids)) as DeliveryRow[];
}

/** Unread items of managers that live. */
export function unreadOfManagers(tx: FastTx): number {
  return tx.sql
    .hot(
      `SELECT count(*) FROM routed_notifications r JOIN sessions m ON m.id = r.target_session_id
        WHERE r.state = 'delivered' AND r.consumed_at IS NULL AND m.role = 'manager' AND m.state = 'active'`,
    )
    .pluck()
    .get() as number;
}
