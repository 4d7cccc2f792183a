import { AT_MOST } from "../at-most.ts";
import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";
import type { ViewRow } from "./facts.ts";
import { scopeCondition, type ViewScope } from "./scope.ts";

/** What reading records came to, by the telemetry of it. */
export function ingestTotals(tx: FastTx, scope: ViewScope): { new_events: number; skipped_lines: number } {
  const { sql, bound } = scopeCondition("telemetry_events", scope);
  return tx.sql
    .search(
      `SELECT coalesce(sum(json_extract(r.attributes_json, '$.new_events')), 0) AS new_events,
              coalesce(sum(json_extract(r.attributes_json, '$.skipped_lines')), 0) AS skipped_lines
         FROM telemetry_events r WHERE r.event_type = 'codex_events_ingested' AND ${sql}`,
    )
    .get(bound) as { new_events: number; skipped_lines: number };
}

const INGEST_EVENTS = {
  skipped: "r.event_type = 'codex_events_ingested' AND json_extract(r.attributes_json, '$.skipped_lines') > 0",
  errors: "r.event_type LIKE '%ingest%' AND r.severity IN ('warning', 'error')",
} as const;

/** Telemetry of reading records that somebody should look at, the newest first, and how much of it there is. */
export function ingestEvents(
  tx: FastTx,
  scope: ViewScope,
  kind: keyof typeof INGEST_EVENTS,
  limit: number,
): { rows: ViewRow[]; total: number } {
  const { sql, bound } = scopeCondition("telemetry_events", scope);
  const where = `${INGEST_EVENTS[kind]} AND ${sql}`;
  const rows = tx.sql
    .search(
      `SELECT id, run_id, task_id, timestamp, event_type, severity, summary, attributes_json
         FROM telemetry_events r WHERE ${where} ORDER BY r.seq DESC ${AT_MOST}`,
    )
    .all({ ...bound, limit }) as ViewRow[];
  const { n } = tx.sql.search(`SELECT count(*) AS n FROM telemetry_events r WHERE ${where}`).get(bound) as {
    n: number;
  };
  return { rows: rows.map((row) => decodeRow(row)), total: n };
}

/** How many events with severity error a task has, but those of refusals that were to be expected. */
export function telemetryErrors(tx: FastTx, task_id: string): number {
  return (
    tx.sql
      .search(
        `SELECT count(*) AS n FROM telemetry_events WHERE task_id = ? AND severity = 'error'
          AND coalesce(json_extract(attributes_json, '$.result.expected_failure'),
                       json_extract(attributes_json, '$.expected_failure'), 0) = 0`,
      )
      .get(task_id) as { n: number }
  ).n;
}

/** How many commands of a task failed, but those whose refusal was to be expected. */
export function unexpectedFailures(tx: FastTx, task_id: string): number {
  return (
    tx.sql
      .search(
        `SELECT count(*) AS n FROM commands WHERE task_id = ? AND state = 'failed'
          AND coalesce(json_extract(result_json, '$.expected_failure'), json_extract(payload_json, '$.expected_failure'), 0) = 0`,
      )
      .get(task_id) as { n: number }
  ).n;
}

/** Between which moments of a message a time is taken. */
export type LatencyStep = "created_to_delivered" | "delivered_to_consumed" | "consumed_to_acknowledged";

const ms = (from: string, to: string) => `(unixepoch(${to}, 'subsec') - unixepoch(${from}, 'subsec')) * 1000`;
const ANSWERED = `(SELECT a.created_at FROM notification_acknowledgements a
  WHERE a.notification_id = r.id AND a.seq > r.consumed_seq ORDER BY a.seq LIMIT 1)`;
const STEPS: Readonly<Record<LatencyStep, { value: string; moment: string }>> = {
  created_to_delivered: {
    value: ms("coalesce(c.created_at, r.created_at)", "r.delivered_at"),
    moment: "r.delivered_at",
  },
  delivered_to_consumed: { value: ms("r.delivered_at", "r.consumed_at"), moment: "r.consumed_at" },
  consumed_to_acknowledged: { value: ms("r.consumed_at", ANSWERED), moment: "r.consumed_at" },
};

/** How long the newest messages of a window took for a step, in milliseconds. */
export function messageTimes(tx: FastTx, step: LatencyStep, scope: ViewScope, limit: number): number[] {
  const { value, moment } = STEPS[step];
  const { task_id, since, until } = scope;
  const ofTask = task_id === undefined ? "" : "r.task_id = @task_id AND ";
  const ofRun =
    scope.run_id === undefined
      ? ""
      : `${scopeCondition("commands", { run_id: scope.run_id }).sql.replaceAll("r.", "c.")} AND `;
  const rows = tx.sql
    .search(
      `SELECT ${value} AS ms FROM routed_notifications r LEFT JOIN commands c ON c.id = r.command_id
        WHERE ${ofTask}${ofRun}${moment} >= @since AND ${moment} <= @until ORDER BY r.seq DESC ${AT_MOST}`,
    )
    .all({
      since,
      until,
      limit,
      ...(task_id !== undefined && { task_id }),
      ...(scope.run_id !== undefined && { run_id: scope.run_id }),
    }) as { ms: number | null }[];
  return rows.flatMap(({ ms: took }) => (took === null ? [] : [Math.max(0, took)]));
}

/** How long the newest phases of cycles of a window took, in milliseconds, by phase. */
export function phaseTimes(tx: FastTx, scope: ViewScope, limit: number): Map<string, number[]> {
  const { task_id, run_id, since, until } = scope;
  const parts = [
    task_id === undefined ? "" : "task_id = @task_id",
    run_id === undefined ? "" : "run_id = @run_id",
    "completed_at >= @since",
    "completed_at <= @until",
  ];
  const rows = tx.sql
    .search(
      `SELECT phase, duration_ms FROM manager_cycle_spans WHERE ${parts.filter((part) => part !== "").join(" AND ")}
        ORDER BY seq DESC ${AT_MOST}`,
    )
    .all({
      since,
      until,
      limit,
      ...(task_id !== undefined && { task_id }),
      ...(run_id !== undefined && { run_id }),
    }) as { phase: string; duration_ms: number }[];
  const times = new Map<string, number[]>();
  for (const { phase, duration_ms } of rows) times.set(phase, [...(times.get(phase) ?? []), duration_ms]);
  return times;
}

export type MetricsGroup = "hour" | "day" | "task" | "dispatcher";

export interface GroupRow {
  key: string;
  telemetry_events: number;
  errors: number;
  commands: number;
  failed_commands: number;
  cycles: number;
  failed_cycles: number;
}

/** By what the rows of each table are grouped; rows without it are left out. */
const KEYS: Readonly<
  Record<MetricsGroup, Readonly<Record<"telemetry_events" | "commands" | "manager_cycles", string>>>
> = {
  hour: byTime(13, ":00:00Z"),
  day: byTime(10, ""),
  task: {
    telemetry_events: "(SELECT name FROM tasks t WHERE t.id = r.task_id)",
    commands: "(SELECT name FROM tasks t WHERE t.id = r.task_id)",
    manager_cycles: "(SELECT name FROM tasks t WHERE t.id = r.task_id)",
  },
  dispatcher: {
    telemetry_events: "json_extract(r.correlation_json, '$.dispatcher_id')",
    commands: "(SELECT a.dispatcher_id FROM command_attempts a WHERE a.command_id = r.id ORDER BY a.id DESC LIMIT 1)",
    manager_cycles: "NULL",
  },
};

function byTime(length: number, rest: string) {
  const of = (column: string) => `substr(r.${column}, 1, ${length}) || '${rest}'`;
  return { telemetry_events: of("timestamp"), commands: of("created_at"), manager_cycles: of("started_at") };
}

const WRONG = {
  telemetry_events: "r.severity = 'error'",
  commands: "r.state = 'failed'",
  manager_cycles: "r.state = 'failed'",
} as const;

/** What happened in a window by hour, day, task or dispatcher, in order of the key. */
export function metricsGroups(tx: FastTx, by: MetricsGroup, scope: ViewScope, limit: number): GroupRow[] {
  const counted = (table: keyof typeof WRONG) => {
    const { sql, bound } = scopeCondition(table, scope);
    return tx.sql
      .search(
        `SELECT ${KEYS[by][table]} AS key, count(*) AS n, coalesce(sum(${WRONG[table]}), 0) AS wrong
           FROM ${table} r WHERE ${sql} GROUP BY 1 HAVING key IS NOT NULL ORDER BY 1`,
      )
      .all(bound) as { key: string; n: number; wrong: number }[];
  };
  const groups = new Map<string, GroupRow>();
  const group = (key: string): GroupRow => {
    const found = groups.get(key) ?? { key, ...{ telemetry_events: 0, errors: 0, commands: 0 }, ...NO_MORE };
    groups.set(key, found);
    return found;
  };
  for (const { key, n, wrong } of counted("telemetry_events"))
    Object.assign(group(key), { telemetry_events: n, errors: wrong });
  for (const { key, n, wrong } of counted("commands"))
    Object.assign(group(key), { commands: n, failed_commands: wrong });
  for (const { key, n, wrong } of counted("manager_cycles"))
    Object.assign(group(key), { cycles: n, failed_cycles: wrong });
  return [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).slice(-limit);
}

const NO_MORE = { failed_commands: 0, cycles: 0, failed_cycles: 0 };
