import type Database from "better-sqlite3";

/** How the full-text rows compare with the telemetry events they belong to. */
export interface FullTextState {
  telemetry_count: number;
  fts_count: number;
  missing_count: number;
  /** Events without a full-text row, oldest first, at most as many as asked for. */
  missing_ids: string[];
  surplus_count: number;
  /** Full-text rows whose event is gone or that stand twice. */
  surplus_ids: string[];
}

/** Compare the full-text index with its table by event id. Reads both whole. */
export function fullTextState(db: Database.Database, listed: number): FullTextState {
  const count = (sql: string) => Number(db.prepare(sql).pluck().get());
  const ids = (sql: string) => db.prepare(`${sql} LIMIT ?`).pluck().all(listed) as string[];
  const missing =
    "FROM telemetry_events WHERE id NOT IN (SELECT event_id FROM telemetry_events_fts WHERE event_id IS NOT NULL)";
  const surplus = `FROM telemetry_events_fts WHERE event_id IS NULL OR event_id NOT IN (SELECT id FROM telemetry_events)
    OR rowid NOT IN (SELECT min(rowid) FROM telemetry_events_fts GROUP BY event_id)`;
  return {
    telemetry_count: count("SELECT count(*) FROM telemetry_events"),
    fts_count: count("SELECT count(*) FROM telemetry_events_fts"),
    missing_count: count(`SELECT count(*) ${missing}`),
    missing_ids: ids(`SELECT id ${missing} ORDER BY seq`),
    surplus_count: count(`SELECT count(*) ${surplus}`),
    surplus_ids: ids(`SELECT event_id ${surplus}`),
  };
}

export interface DuplicateBinding {
  /** The column that should name one living binding only. */
  column: string;
  value: string;
  binding_ids: string[];
}

/** Living bindings that share a task or a session. Only possible when a unique index is missing. */
export function duplicateBindings(db: Database.Database, listed: number): DuplicateBinding[] {
  return ["task_id", "worker_session_id", "manager_session_id", "worker_id"].flatMap((column) => {
    const found = db
      .prepare(
        `SELECT ${column} AS value, json_group_array(id) AS ids FROM bindings
         WHERE state IN ('active', 'ending') AND ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1 LIMIT ?`,
      )
      .all(listed) as { value: string; ids: string }[];
    return found.map(({ value, ids }) => ({ column, value, binding_ids: (JSON.parse(ids) as string[]).sort() }));
  });
}
