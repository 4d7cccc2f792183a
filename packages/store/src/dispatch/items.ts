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
    ? tx.sql.atomic(INSERT_PENDING).run(bound)
    : tx.sql.atomic(INSERT_DELIVERED).run({ ...bound, delivered_seq: tx.seq() });
  if (inserted.changes === 1) return { id: Number(inserted.lastInsertRowid), was_delivered: false };
  const { id, state } = tx.sql
    .hot("SELECT id, state FROM routed_notifications WHERE dedupe_key = ?")
    .get(item.dedupe_key) as { id: number; state: string };
  const takenUp = tx.sql.atomic(TAKE_UP).run(item.delivery_mode, item.payload_json, id).changes === 1;
  if (takenUp && !isPush) {
    const delivery = { delivery_mode: "pull_required", transport: null, delivery_method: "inbox" } as const;
    deliverItem(tx, ofCommand(id), delivery);
  }
  return { id, was_delivered: state === "delivered" };
}

/** Write the pending item of a completion; undefined when its dedupe key is taken (spec 03 §6.7 step 3). */
export function insertCompletionItem(tx: FastTx, item: NewItem): number | undefined {
  const inserted = tx.sql.atomic(INSERT_PENDING).run({ ...item, seq: tx.seq(), now: tx.now });
  return inserted.changes === 1 ? Number(inserted.lastInsertRowid) : undefined;
}

/**
 * A pending item as one dispatcher holds it. Two dispatchers may go by one id, and each claim of an item happens at a time
 * of its own; so only both together say whose it is.
 */
export interface HeldItem {
  id: number;
  claimed_by: string | null;
  claimed_at: string | null;
}

/** The item of a command: it carries no lease, because the attempt at the command does. */
export const ofCommand = (id: number): HeldItem => ({ id, claimed_by: null, claimed_at: null });

const HELD = "id = @id AND state = 'pending' AND claimed_by IS @claimed_by AND claimed_at IS @claimed_at";

/** Whether the item is still held like this. */
export function holdsItem(tx: FastTx, held: HeldItem): boolean {
  return tx.sql.hot(`SELECT 1 FROM routed_notifications WHERE ${HELD}`).get(held) !== undefined;
}

/**
 * Hand an item over: from now on it is in the inbox of its target; a pushed one as something that its agent has recorded
 * as said to it. False when it is not held like this any more.
 */
export function deliverItem(
  tx: FastTx,
  held: HeldItem,
  delivery: {
    delivery_mode: "push" | "pull_required";
    transport: string | null;
    delivery_method: string;
    /** It is in the inbox only because the terminal of its target is gone. */
    fell_back?: boolean;
  },
): boolean {
  const completed = delivery.delivery_mode === "push" ? 1 : 0;
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET state = 'delivered', delivered_at = @now, delivered_seq = @seq,
              delivery_mode = @delivery_mode, transport = @transport, delivery_method = @delivery_method,
              side_effect_started = @completed, side_effect_completed = @completed, error = NULL,
              submission = CASE WHEN @completed = 1 THEN 'confirmed' ELSE submission END, fell_back = @fell_back
       WHERE ${HELD}`,
    )
    .run({
      ...held,
      ...delivery,
      fell_back: delivery.fell_back === true ? 1 : 0,
      completed,
      now: tx.now,
      seq: tx.seq(),
    });
  return result.changes === 1;
}

/** Record that a push is about to touch the pane. False when the item is not held like this any more. */
export function markItemStarted(tx: FastTx, held: HeldItem): boolean {
  return tx.sql.atomic(`UPDATE routed_notifications SET side_effect_started = 1 WHERE ${HELD}`).run(held).changes === 1;
}

export const OLDER_ON_ITS_WAY_SQL = `SELECT EXISTS (
    SELECT 1 FROM routed_notifications n JOIN commands c ON c.id = n.command_id
    WHERE n.state = 'pending' AND n.signal_type IN ('notify_manager', 'nudge_worker', 'continue_iteration')
      AND n.side_effect_started = 0 AND n.binding_id = me.binding_id AND n.target_session_id = me.target_session_id
      AND c.seq < own.seq AND c.state IN ('pending', 'attempted')) AS found
  FROM routed_notifications me JOIN commands own ON own.id = me.command_id
  WHERE me.id = ?`;

/**
 * Whether an older message for the same session has its item and has not begun to be typed: another dispatcher has it in
 * hand, or it was put off. Later items wait for it, or the two would arrive in the wrong order.
 */
export function hasOlderOnItsWay(tx: FastTx, item_id: number): boolean {
  const row = tx.sql.hot(OLDER_ON_ITS_WAY_SQL).get(item_id) as { found: number } | undefined;
  return row?.found === 1;
}

/** Record that the push is done although the item is not yet handed over. */
export function markItemCompleted(tx: FastTx, held: HeldItem): void {
  tx.sql
    .atomic(`UPDATE routed_notifications SET side_effect_completed = 1 WHERE ${HELD} AND side_effect_started = 1`)
    .run(held);
}

/** The item will not be delivered; its side-effect flags stay as they are. False when it is not held like this any more. */
export function failItem(tx: FastTx, held: HeldItem, error: string): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET state = 'failed', error = @error, claimed_by = NULL, claimed_at = NULL,
              claim_expires_at = NULL
       WHERE ${HELD}`,
    )
    .run({ ...held, error });
  return result.changes === 1;
}

/** The same, whichever dispatcher holds it. */
export function failPendingItem(tx: FastTx, item_id: number, error: string): void {
  tx.sql
    .atomic("UPDATE routed_notifications SET state = 'failed', error = ? WHERE id = ? AND state = 'pending'")
    .run(error, item_id);
}

/**
 * Let go of a pending item with the reason why it was not delivered. `not_before` keeps everybody from taking it up again
 * until then; null lets them at once. False when it is not held like this any more.
 */
export function releaseItem(tx: FastTx, held: HeldItem, error: string, not_before: string | null): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET error = @error, claimed_by = NULL, claimed_at = NULL,
              claim_expires_at = @not_before
       WHERE ${HELD}`,
    )
    .run({ ...held, error, not_before });
  return result.changes === 1;
}

// Asked first: an update of several rows opens a savepoint, at which the full-text index writes out what it has gathered.
export const FORMER_ITEM_SQL =
  "SELECT 1 FROM routed_notifications WHERE command_id = ? AND id <> ? AND state = 'pending'";

/** What an earlier attempt at a command left for a binding that is not the task's any more will never be delivered. */
export function failItemsOfFormerBindings(
  tx: FastTx,
  of: { command_id: string; item_id: number; error: string },
): void {
  if (tx.sql.hot(FORMER_ITEM_SQL).get(of.command_id, of.item_id) === undefined) return;
  tx.sql
    .atomic(
      `UPDATE routed_notifications SET state = 'failed', error = @error
     WHERE command_id = @command_id AND id <> @item_id AND state = 'pending'`,
    )
    .run(of);
}

/** The not yet handed over items of a command, for lease recovery. */
export function pendingItemsOfCommand(
  tx: FastTx,
  command_id: string,
): (HeldItem & { side_effect_started: number; side_effect_completed: number })[] {
  return tx.sql
    .hot(
      `SELECT id, claimed_by, claimed_at, side_effect_started, side_effect_completed FROM routed_notifications
       WHERE command_id = ? AND state = 'pending' ORDER BY seq`,
    )
    .all(command_id) as (HeldItem & { side_effect_started: number; side_effect_completed: number })[];
}

/** Whether the push of an item is known to be done. */
export function isItemCompleted(tx: FastTx, item_id: number): boolean {
  const row = tx.sql
    .hot("SELECT side_effect_completed AS completed FROM routed_notifications WHERE id = ?")
    .get(item_id);
  return (row as { completed: number } | undefined)?.completed === 1;
}
