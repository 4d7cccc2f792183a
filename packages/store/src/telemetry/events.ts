import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import { conditionOf, type TelemetryFilter } from "./filter.ts";
import { rankedMatches } from "./search.ts";

/** A telemetry event as stored. */
export interface TelemetryRow {
  id: string;
  run_id: string | null;
  task_id: string | null;
  timestamp: string;
  actor: string;
  event_type: string;
  severity: string;
  summary: string;
  correlation_json: string;
  attributes_json: string;
}

/** One with its place in the ledger's sequence. */
export type NumberedTelemetryRow = TelemetryRow & { seq: number };

/** All that a reader sees of an event but its number. */
export const COLUMNS =
  "id, run_id, task_id, timestamp, actor, event_type, severity, summary, correlation_json, attributes_json";

/** The oldest or the newest matching events, in that order. */
export function matchingEvents(
  tx: FastTx,
  filter: TelemetryFilter,
  { from, limit }: { from: "oldest" | "newest"; limit: number },
): TelemetryRow[] {
  const { sql, bound } = conditionOf(filter);
  const direction = from === "newest" ? "DESC" : "ASC";
  return tx.sql
    .search(`SELECT ${COLUMNS} FROM telemetry_events WHERE ${sql} ORDER BY seq ${direction} ${AT_MOST}`)
    .all({ ...bound, limit }) as TelemetryRow[];
}

/** The matching events that have most to do with the words of the search, the best first; without words the newest. */
export function bestEvents(tx: FastTx, filter: TelemetryFilter & { search: string }, limit: number): TelemetryRow[] {
  const matches = rankedMatches(filter.search);
  if (matches === null) return matchingEvents(tx, filter, { from: "newest", limit });
  const { sql, bound } = conditionOf(filter);
  return tx.sql
    .search(
      `SELECT ${COLUMNS} FROM telemetry_events JOIN (SELECT rowid AS place, rank AS weight FROM telemetry_events_fts
          WHERE telemetry_events_fts MATCH @ranked) ON place = seq
        WHERE ${sql} ORDER BY weight, seq DESC ${AT_MOST}`,
    )
    .all({ ...bound, ranked: matches, limit }) as TelemetryRow[];
}

/** How many events match. */
export function countMatchingEvents(tx: FastTx, filter: TelemetryFilter): number {
  const { sql, bound } = conditionOf(filter);
  return (tx.sql.search(`SELECT count(*) AS n FROM telemetry_events WHERE ${sql}`).get(bound) as { n: number }).n;
}

/** The next matching events behind `after` with their numbers, oldest first. */
export function telemetryAfter(
  tx: FastTx,
  filter: TelemetryFilter & { after: number },
  limit: number,
): NumberedTelemetryRow[] {
  const { sql, bound } = conditionOf(filter);
  return tx.sql
    .search(`SELECT seq, ${COLUMNS} FROM telemetry_events WHERE ${sql} ORDER BY seq ${AT_MOST}`)
    .all({ ...bound, limit }) as NumberedTelemetryRow[];
}

/** Where a reader must begin to get the newest `amount` matching events: the number right before the first of them. */
export function positionBeforeNewest(tx: FastTx, filter: TelemetryFilter, amount: number, present: number): number {
  if (amount === 0) return present;
  const { sql, bound } = conditionOf(filter);
  const newest = `SELECT seq FROM telemetry_events WHERE ${sql} ORDER BY seq DESC LIMIT @amount`;
  const row = tx.sql.search(`SELECT min(seq) AS first FROM (${newest})`).get({ ...bound, amount }) as {
    first: number | null;
  };
  return row.first === null ? present : row.first - 1;
}

/** Matching events counted by what they are. */
export interface TelemetryGroup {
  actor: string;
  event_type: string;
  severity: string;
  amount: number;
  /** Numbers of the first and the last of them. */
  first: number;
  last: number;
  /** The least and the greatest task and run among them; null when they name none. */
  least_task: string | null;
  greatest_task: string | null;
  least_run: string | null;
  greatest_run: string | null;
}

/** The matching events by actor, type and severity; of more than `limit` only the oldest, null counts all. */
export function groupTelemetry(tx: FastTx, filter: TelemetryFilter, limit: number | null): TelemetryGroup[] {
  const { sql, bound } = conditionOf(filter);
  const source =
    limit === null
      ? `telemetry_events WHERE ${sql}`
      : `(SELECT * FROM telemetry_events WHERE ${sql} ORDER BY seq LIMIT @limit)`;
  return tx.sql
    .search(
      `SELECT actor, event_type, severity, count(*) AS amount, min(seq) AS first, max(seq) AS last,
              min(task_id) AS least_task, max(task_id) AS greatest_task,
              min(run_id) AS least_run, max(run_id) AS greatest_run
         FROM ${source} GROUP BY actor, event_type, severity`,
    )
    .all(limit === null ? bound : { ...bound, limit }) as TelemetryGroup[];
}

/** When the event with this number was recorded; null when it is gone. */
export function telemetryTime(tx: FastTx, seq: number): string | null {
  const row = tx.sql.search("SELECT timestamp FROM telemetry_events WHERE seq = ?").get(seq) as
    | { timestamp: string }
    | undefined;
  return row?.timestamp ?? null;
}
