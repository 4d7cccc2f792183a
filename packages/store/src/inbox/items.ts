import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** Whose inbox: a session, or only what one binding sent to it. */
export interface InboxScope {
  session_id: string;
  /** Null: everything addressed to the session. */
  binding_id: string | null;
}

/** An item with the names that readers need. */
export interface InboxRow {
  id: number;
  seq: number;
  task_id: string;
  task_name: string;
  binding_id: string;
  correlation_id: string;
  source_session_id: string;
  source_session_name: string;
  source_session_role: string;
  target_session_id: string;
  target_session_name: string;
  target_session_role: string;
  signal_type: string;
  source_event_id: number | null;
  source_event_timestamp: string | null;
  dedupe_key: string;
  command_id: string | null;
  created_at: string;
  delivered_at: string | null;
  delivered_seq: number | null;
  consumed_manager_cycle_id: number | null;
  consumed_by_session_id: string | null;
  consumed_at: string | null;
  ack_due_at: string | null;
  delivery_count: number;
  delivery_mode: string;
  state: string;
  claimed_by: string | null;
  claimed_at: string | null;
  claim_expires_at: string | null;
  side_effect_started: number;
  side_effect_completed: number;
  payload_json: string;
  error: string | null;
  transport: string | null;
  delivery_method: string | null;
  delivery_id: string | null;
}

// CROSS JOIN keeps items first: their index gives them in order, so that nothing is sorted or set aside. Both would need a
// table of their own for every look, which costs many times what reading a few items does.
const SELECT = `SELECT n.id, n.seq, n.task_id, t.name AS task_name, n.binding_id, n.correlation_id,
    n.source_session_id, s.name AS source_session_name, s.role AS source_session_role,
    n.target_session_id, d.name AS target_session_name, d.role AS target_session_role,
    n.signal_type, n.source_event_id, n.source_event_timestamp, n.dedupe_key, n.command_id, n.created_at, n.delivered_at,
    n.delivered_seq, n.consumed_manager_cycle_id, n.consumed_by_session_id, n.consumed_at, n.ack_due_at,
    n.delivery_count, n.delivery_mode, n.state, n.claimed_by, n.claimed_at, n.claim_expires_at, n.side_effect_started, n.side_effect_completed, n.payload_json,
    n.error, n.transport, n.delivery_method, n.delivery_id
  FROM routed_notifications n
  CROSS JOIN tasks t ON t.id = n.task_id
  CROSS JOIN sessions s ON s.id = n.source_session_id
  CROSS JOIN sessions d ON d.id = n.target_session_id`;

const UNCONSUMED = `n.target_session_id = @session_id AND n.consumed_at IS NULL AND n.state = 'delivered'
  AND (@binding_id IS NULL OR n.binding_id = @binding_id)`;

/** An item whose text the agent has recorded as typed to it is not waiting: taking it would do it twice. */
const WAITING = `${UNCONSUMED} AND n.submission IS NOT 'confirmed'`;

export const LIST_ITEMS_SQL = `${SELECT} WHERE ${WAITING} ORDER BY n.seq ${AT_MOST}`;

/** The oldest unconsumed items. Does not grow with what was consumed before (spec 03 §11). */
export function listItems(tx: FastTx, scope: InboxScope, limit: number): InboxRow[] {
  return tx.sql.hot(LIST_ITEMS_SQL).all({ ...scope, limit }) as InboxRow[];
}

export const COUNT_ITEMS_SQL = `SELECT count(*) AS n FROM routed_notifications n WHERE ${WAITING}`;

/** How many unconsumed items there are. */
export function countItems(tx: FastTx, scope: InboxScope): number {
  return (tx.sql.hot(COUNT_ITEMS_SQL).get(scope) as { n: number }).n;
}

/** How many unconsumed items of the session belong to bindings that have ended. */
export function countLeftovers(tx: FastTx, session_id: string): number {
  const row = tx.sql
    .hot(
      `SELECT count(*) AS n FROM routed_notifications n JOIN bindings b ON b.id = n.binding_id
       WHERE n.target_session_id = ? AND n.consumed_at IS NULL AND n.state = 'delivered'
         AND n.submission IS NOT 'confirmed'
         AND b.state NOT IN ('active', 'ending')`,
    )
    .get(session_id) as { n: number };
  return row.n;
}

export const TAKE_ITEM_SQL = `UPDATE routed_notifications
  SET consumed_at = @now, consumed_seq = @seq, consumed_by_session_id = @session_id
  WHERE id = (SELECT n.id FROM routed_notifications n WHERE ${WAITING} ORDER BY n.seq LIMIT 1)
  RETURNING id`;

/**
 * Take the oldest unconsumed item for its session. Atomic: each of many takers gets a different item, and none goes away
 * empty while there is one left (spec 03 §6.9).
 */
export function takeNextItem(tx: FastTx, scope: InboxScope): InboxRow | undefined {
  const taken = tx.sql.atomic(TAKE_ITEM_SQL).get({ ...scope, now: tx.now, seq: tx.seq() }) as
    | { id: number }
    | undefined;
  return taken === undefined ? undefined : itemById(tx, taken.id);
}

/** One item. */
export function itemById(tx: FastTx, id: number): InboxRow | undefined {
  return tx.sql.hot(`${SELECT} WHERE n.id = ?`).get(id) as InboxRow | undefined;
}

/** What a follower has to know to go on. */
export interface FollowRequest extends InboxScope {
  /** The last delivery it has seen. */
  after: number;
  /** Deliveries up to here are shown only while unconsumed, later ones in any case. */
  live_after: number;
  limit: number;
}

export const FOLLOW_ITEMS_SQL = `${SELECT}
  WHERE n.target_session_id = @session_id AND n.state = 'delivered' AND n.delivered_seq > @after
    AND (n.consumed_at IS NULL OR n.delivered_seq > @live_after)
    AND (@binding_id IS NULL OR n.binding_id = @binding_id)
  ORDER BY n.delivered_seq ${AT_MOST}`;

/** The next deliveries to a session in the order in which they were handed over. */
export function itemsDeliveredAfter(tx: FastTx, request: FollowRequest): InboxRow[] {
  return tx.sql.hot(FOLLOW_ITEMS_SQL).all(request) as InboxRow[];
}

/** The ledger's present sequence number: everything committed so far is at or below it. */
export function currentSequence(tx: FastTx): number {
  return (tx.sql.hot("SELECT value FROM ledger_sequence WHERE id = 1").get() as { value: number }).value;
}

export const TAKE_PUSHED_SQL = `UPDATE routed_notifications AS n
  SET consumed_at = @now, consumed_seq = @seq, consumed_by_session_id = @session_id, consumed_manager_cycle_id = @cycle_id
  WHERE ${UNCONSUMED} AND n.delivery_mode = 'push'
  RETURNING id`;

/** Take every pushed item that the session has not consumed, on behalf of one of its cycles; oldest first. */
export function takePushedItems(tx: FastTx, scope: InboxScope, cycle_id: number): InboxRow[] {
  const taken = tx.sql.atomic(TAKE_PUSHED_SQL).all({ ...scope, cycle_id, now: tx.now, seq: tx.seq() }) as {
    id: number;
  }[];
  const rows = taken.flatMap(({ id }) => itemById(tx, id) ?? []);
  return rows.sort((a, b) => a.seq - b.seq);
}
