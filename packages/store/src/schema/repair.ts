import type Database from "better-sqlite3";
import { fullTextState } from "./consistency.ts";
import { requiredObjects, tableNames } from "./version.ts";

/**
 * Write the full-text index anew when it does not agree with the telemetry events; returns how many rows were missing
 * or too many. The caller holds a write transaction.
 */
export function repairFts(db: Database.Database): { missing: number; surplus: number } {
  const { missing_count, surplus_count } = fullTextState(db, 0);
  if (missing_count + surplus_count > 0) {
    db.exec(`
      DELETE FROM telemetry_events_fts;
      INSERT INTO telemetry_events_fts (rowid, event_id, task_id, run_id, actor, event_type, summary, attributes)
        SELECT seq, id, task_id, run_id, actor, event_type, summary, attributes_json FROM telemetry_events ORDER BY seq;`);
  }
  return { missing: missing_count, surplus: surplus_count };
}

/**
 * Make the tables, indexes and triggers that are missing, which changes no row (spec 07 §7.4, rule 6). What cannot be
 * made, such as a unique index over rows that stand twice, is returned as failed. The caller holds a write transaction.
 */
export function repairObjects(db: Database.Database): {
  created: string[];
  failed: { name: string; reason: string }[];
} {
  const { tables, indexes, triggers } = requiredObjects();
  const present = new Set([
    ...tableNames(db),
    ...(db.prepare("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')").pluck().all() as string[]),
  ]);
  const created: string[] = [];
  const failed: { name: string; reason: string }[] = [];
  for (const { name, sql } of [...tables, ...indexes, ...triggers]) {
    if (present.has(name)) continue;
    try {
      db.exec(sql);
      created.push(name);
    } catch (error) {
      failed.push({ name, reason: (error as Error).message });
    }
  }
  return { created, failed };
}
