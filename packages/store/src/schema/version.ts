import Database from "better-sqlite3";
import { migrations } from "../generated/migrations.ts";
import type { Migration } from "./migration.ts";

/** The last schema version of the earlier tool; ours begin after it, so that the earlier tool refuses our ledgers. */
export const LAST_EARLIER_VERSION = 26;

/** The `user_version` of a ledger that has exactly these migrations: each one raises it by one. */
export function versionOf(list: readonly Migration[]): number {
  return LAST_EARLIER_VERSION + list.length;
}

/** The schema version this program reads and writes (spec 07 §7.4). */
export const SCHEMA_VERSION = versionOf(migrations);

/** A table, index or trigger that a ledger must have, with the statement that makes it. */
export interface SchemaObject {
  name: string;
  sql: string;
}

export interface RequiredObjects {
  tables: SchemaObject[];
  indexes: SchemaObject[];
  triggers: SchemaObject[];
}

/**
 * Prisma's own table of applied migrations, as Prisma makes it. It is not part of any migration because it must exist
 * before the first one.
 */
export const PRISMA_MIGRATIONS_TABLE = `CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

/** The names of a database's own tables: without SQLite's bookkeeping and without what lies behind a virtual table. */
export function tableNames(db: Database.Database): string[] {
  return db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all() as string[];
}

let required: RequiredObjects | undefined;

/** What a ledger of `SCHEMA_VERSION` must contain, sorted by name. Read once from an empty database that ran the migrations. */
export function requiredObjects(): RequiredObjects {
  required ??= readRequiredObjects();
  return required;
}

function readRequiredObjects(): RequiredObjects {
  const db = new Database(":memory:");
  try {
    db.exec(PRISMA_MIGRATIONS_TABLE);
    for (const { sql } of migrations) db.exec(sql);
    const tables = new Set(tableNames(db));
    const rows = db
      .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
      .all() as (SchemaObject & { type: string })[];
    const ofType = (type: string) => rows.filter((row) => row.type === type).map(({ name, sql }) => ({ name, sql }));
    return {
      tables: ofType("table").filter(({ name }) => tables.has(name)),
      indexes: ofType("index"),
      triggers: ofType("trigger"),
    };
  } finally {
    db.close();
  }
}
