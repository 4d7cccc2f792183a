import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import { ITEM_COLUMNS, ITEM_NAMES, type OverviewTask, type ShownItemRow } from "./overview-chains.ts";

/**
 * What `dispatch status` reads (spec 03 §8). A ledger may hold millions of commands and items, and a page asks again with
 * every change: each statement goes by an index and stops at a limit, which the reader is told of.
 */

/** Counts stop here. */
export const COUNT_LIMIT = 2_000;
/** Rows looked through at most where no index knows what is asked for. */
export const LOOK_LIMIT = 500;
/** Items whose times are measured; the newest. */
export const LATENCY_SAMPLE = 1_000;

const SESSIONS_PER_KIND = 250;
const BINDINGS_LOOKED_AT = 50;
const SUPPRESSED_LIMIT = 1_000;

export const COUNT_COMMANDS_SQL = `SELECT count(*) AS n FROM (SELECT 1 FROM commands WHERE state = @state ${AT_MOST})`;
export const COUNT_TASK_COMMANDS_SQL = `SELECT count(*) AS n FROM (
  SELECT 1 FROM commands WHERE task_id = @task_id AND state = @state ${AT_MOST})`;

/** How many commands are in this state. */
export function countCommands(tx: FastTx, task_id: OverviewTask, state: string): number {
  return task_id === null
    ? countOf(tx, COUNT_COMMANDS_SQL, { state, limit: COUNT_LIMIT })
    : countOf(tx, COUNT_TASK_COMMANDS_SQL, { state, task_id, limit: COUNT_LIMIT });
}

export const COUNT_REFUSED_SQL = `SELECT count(*) AS n FROM (SELECT result_json FROM commands WHERE state = 'failed' ${AT_MOST})
  WHERE json_extract(result_json, '$.expected_failure') = 1`;
export const COUNT_TASK_REFUSED_SQL = `SELECT count(*) AS n FROM (
  SELECT result_json FROM commands WHERE task_id = @task_id AND state = 'failed' ${AT_MOST})
  WHERE json_extract(result_json, '$.expected_failure') = 1`;

/** How many of the failed commands a gate refused. */
export function countRefused(tx: FastTx, task_id: OverviewTask): number {
  return task_id === null
    ? countOf(tx, COUNT_REFUSED_SQL, { limit: COUNT_LIMIT })
    : countOf(tx, COUNT_TASK_REFUSED_SQL, { task_id, limit: COUNT_LIMIT });
}

export const COUNT_STALE_SQL = `SELECT count(*) AS n FROM (
  SELECT 1 FROM commands WHERE state = 'attempted' AND claim_expires_at <= @now ${AT_MOST})`;
export const COUNT_TASK_STALE_SQL = `SELECT count(*) AS n FROM (
  SELECT 1 FROM commands WHERE task_id = @task_id AND state = 'attempted' AND claim_expires_at <= @now ${AT_MOST})`;

/** How many claimed commands have outlived their lease. */
export function countStaleClaims(tx: FastTx, task_id: OverviewTask): number {
  const bounds = { now: tx.now, limit: COUNT_LIMIT };
  return task_id === null
    ? countOf(tx, COUNT_STALE_SQL, bounds)
    : countOf(tx, COUNT_TASK_STALE_SQL, { ...bounds, task_id });
}

/** A side effect whose end nobody knows; one that a live dispatcher is just carrying out is none. */
const RISKY_ATTEMPTS = `command_attempts a ON a.command_id = c.id
  WHERE a.side_effect_started = 1 AND a.side_effect_completed = 0
    AND (a.state <> 'running' OR c.claim_expires_at <= @now)`;
export const COUNT_RISKS_SQL = `SELECT count(*) AS n FROM (
  SELECT id, claim_expires_at FROM commands WHERE state = @state ORDER BY seq DESC ${AT_MOST}) c JOIN ${RISKY_ATTEMPTS}`;
export const COUNT_TASK_RISKS_SQL = `SELECT count(*) AS n FROM (
  SELECT id, claim_expires_at FROM commands WHERE task_id = @task_id AND state = @state ${AT_MOST}) c
  JOIN ${RISKY_ATTEMPTS}`;

const RISKY_REPORTS = `SELECT 1 FROM routed_notifications
  WHERE state = 'failed' AND signal_type = 'worker_task_complete' AND side_effect_started = 1
    AND side_effect_completed = 0 AND +command_id IS NULL`;
export const COUNT_RISKY_REPORTS_SQL = `SELECT count(*) AS n FROM (${RISKY_REPORTS} ${AT_MOST})`;
export const COUNT_TASK_RISKY_REPORTS_SQL = `SELECT count(*) AS n FROM (
  ${RISKY_REPORTS} AND +task_id = @task_id ${AT_MOST})`;

/**
 * How often a side effect began whose end is not known: attempts of commands that failed or were left behind, and reports
 * of finished turns. A command that was sent again since and ended well is none any more.
 */
export function countSideEffectRisks(tx: FastTx, task_id: OverviewTask): number {
  const bounds = { limit: LOOK_LIMIT, now: tx.now };
  const ofCommands = ["failed", "attempted"].map((state) =>
    task_id === null
      ? countOf(tx, COUNT_RISKS_SQL, { ...bounds, state })
      : countOf(tx, COUNT_TASK_RISKS_SQL, { ...bounds, state, task_id }),
  );
  const ofReports =
    task_id === null
      ? countOf(tx, COUNT_RISKY_REPORTS_SQL, { limit: LOOK_LIMIT })
      : countOf(tx, COUNT_TASK_RISKY_REPORTS_SQL, { limit: LOOK_LIMIT, task_id });
  return ofCommands.reduce((sum, n) => sum + n, ofReports);
}

export const COUNT_SUPPRESSED_SQL = `SELECT count(*) AS n FROM (
  SELECT task_id FROM telemetry_events WHERE event_type = 'dispatch_signal_suppressed' ORDER BY seq DESC ${AT_MOST})
  WHERE @task_id IS NULL OR task_id = @task_id`;

/** How many duplicates were told of lately; for people only (spec 03 §8). */
export function countSuppressed(tx: FastTx, task_id: OverviewTask): number {
  return countOf(tx, COUNT_SUPPRESSED_SQL, { task_id, limit: SUPPRESSED_LIMIT });
}

export interface OverviewSession {
  id: string;
  name: string;
  role: string;
}

export const SESSIONS_SQL = `SELECT id, name, role FROM sessions
  WHERE role = @role AND state = @state ORDER BY seq DESC ${AT_MOST}`;
export const TASK_SESSIONS_SQL = `SELECT DISTINCT s.id, s.name, s.role FROM (
    SELECT worker_session_id, manager_session_id FROM bindings WHERE task_id = @task_id ORDER BY seq DESC ${AT_MOST}) b
  JOIN sessions s ON s.id IN (b.worker_session_id, b.manager_session_id)`;

/** Sessions that may have an inbox: of a task those that were bound to it, otherwise the newest, active ones first. */
export function overviewSessions(tx: FastTx, task_id: OverviewTask): OverviewSession[] {
  if (task_id !== null) {
    return tx.sql.search(TASK_SESSIONS_SQL).all({ task_id, limit: BINDINGS_LOOKED_AT }) as OverviewSession[];
  }
  const kinds = ["active", "gone"].flatMap((state) => ["manager", "worker"].map((role) => ({ state, role })));
  return kinds.flatMap(
    (kind) => tx.sql.search(SESSIONS_SQL).all({ ...kind, limit: SESSIONS_PER_KIND }) as OverviewSession[],
  );
}

const WAITING = `target_session_id = @session_id AND consumed_at IS NULL AND state = 'delivered'
  AND submission IS NOT 'confirmed'
  AND (@task_id IS NULL OR task_id = @task_id)`;
export const COUNT_WAITING_SQL = `SELECT count(*) AS pending_count,
    coalesce(sum(delivery_mode = 'pull_required'), 0) AS pull_required_pending_count
  FROM (SELECT delivery_mode FROM routed_notifications WHERE ${WAITING} ${AT_MOST})`;

/** How many items wait for a session, and how many of them wait until it asks. */
export function countWaiting(
  tx: FastTx,
  session_id: string,
  task_id: OverviewTask,
): { pending_count: number; pull_required_pending_count: number } {
  return tx.sql.search(COUNT_WAITING_SQL).get({ session_id, task_id, limit: COUNT_LIMIT }) as ReturnType<
    typeof countWaiting
  >;
}

export interface ConsumedCount {
  consumed_count: number;
  latest_consumed_at: string | null;
}

export const COUNT_CONSUMED_SQL = `SELECT count(*) AS n FROM (
  SELECT 1 FROM routed_notifications
  WHERE target_session_id = @session_id AND consumed_at IS NOT NULL AND state = 'delivered' ${AT_MOST})`;
export const LATEST_CONSUMED_SQL = `SELECT consumed_at FROM routed_notifications
  WHERE target_session_id = @session_id AND consumed_at IS NOT NULL AND state = 'delivered'
  ORDER BY consumed_at DESC LIMIT 1`;

/** What a session has taken. */
export function countConsumed(tx: FastTx, session_id: string): ConsumedCount {
  const consumed_count = countOf(tx, COUNT_CONSUMED_SQL, { session_id, limit: COUNT_LIMIT });
  const latest = tx.sql.search(LATEST_CONSUMED_SQL).get({ session_id }) as { consumed_at: string } | undefined;
  return { consumed_count, latest_consumed_at: latest?.consumed_at ?? null };
}

export const COUNT_TASK_CONSUMED_SQL = `SELECT target_session_id AS session_id, count(*) AS consumed_count,
    max(consumed_seq) AS latest_seq, consumed_at AS latest_consumed_at
  FROM (SELECT target_session_id, consumed_seq, consumed_at FROM routed_notifications
    WHERE task_id = @task_id AND consumed_seq > 0 AND +state = 'delivered' ORDER BY consumed_seq DESC ${AT_MOST})
  GROUP BY target_session_id`;

/** What was taken of a task's items, by session. */
export function countConsumedOfTask(tx: FastTx, task_id: string): ReadonlyMap<string, ConsumedCount> {
  const rows = tx.sql.search(COUNT_TASK_CONSUMED_SQL).all({ task_id, limit: COUNT_LIMIT });
  return new Map((rows as (ConsumedCount & { session_id: string })[]).map((row) => [row.session_id, row]));
}

export const WAITING_ITEMS_SQL = `SELECT ${ITEM_COLUMNS} FROM routed_notifications n ${ITEM_NAMES}
  WHERE n.id IN (SELECT id FROM routed_notifications WHERE ${WAITING} ORDER BY seq ${AT_MOST}) ORDER BY n.seq`;

/** The oldest items that wait for a session. */
export function oldestWaitingItems(
  tx: FastTx,
  session_id: string,
  task_id: OverviewTask,
  limit: number,
): ShownItemRow[] {
  return tx.sql.search(WAITING_ITEMS_SQL).all({ session_id, task_id, limit }) as ShownItemRow[];
}

export interface ItemTimes {
  queued_at: string;
  delivered_at: string | null;
  consumed_at: string | null;
  acknowledged_at: string | null;
  consumed_manager_cycle_id: number | null;
}

const TIMES = `SELECT coalesce(c.created_at, n.source_event_timestamp, n.created_at) AS queued_at, n.delivered_at,
    n.consumed_at, n.consumed_manager_cycle_id, (SELECT min(a.created_at) FROM notification_acknowledgements a
      WHERE a.notification_id = n.id AND a.created_at >= n.consumed_at) AS acknowledged_at`;
const TIMES_OF =
  "SELECT id, command_id, source_event_timestamp, created_at, delivered_at, consumed_at, consumed_manager_cycle_id FROM";
export const ITEM_TIMES_SQL = `${TIMES} FROM (
  ${TIMES_OF} routed_notifications ORDER BY seq DESC ${AT_MOST}) n LEFT JOIN commands c ON c.id = n.command_id`;
export const TASK_ITEM_TIMES_SQL = `${TIMES} FROM (
  ${TIMES_OF} routed_notifications WHERE task_id = @task_id ORDER BY seq DESC ${AT_MOST}) n
  LEFT JOIN commands c ON c.id = n.command_id`;

/** When the newest items were queued, delivered, taken and answered. A report counts as queued when its turn ended. */
export function newestItemTimes(tx: FastTx, task_id: OverviewTask): ItemTimes[] {
  const rows =
    task_id === null
      ? tx.sql.search(ITEM_TIMES_SQL).all({ limit: LATENCY_SAMPLE })
      : tx.sql.search(TASK_ITEM_TIMES_SQL).all({ task_id, limit: LATENCY_SAMPLE });
  return rows as ItemTimes[];
}

function countOf(tx: FastTx, sql: string, bound: Record<string, unknown>): number {
  return (tx.sql.search(sql).get(bound) as { n: number }).n;
}
