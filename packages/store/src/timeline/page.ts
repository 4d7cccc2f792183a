import { AT_MOST } from "../at-most.ts";
import { decodeRow } from "../json.ts";
import type { FastTx } from "../transaction.ts";
import { type TimelineRole, type TimelineSourceName, timelineSource } from "./sources.ts";

/** Which entries of a task are wanted; all of it must hold. */
export interface TimelineFilter {
  task_id: string;
  role?: TimelineRole | undefined;
  /** Not before this time. */
  since?: string | undefined;
  /** Not after this time. */
  until?: string | undefined;
  correlation_id?: string | undefined;
  /** Only these kinds of entries. */
  kinds?: readonly string[] | undefined;
}

/** A row of a source as users see it, with its moment in the ledger's sequence. */
export type SourceRow = Record<string, unknown> & { seq: number; moment: number; id: number | string };

/** Where in a source a page begins: behind this row. */
export interface SourcePlace {
  moment: number;
  /** Undefined: behind all rows of the moment, in whichever direction. */
  id?: number | string | undefined;
}

export type TimelineDirection = "older" | "newer";

interface Condition {
  sql: string;
  bound: Record<string, unknown>;
}

/** What follows WHERE; null when nothing of the source can match. */
function conditionOf(name: TimelineSourceName, filter: TimelineFilter): Condition | null {
  const source = timelineSource(name);
  const parts = ["r.task_id = @task_id", source.where ?? ""];
  if (filter.role !== undefined) {
    const seen = source.seen_by[filter.role];
    if (seen === undefined) return null;
    parts.push(seen);
  }
  if (filter.kinds !== undefined) {
    const wanted = filter.kinds.map((kind) => source.kinds[kind]).filter((sql) => sql !== undefined);
    if (wanted.length === 0) return null;
    parts.push(`(${wanted.join(" OR ")})`);
  }
  if (filter.since !== undefined) parts.push(`${source.at} >= @since`);
  if (filter.until !== undefined) parts.push(`${source.at} <= @until`);
  if (filter.correlation_id !== undefined) parts.push(source.correlated);
  const { task_id, since, until, correlation_id } = filter;
  return {
    sql: parts.filter((part) => part !== "" && part !== "TRUE").join(" AND "),
    bound: Object.fromEntries(
      Object.entries({ task_id, since, until, correlation_id }).filter(([, value]) => value !== undefined),
    ),
  };
}

/** So few rows are sorted quicker than they are found among all others of a task. */
const FEW_ROWS = 1000;

/** Where the rows of a source are best taken from in this ledger. */
function fromOf(tx: FastTx, name: TimelineSourceName): string {
  const { from, sparse } = timelineSource(name);
  if (sparse === undefined) return from;
  return (tx.sql.search(sparse.probe).get() as { n: number }).n < FEW_ROWS ? sparse.from : from;
}

/** The statement of a page, for whoever looks at its plan. */
export function timelinePageSql(
  name: TimelineSourceName,
  filter: TimelineFilter,
  place: SourcePlace | null,
  direction: TimelineDirection,
  from: string = timelineSource(name).from,
): Condition | null {
  const condition = conditionOf(name, filter);
  if (condition === null) return null;
  const { columns, moment } = timelineSource(name);
  const [order, side] = direction === "older" ? ["DESC", "<"] : ["ASC", ">"];
  const id = place?.id;
  // The first part is what the index is walked by, the second leaves out what the page before ended with.
  const within =
    place === null
      ? ""
      : id === undefined
        ? ` AND ${moment} ${side} @moment`
        : ` AND ${moment} ${side}= @moment AND (${moment} ${side} @moment OR r.id ${side} @id)`;
  return {
    sql: `SELECT ${columns}, ${moment} AS moment FROM ${from} WHERE ${condition.sql}${within}
      ORDER BY ${moment} ${order}, r.id ${order} ${AT_MOST}`,
    bound: {
      ...condition.bound,
      ...(place !== null && { moment: place.moment }),
      ...(id !== undefined && { id }),
    },
  };
}

/** At most `limit` rows of a source behind a place, or from its end on, in this direction. JSON columns are parsed. */
export function timelinePage(
  tx: FastTx,
  name: TimelineSourceName,
  filter: TimelineFilter,
  { place, direction, limit }: { place: SourcePlace | null; direction: TimelineDirection; limit: number },
): SourceRow[] {
  const page = timelinePageSql(name, filter, place, direction, fromOf(tx, name));
  if (page === null) return [];
  const rows = tx.sql.search(page.sql).all({ ...page.bound, limit }) as Record<string, unknown>[];
  const flags = timelineSource(name).flags ?? [];
  return rows.map((row) => {
    const decoded = decodeRow(row) as SourceRow;
    for (const flag of flags) decoded[flag] = decoded[flag] === 1;
    return decoded;
  });
}

/** How many entries a source has. */
export function countTimeline(tx: FastTx, name: TimelineSourceName, filter: TimelineFilter): number {
  const condition = conditionOf(name, filter);
  if (condition === null) return 0;
  const { counted_from } = timelineSource(name);
  const from = counted_from !== undefined && !/(source|target)\./.test(condition.sql) ? counted_from : fromOf(tx, name);
  const sql = `SELECT count(*) AS n FROM ${from} WHERE ${condition.sql}`;
  return (tx.sql.search(sql).get(condition.bound) as { n: number }).n;
}

/** The row of a source with this id, if it is one of the task's that make an entry. */
export function timelineRow(
  tx: FastTx,
  name: TimelineSourceName,
  task_id: string,
  id: string,
): { moment: number; id: number | string } | undefined {
  const { from, moment, where } = timelineSource(name);
  return tx.sql
    .search(
      `SELECT ${moment} AS moment, r.id AS id FROM ${from}
        WHERE r.task_id = @task_id AND r.id = @id${where === undefined ? "" : ` AND ${where}`}`,
    )
    .get({ task_id, id }) as { moment: number; id: number | string } | undefined;
}

/** The command that finished a task, when one did. */
export function finishOf(tx: FastTx, task_id: string): SourceRow | undefined {
  const row = tx.sql
    .search(
      `SELECT *, seq AS moment FROM commands WHERE task_id = ? AND type = 'finish_task' AND state = 'succeeded'
        ORDER BY seq DESC LIMIT 1`,
    )
    .get(task_id) as Record<string, unknown> | undefined;
  return row && (decodeRow(row) as SourceRow);
}
