/** Which telemetry events are meant; all of it must hold (spec 07 §7.10.5, Filters). */
export interface TelemetryFilter {
  task_id?: string | undefined;
  run_id?: string | undefined;
  actor?: string | undefined;
  event_type?: string | undefined;
  severity?: string | undefined;
  /** Words that the summary or the attributes must hold, or an event type. */
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
    const matches = matchesOf(filter.search);
    parts.push(searchSql(matches !== null, filter.after !== undefined));
    bound["search"] = filter.search.trim();
    if (matches !== null) bound["matches"] = matches;
  }
  return { sql: parts.length === 0 ? "TRUE" : parts.join(" AND "), bound };
}

/**
 * Every word as a full-text phrase, all of which must match; null without any. A word of punctuation only is no token: the
 * index knows nothing to look up for it, and would match nothing (spec 07 §7.10.5, Search).
 */
function matchesOf(search: string): string | null {
  // To SQLite an expression ends at a NUL, to us a word does.
  const words = search
    .replaceAll("\0", " ")
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const phrases = words.map((word) => `"${word.replaceAll('"', '""')}"`);
  return phrases.length === 0 ? null : `{summary attributes} : (${phrases.join(" AND ")})`;
}

function searchSql(hasWords: boolean, hasAfter: boolean): string {
  if (!hasWords) return "event_type = @search";
  const range = hasAfter ? " AND rowid > @after" : "";
  const found = `SELECT rowid FROM telemetry_events_fts WHERE telemetry_events_fts MATCH @matches${range}`;
  return `(event_type = @search OR seq IN (${found}))`;
}
