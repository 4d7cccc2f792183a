import { searchCondition } from "./search.ts";

/** Which telemetry events are meant; all of it must hold (spec 07 §7.10.5, Filters). */
export interface TelemetryFilter {
  task_id?: string | undefined;
  run_id?: string | undefined;
  actor?: string | undefined;
  event_type?: string | undefined;
  severity?: string | undefined;
  /** What the summary, the attributes or the type must hold; `search.ts` says how it is read. */
  search?: string | undefined;
  /** Not before this time. */
  since?: string | undefined;
  /** Not after this time. */
  until?: string | undefined;
  /** Only what was recorded behind this number of the sequence. */
  after?: number | undefined;
}

export interface Condition {
  /** What follows WHERE. */
  sql: string;
  bound: Record<string, unknown>;
}

/** Every filter as a statement of its own, so that each uses the index that it has. */
const CONDITIONS: Record<Exclude<keyof TelemetryFilter, "search">, string> = {
  task_id: "task_id = @task_id",
  run_id: "run_id = @run_id",
  actor: "actor = @actor",
  event_type: "event_type = @event_type",
  severity: "severity = @severity",
  since: "timestamp >= @since",
  until: "timestamp <= @until",
  after: "seq > @after",
};

/** The filter as a condition on `telemetry_events`. Filters of the same form give the same text. */
export function conditionOf(filter: TelemetryFilter): Condition {
  const given = Object.entries(CONDITIONS).filter(([name]) => filter[name as keyof TelemetryFilter] !== undefined);
  const parts = given.map(([, sql]) => sql);
  const bound: Record<string, unknown> = Object.fromEntries(
    given.map(([name]) => [name, filter[name as keyof TelemetryFilter]]),
  );
  if (filter.search !== undefined) {
    const found = searchCondition(filter.search, filter.after !== undefined);
    parts.push(found.sql);
    Object.assign(bound, found.bound);
  }
  return { sql: parts.length === 0 ? "TRUE" : parts.join(" AND "), bound };
}
