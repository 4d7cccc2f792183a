import type { FastTx } from "../transaction.ts";

/** The run that a document belongs to: the first of the places where its id may stand (spec 05 §5.8). */
const runOf = (json: string) =>
  `coalesce(${["ralph_loop.run_id", "loop_policy.run_id", "ralph_loop_run_id", "loop_run_id", "run_id"]
    .map((path) => `nullif(json_extract(${json}, '$.${path}'), '')`)
    .join(", ")})`;

/** The commands of a task that belong to a run, by what they carry or what they answered. */
const COMMANDS_OF_RUN = `task_id = @task_id
  AND (${runOf("payload_json")} = @run_id OR (result_json IS NOT NULL AND ${runOf("result_json")} = @run_id))`;
/** Messages to the worker; what tells a manager of a refusal is none. */
const ITEMS_OF_RUN = `task_id = @task_id AND signal_type <> 'continuation_blocked' AND ${runOf("payload_json")} = @run_id`;

interface OfRun {
  task_id: string;
  run_id: string;
}

/** A command of a loop, as far as its status needs it. */
export interface LoopCommandRow {
  id: string;
  seq: number;
  state: string;
  correlation_id: string | null;
  requested_iteration: number | null;
  updated_at: string;
  /** What the gate said, of a blocked one. */
  reason: string | null;
  missing_json: string | null;
}

/** The commands of a loop, oldest first. */
export function commandsOfRun(tx: FastTx, of: OfRun): LoopCommandRow[] {
  return tx.sql
    .search(
      `SELECT id, seq, state, correlation_id, updated_at,
         json_extract(payload_json, '$.ralph_loop.requested_iteration') AS requested_iteration,
         json_extract(result_json, '$.reason') AS reason,
         json_extract(result_json, '$.missing_evidence') AS missing_json
       FROM commands WHERE ${COMMANDS_OF_RUN} ORDER BY seq`,
    )
    .all(of) as LoopCommandRow[];
}

export interface LoopItemCounts {
  total: number;
  delivered: number;
  worker_unconsumed: number;
  consumed_unacknowledged: number;
}

/** Messages of a loop; unconsumed are those in the inbox of the session that is bound as its worker now. */
export function countItemsOfRun(tx: FastTx, of: OfRun & { worker_session_id: string | null }): LoopItemCounts {
  return tx.sql
    .search(
      `SELECT count(*) AS total, coalesce(sum(state = 'delivered'), 0) AS delivered,
         coalesce(sum(state = 'delivered' AND consumed_at IS NULL AND target_session_id IS @worker_session_id), 0)
           AS worker_unconsumed,
         coalesce(sum(consumed_at IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM notification_acknowledgements a WHERE a.notification_id = n.id)), 0) AS consumed_unacknowledged
       FROM routed_notifications n WHERE ${ITEMS_OF_RUN}`,
    )
    .get(of) as LoopItemCounts;
}

// Each reads its own index and no row: a long loop has tens of thousands of receipts.
export const RECEIPT_TYPES_SQL = `SELECT evidence_type, count(*) AS total FROM acceptance_criteria
  WHERE loop_run_id = ? GROUP BY evidence_type ORDER BY evidence_type`;
const OPEN_CRITERIA_SQL = `SELECT count(*) AS total FROM acceptance_criteria
  WHERE task_id = ? AND status = 'accepted' AND loop_run_id = ?`;

/** How many receipts a loop has, of which types, and how many of them are criteria that are still open. */
export function countReceiptsOfRun(tx: FastTx, { task_id, run_id }: OfRun) {
  const rows = tx.sql.search(RECEIPT_TYPES_SQL).all(run_id) as { evidence_type: string; total: number }[];
  const open = (tx.sql.search(OPEN_CRITERIA_SQL).get(task_id, run_id) as { total: number }).total;
  const total = rows.reduce((all, row) => all + row.total, 0);
  return { total, types: rows.map((row) => row.evidence_type), open };
}

export interface TypeCount {
  event_type: string;
  total: number;
  troubles: number;
}

/** Telemetry of a run by type, of its oldest events only, and how many of a type are warnings or errors. */
export function telemetryOfRun(tx: FastTx, { task_id, run_id }: OfRun, limit: number): TypeCount[] {
  return tx.sql
    .search(
      `SELECT event_type, count(*) AS total, sum(severity IN ('warning', 'error')) AS troubles FROM (
         SELECT event_type, severity FROM telemetry_events WHERE run_id = @run_id AND task_id = @task_id
         ORDER BY seq LIMIT @limit) GROUP BY event_type ORDER BY event_type`,
    )
    .all({ task_id, run_id, limit }) as TypeCount[];
}

export interface LoopCycleCounts {
  failed: number;
  uncaptured: number;
  ingest_failures: number;
}

/** Cycles of the manager that have a span of this run, as far as something went wrong in them. */
export function troubledCyclesOfRun(tx: FastTx, of: OfRun): LoopCycleCounts {
  return tx.sql
    .search(
      `SELECT coalesce(sum(c.state = 'failed'), 0) AS failed,
         coalesce(sum(json_extract(c.status_json, '$.pane_signal.captured') IS 0), 0) AS uncaptured,
         coalesce(sum(c.state = 'failed' AND (c.error LIKE '%Ingest%' OR EXISTS (
           SELECT 1 FROM manager_cycle_spans e WHERE e.manager_cycle_id = c.id AND e.error_type LIKE '%Ingest%'))), 0)
           AS ingest_failures
       FROM manager_cycles c WHERE c.id IN (
         SELECT manager_cycle_id FROM manager_cycle_spans WHERE task_id = @task_id AND run_id = @run_id)`,
    )
    .get(of) as LoopCycleCounts;
}

/** How many rows of a task are in each state. */
export interface StateCount {
  state: string;
  total: number;
}

/** The commands of a task by state. */
export function commandStatesOfTask(tx: FastTx, task_id: string): StateCount[] {
  return tx.sql
    .search("SELECT state, count(*) AS total FROM commands WHERE task_id = ? GROUP BY state ORDER BY state")
    .all(task_id) as StateCount[];
}

/** The messages of a task by state, and how many of them nobody has taken. */
export function itemStatesOfTask(tx: FastTx, task_id: string): (StateCount & { unconsumed: number })[] {
  return tx.sql
    .search(
      `SELECT state, count(*) AS total, sum(consumed_at IS NULL) AS unconsumed FROM routed_notifications
       WHERE task_id = ? GROUP BY state ORDER BY state`,
    )
    .all(task_id) as (StateCount & { unconsumed: number })[];
}

/** Telemetry of a task of these types: how many of each, and when the last one was. */
export function telemetryOfTask(
  tx: FastTx,
  task_id: string,
  types: readonly string[],
): { event_type: string; total: number; latest: string }[] {
  return tx.sql
    .search(
      `SELECT event_type, count(*) AS total, max(timestamp) AS latest FROM telemetry_events
       WHERE task_id = ? AND event_type IN (SELECT value FROM json_each(?)) GROUP BY event_type ORDER BY event_type`,
    )
    .all(task_id, JSON.stringify(types)) as { event_type: string; total: number; latest: string }[];
}

/** When the last command, message or telemetry event of a task was; null when there is none. */
export function latestOfTask(tx: FastTx, task_id: string): string | null {
  const row = tx.sql
    .search(
      `SELECT max(at) AS at FROM (
         SELECT max(updated_at) AS at FROM commands WHERE task_id = @task_id
         UNION ALL SELECT max(coalesce(delivered_at, created_at)) FROM routed_notifications WHERE task_id = @task_id)`,
    )
    .get({ task_id }) as { at: string | null };
  return row.at;
}
