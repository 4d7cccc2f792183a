import type { FastTx } from "../transaction.ts";

/** A routed notification about to be written. */
export interface NewItem {
  task_id: string;
  binding_id: string;
  correlation_id: string;
  source_session_id: string;
  target_session_id: string;
  signal_type: string;
  dedupe_key: string;
  command_id: string | null;
  source_event_id: number | null;
  source_event_timestamp: string | null;
  delivery_mode: "push" | "pull_required";
  payload_json: string;
  /** Lease of a completion being routed; null for items of commands, which carry their own. */
  claimed_by: string | null;
  claim_expires_at: string | null;
}

const COLUMNS = `seq, task_id, binding_id, correlation_id, source_session_id, target_session_id, signal_type, dedupe_key,
     command_id, source_event_id, source_event_timestamp, delivery_mode, payload_json, claimed_by, claimed_at,
     claim_expires_at, created_at`;
const VALUES = `@seq, @task_id, @binding_id, @correlation_id, @source_session_id, @target_session_id, @signal_type, @dedupe_key,
     @command_id, @source_event_id, @source_event_timestamp, @delivery_mode, @payload_json, @claimed_by,
     CASE WHEN @claimed_by IS NULL THEN NULL ELSE @now END, @claim_expires_at, @now`;

// No RETURNING here: with it SQLite keeps a journal of the statement, which costs more than the insert itself.
const INSERT_PENDING = `INSERT INTO routed_notifications (${COLUMNS}, state) VALUES (${VALUES}, 'pending')
  ON CONFLICT (dedupe_key) DO NOTHING`;
const INSERT_DELIVERED = `INSERT INTO routed_notifications (${COLUMNS}, state, delivered_at, delivered_seq, delivery_method)
  VALUES (${VALUES}, 'delivered', @now, @delivered_seq, 'inbox')
  ON CONFLICT (dedupe_key) DO NOTHING`;

/** What an earlier attempt left behind gets new content, unless it was handed over or its push has begun. */
const TAKE_UP = `UPDATE routed_notifications SET delivery_mode = ?, payload_json = ?, error = NULL
  WHERE id = ? AND state = 'pending' AND side_effect_started = 0`;

/**
 * Write the item of a command, or take up the one that an earlier attempt left behind: same id, new payload (spec 03
 * §6.4). One for an inbox is handed over by this; one for a terminal waits for its push. Returns its id and whether it
 * was handed over before.
 */
export function putCommandItem(tx: FastTx, item: NewItem): { id: number; was_delivered: boolean } {
  const bound = { ...item, seq: tx.seq(), now: tx.now };
  const isPush = item.delivery_mode === "push";
  const inserted = isPush
    ? tx.sql(INSERT_PENDING).run(bound)
    : tx.sql(INSERT_DELIVERED).run({ ...bound, delivered_seq: tx.seq() });
  if (inserted.changes === 1) return { id: Number(inserted.lastInsertRowid), was_delivered: false };
  const { id, state } = tx
    .sql("SELECT id, state FROM routed_notifications WHERE dedupe_key = ?")
    .get(item.dedupe_key) as { id: number; state: string };
  const takenUp = tx.sql(TAKE_UP).run(item.delivery_mode, item.payload_json, id).changes === 1;
  if (takenUp && !isPush)
    deliverItem(tx, id, { delivery_mode: "pull_required", transport: null, delivery_method: "inbox" });
  return { id, was_delivered: state === "delivered" };
}

/** Write the pending item of a completion; undefined when its dedupe key is taken (spec 03 §6.7 step 3). */
export function insertCompletionItem(tx: FastTx, item: NewItem): number | undefined {
  const inserted = tx.sql(INSERT_PENDING).run({ ...item, seq: tx.seq(), now: tx.now });
  return inserted.changes === 1 ? Number(inserted.lastInsertRowid) : undefined;
}

/** Hand an item over: from now on it is in the inbox of its target. False when it was not pending any more. */
export function deliverItem(
  tx: FastTx,
  item_id: number,
  delivery: { delivery_mode: "push" | "pull_required"; transport: string | null; delivery_method: string },
): boolean {
  const completed = delivery.delivery_mode === "push" ? 1 : 0;
  const result = tx
    .sql(
      `UPDATE routed_notifications SET state = 'delivered', delivered_at = ?, delivered_seq = ?, delivery_mode = ?,
              transport = ?, delivery_method = ?, side_effect_started = ?, side_effect_completed = ?, error = NULL
       WHERE id = ? AND state = 'pending'`,
    )
    .run(
      tx.now,
      tx.seq(),
      delivery.delivery_mode,
      delivery.transport,
      delivery.delivery_method,
      completed,
      completed,
      item_id,
    );
  return result.changes === 1;
}

/** Record that a push is about to touch the pane. False when the item is not pending or, with a lease, not ours. */
export function markItemStarted(tx: FastTx, item_id: number, claimed_by: string | null): boolean {
  const result = tx
    .sql(
      `UPDATE routed_notifications SET side_effect_started = 1
       WHERE id = ? AND state = 'pending' AND claimed_by IS ?`,
    )
    .run(item_id, claimed_by);
  return result.changes === 1;
}

/** Record that the push is done although the item is not yet handed over. */
export function markItemCompleted(tx: FastTx, item_id: number): void {
  tx.sql("UPDATE routed_notifications SET side_effect_completed = 1 WHERE id = ? AND side_effect_started = 1").run(
    item_id,
  );
}

/** The item will not be delivered; its side-effect flags stay as they are. */
export function failItem(tx: FastTx, item_id: number, error: string): void {
  tx.sql(
    `UPDATE routed_notifications SET state = 'failed', error = ?, claimed_by = NULL, claimed_at = NULL,
            claim_expires_at = NULL
     WHERE id = ? AND state = 'pending'`,
  ).run(error, item_id);
}

/**
 * Let go of a pending item with the reason why it was not delivered. `not_before` keeps everybody from taking it up again
 * until then; null lets them at once.
 */
export function releaseItem(tx: FastTx, item_id: number, error: string, not_before: string | null): void {
  tx.sql(
    `UPDATE routed_notifications SET error = ?, claimed_by = NULL, claimed_at = NULL, claim_expires_at = ?
     WHERE id = ? AND state = 'pending'`,
  ).run(error, not_before, item_id);
}

/** The not yet handed over items of a command, for lease recovery. */
export function pendingItemsOfCommand(
  tx: FastTx,
  command_id: string,
): { id: number; side_effect_started: number; side_effect_completed: number }[] {
  return tx
    .sql(
      `SELECT id, side_effect_started, side_effect_completed FROM routed_notifications
       WHERE command_id = ? AND state = 'pending' ORDER BY seq`,
    )
    .all(command_id) as { id: number; side_effect_started: number; side_effect_completed: number }[];
}

/** Whether the push of an item is known to be done. */
export function isItemCompleted(tx: FastTx, item_id: number): boolean {
  const row = tx.sql("SELECT side_effect_completed AS completed FROM routed_notifications WHERE id = ?").get(item_id);
  return (row as { completed: number } | undefined)?.completed === 1;
}
