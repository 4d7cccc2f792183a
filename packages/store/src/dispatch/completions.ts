import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import type { HeldItem } from "./items.ts";
import { type RouteSession, routeSessionOf, sessionColumns } from "./routes.ts";

/** The most events that are counted as skipped; more would make a pass grow with history. */
const COUNT_AT_MOST = 10_000;

/** A live binding with what decides which turns of its worker are reported. */
export interface WatchedBinding {
  binding_id: string;
  task: { id: string; name: string };
  worker: RouteSession;
  manager: RouteSession;
  /** The worker's own thread; null when not known. */
  thread_id: string | null;
  worker_registered_at: string;
  /** When the worker's binding before this one ended. */
  previous_ended_at: string | null;
  /** The worker's records up to this one are from before; null: only times tell. */
  history_event_id: number | null;
  rollout_path: string | null;
  last_ingest_offset: number | null;
}

export const WATCHED_BINDINGS_SQL = `SELECT b.id AS binding_id, t.id AS task_id, t.name AS task_name,
    ${sessionColumns("w")}, ${sessionColumns("m")},
    w.codex_session_id AS thread_id, w.registered_at, w.codex_session_path, w.last_ingest_offset, w.history_event_id,
    (SELECT p.ended_at FROM bindings p
     WHERE p.worker_session_id = b.worker_session_id AND p.seq < b.seq ORDER BY p.seq DESC LIMIT 1) AS previous_ended_at
  FROM bindings b
  JOIN tasks t ON t.id = b.task_id
  JOIN sessions w ON w.id = b.worker_session_id
  JOIN sessions m ON m.id = b.manager_session_id
  WHERE b.state IN ('active', 'ending')
  ORDER BY b.seq`;

/** Every live binding, oldest first. */
export function listWatchedBindings(tx: FastTx): WatchedBinding[] {
  const rows = tx.sql.hot(WATCHED_BINDINGS_SQL).all() as Record<string, unknown>[];
  return rows.map((row) => ({
    binding_id: row["binding_id"] as string,
    task: { id: row["task_id"] as string, name: row["task_name"] as string },
    worker: routeSessionOf(row, "w"),
    manager: routeSessionOf(row, "m"),
    thread_id: row["thread_id"] as string | null,
    worker_registered_at: row["registered_at"] as string,
    previous_ended_at: row["previous_ended_at"] as string | null,
    history_event_id: row["history_event_id"] as number | null,
    rollout_path: row["codex_session_path"] as string | null,
    last_ingest_offset: row["last_ingest_offset"] as number | null,
  }));
}

/** Whether a record of a binding's worker is from before the binding, as far as its place tells. */
export function isHistory({ history_event_id }: WatchedBinding, event_id: number): boolean {
  return history_event_id !== null && event_id <= history_event_id;
}

/** A worker in a live binding whose process was seen to have ended. */
export interface DeadWorker {
  binding_id: string;
  observation_json: string | null;
  thread_id: string | null;
  path: string | null;
}

export const DEAD_WORKERS_SQL = `SELECT b.id AS binding_id, w.observation_json, w.codex_session_id AS thread_id,
    w.codex_session_path AS path
  FROM bindings b JOIN sessions w ON w.id = b.worker_session_id
  WHERE b.state IN ('active', 'ending')
    AND (w.state = 'gone' OR CASE WHEN json_valid(w.seen_json) THEN json_extract(w.seen_json, '$.process.alive') END = 0)
  ORDER BY b.seq`;

/** The workers in live bindings whose process was seen to have ended; mostly there are none. */
export function listDeadWorkers(tx: FastTx): DeadWorker[] {
  return tx.sql.hot(DEAD_WORKERS_SQL).all() as DeadWorker[];
}

export const WATCHED_ROLLOUTS_SQL = `SELECT DISTINCT w.codex_session_path AS path FROM bindings b
  JOIN sessions w ON w.id = b.worker_session_id
  WHERE b.state IN ('active', 'ending') AND w.codex_session_path IS NOT NULL`;

/** The rollout files of all workers in live bindings. */
export function watchedRollouts(tx: FastTx): string[] {
  return (tx.sql.hot(WATCHED_ROLLOUTS_SQL).all() as { path: string }[]).map(({ path }) => path);
}

export const TURNS_KNOWN_SQL = `SELECT (SELECT max(id) FROM codex_events) AS event, (SELECT max(seq) FROM bindings) AS binding`;

/**
 * Short for all that decides which turns there are to report. While it stays the same there is no new one: no record came,
 * and no binding began.
 */
export function turnsKnown(tx: FastTx): string {
  const { event, binding } = tx.sql.hot(TURNS_KNOWN_SQL).get() as { event: number | null; binding: number | null };
  return `${event} ${binding}`;
}

/** The place of a turn's end. */
export interface TurnEndRow {
  id: number;
  timestamp: string;
  ingested_at: string;
  /** Whether this binding has an item for it. */
  routed: number;
  /** 0: it was stored before turns were derived with their records. */
  is_derived: number;
}

export const TURN_ENDS_SQL = `SELECT d.event_id AS id, e.timestamp, e.ingested_at, d.is_derived,
    EXISTS (SELECT 1 FROM routed_notifications n WHERE n.source_event_id = d.event_id AND n.binding_id = @binding_id) AS routed
  FROM turn_ends d JOIN codex_events e ON e.id = d.event_id
  WHERE d.session_id = @session_id AND d.event_id > @after_id AND d.fact = 'ended'
  ORDER BY d.event_id DESC`;

/**
 * The ends of a session's turns, newest first, read one by one so that the caller can stop at the first that it knows.
 * Read them to the end or stop before any other statement runs.
 */
export function* turnEndsNewestFirst(
  tx: FastTx,
  request: { session_id: string; binding_id: string; after_id: number },
): Generator<TurnEndRow> {
  yield* tx.sql.hot(TURN_ENDS_SQL).iterate(request) as IterableIterator<TurnEndRow>;
}

/** How many turn ends a session has up to this one, counting at most ten thousand. */
export function countTurnEnds(tx: FastTx, session_id: string, up_to_id: number): number {
  const row = tx.sql
    .hot(
      `SELECT count(*) AS n FROM (SELECT 1 FROM turn_ends
         WHERE session_id = ? AND fact = 'ended' AND event_id <= ? LIMIT ${COUNT_AT_MOST})`,
    )
    .get(session_id, up_to_id) as { n: number };
  return row.n;
}

/** What the end of a turn, or of a goal between two turns, came to. */
export interface DerivedEnd {
  id: number;
  timestamp: string;
  thread_id: string | null;
  turn_id: string | null;
  fact: "ended" | "interrupted" | "goal_left";
  /** Null: nobody is told of it. */
  outcome: "completed" | "failed" | null;
  error_info: string | null;
  trigger: string | null;
  /** State of the goal that the agent pursues, afterwards. */
  goal: string | null;
}

export const DERIVED_ENDS_SQL = `SELECT d.event_id AS id, e.timestamp, d.thread_id, d.turn_id, d.fact, d.outcome, d.error_info,
    d."trigger", d.goal
  FROM turn_ends d JOIN codex_events e ON e.id = d.event_id
  WHERE d.session_id = @session_id AND d.event_id > @after_id
  ORDER BY d.event_id`;

/** What the ends of a session's turns after this record came to, in order of arrival. */
export function derivedEnds(tx: FastTx, request: { session_id: string; after_id: number }): DerivedEnd[] {
  return tx.sql.hot(DERIVED_ENDS_SQL).all(request) as DerivedEnd[];
}

export const ENDED_BEFORE_SQL = `SELECT 1 FROM turn_ends d
  WHERE d.session_id = @session_id AND d.turn_id = @turn_id AND d.fact = 'ended' AND d.event_id < @source_event_id
    AND ifnull(d.thread_id, '') = (SELECT ifnull(s.thread_id, '') FROM turn_ends s WHERE s.event_id = @source_event_id)
  LIMIT 1`;

/** Whether the end of a session's turn was recorded before, by another record of the same thread. */
export function hasEndedBefore(
  tx: FastTx,
  session_id: string,
  { turn_id, source_event_id }: { turn_id: string | null; source_event_id: number },
): boolean {
  return tx.sql.hot(ENDED_BEFORE_SQL).get({ session_id, turn_id, source_event_id }) !== undefined;
}

/** The newest recorded event of any session; grows with every ingest that found something. */
export function newestEventId(tx: FastTx): number {
  return (tx.sql.hot("SELECT coalesce(max(id), 0) AS id FROM codex_events").get() as { id: number }).id;
}

/** A completion that waits to be handed over, as somebody holds it or nobody does. */
export interface PendingCompletion extends HeldItem {
  task_id: string;
  task_name: string;
  binding_id: string;
  /** Whether its binding is still the one by which its manager looks after the task. */
  is_bound: boolean;
  correlation_id: string;
  dedupe_key: string;
  source_event_id: number | null;
  claim_expires_at: string | null;
  error: string | null;
  payload_json: string;
  source: RouteSession;
  target: RouteSession;
}

const pendingCompletions = (
  where: string,
) => `SELECT n.id, n.task_id, t.name AS task_name, n.binding_id, b.state IN ('active', 'ending') AS is_bound,
    n.correlation_id, n.dedupe_key, n.source_event_id, n.claimed_by, n.claimed_at, n.claim_expires_at, n.error,
    n.payload_json, ${sessionColumns("w")}, ${sessionColumns("m")}
  FROM routed_notifications n
  JOIN tasks t ON t.id = n.task_id
  JOIN bindings b ON b.id = n.binding_id
  JOIN sessions w ON w.id = n.source_session_id
  JOIN sessions m ON m.id = n.target_session_id
  WHERE n.state = 'pending' AND n.signal_type = 'worker_task_complete' AND ${where}
  ORDER BY n.seq ${AT_MOST}`;

const FREE = "(claim_expires_at IS NULL OR claim_expires_at <= @now)";

export const STALE_COMPLETIONS_SQL = pendingCompletions("n.side_effect_started = 1 AND n.claim_expires_at <= @now");
export const RECLAIMABLE_COMPLETIONS_SQL = pendingCompletions(`n.side_effect_started = 0 AND ${FREE}`);

function readPending(rows: unknown[]): PendingCompletion[] {
  return (rows as Record<string, unknown>[]).map((row) => ({
    ...(row as unknown as PendingCompletion),
    is_bound: row["is_bound"] === 1,
    source: routeSessionOf(row, "w"),
    target: routeSessionOf(row, "m"),
  }));
}

/** Completions whose push had begun when their dispatcher went away (spec 03 §6.7 step 1). */
export function listStaleCompletions(tx: FastTx, limit: number): PendingCompletion[] {
  return readPending(tx.sql.hot(STALE_COMPLETIONS_SQL).all({ limit, now: tx.now }));
}

/** Completions that nobody holds and whose push had not begun (spec 03 §6.7 step 2). */
export function listReclaimableCompletions(tx: FastTx, limit: number): PendingCompletion[] {
  return readPending(tx.sql.hot(RECLAIMABLE_COMPLETIONS_SQL).all({ limit, now: tx.now }));
}

/** Take such a completion over; false when somebody else was faster. */
export function reclaimCompletion(
  tx: FastTx,
  claim: { item_id: number; dispatcher_id: string; claim_expires_at: string; delivery_mode: "push" | "pull_required" },
): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications
       SET claimed_by = @dispatcher_id, claimed_at = @now, claim_expires_at = @claim_expires_at,
           delivery_mode = @delivery_mode
       WHERE id = @item_id AND state = 'pending' AND side_effect_started = 0 AND ${FREE}`,
    )
    .run({ ...claim, now: tx.now });
  return result.changes === 1;
}

/** Move the end of the lease of a completion that is still held like this; false when it is not. */
export function renewCompletionLease(tx: FastTx, held: HeldItem, claim_expires_at: string): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET claim_expires_at = @claim_expires_at
       WHERE id = @id AND state = 'pending' AND claimed_by IS @claimed_by AND claimed_at IS @claimed_at`,
    )
    .run({ ...held, claim_expires_at });
  return result.changes === 1;
}

/** Whether a binding has an item for an event. */
export function hasItemForEvent(tx: FastTx, binding_id: string, source_event_id: number): boolean {
  return (
    tx.sql
      .hot("SELECT 1 FROM routed_notifications WHERE source_event_id = ? AND binding_id = ? LIMIT 1")
      .get(source_event_id, binding_id) !== undefined
  );
}
