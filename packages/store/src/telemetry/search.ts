import type { FastTx } from "../transaction.ts";

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

/**
 * Telemetry that a query finds, newest first: every word of it as a full-text phrase, all must match the summary or the
 * attributes; or an event type that equals it (spec 07 §7.10.5, Search). A query without any word finds nothing.
 */
export function searchTelemetry(tx: FastTx, query: string, limit: number): TelemetryRow[] {
  const words = query.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const phrases = words.map((word) => `"${word.replaceAll('"', '""')}"`);
  // A word of punctuation only is no token: the full-text index knows nothing to look up, and would match nothing.
  const matches = phrases.length === 0 ? null : `{summary attributes} : (${phrases.join(" AND ")})`;
  return tx
    .sql(
      `SELECT id, run_id, task_id, timestamp, actor, event_type, severity, summary, correlation_json, attributes_json
         FROM telemetry_events
        WHERE event_type = @query
           OR (@matches IS NOT NULL AND seq IN (
             SELECT rowid FROM telemetry_events_fts WHERE telemetry_events_fts MATCH coalesce(@matches, '""')))
        ORDER BY seq DESC LIMIT @limit`,
    )
    .all({ query: query.trim(), matches, limit }) as TelemetryRow[];
}
