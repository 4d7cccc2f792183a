import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrations } from "../../packages/store/src/generated/migrations.ts";
import { prepareLedger } from "../../packages/store/src/schema/index.ts";
import config from "../../prisma.config.ts";
import { diffSql } from "./diff.ts";
import { engineMigrationList, engineSchema, withSchemaEngine } from "./engine.ts";
import { readMigrations, readSchemaFiles, repositoryRoot } from "./sources.ts";

type SqliteDatabase = Parameters<typeof prepareLedger>[0];
const require = createRequire(join(repositoryRoot, "packages/store/package.json"));
const Database = require("better-sqlite3") as new (path: string) => SqliteDatabase;

const NO_DIFFERENCE = "-- This is an empty migration.";

/** What stands in the migrations only because Prisma cannot express it. A change of this list is a decision. */
const HAND_WRITTEN = {
  indexes: [
    "codex_events_content_identity",
    "codex_events_ordinal_identity",
    "codex_events_without_hash",
    "codex_events_without_hash_in_file",
    "codex_events_without_ordinal",
    "codex_events_without_ordinal_in_file",
    "commands_expiring",
    "events_of_criteria",
    "manager_cycles_task_moment",
    "one_active_binding_per_manager_session",
    "one_active_binding_per_task",
    "one_active_binding_per_worker",
    "one_active_binding_per_worker_session",
    "one_active_manager_per_task",
    "one_active_rollout_file_per_path",
    "one_active_run_per_task",
    "one_check_per_name",
    "one_open_operator_item",
    "one_open_task_per_name",
    "one_running_attempt_per_command",
    "one_running_epilogue_per_task_step",
    "one_running_run_per_check",
    "routed_notifications_ack_due",
    "routed_notifications_task_moment",
    "telemetry_events_command_id",
    "telemetry_events_correlation_id",
    "telemetry_events_notification_id",
    "telemetry_events_of_errors",
    "telemetry_events_of_typing",
  ],
  triggers: ["check_runs_no_delete", "check_runs_no_update", "events_no_delete", "events_no_update"],
  virtual_tables: ["telemetry_events_fts"],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-drift-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ledger(name: string): { path: string; db: SqliteDatabase } {
  const path = join(folder, name);
  const db = new Database(path);
  prepareLedger(db, { path, now: "2026-11-21T12:00:00.000Z" });
  return { path, db };
}

describe("the migrations and the Prisma schema", () => {
  it("lead to the same tables, columns, defaults, references and indexes", async () => {
    expect((await diffSql("migrations", "schema")).trim()).toBe(NO_DIFFERENCE);
  });

  it("would be told apart by one column: the comparison is not blind", async () => {
    const schema = engineSchema();
    const changed = {
      ...schema,
      files: schema.files.map((file) =>
        file.path.endsWith("tasks.prisma")
          ? { ...file, content: file.content.replace(/^ {2}summary .*$/m, "  summary Int?") }
          : file,
      ),
    };
    const filters = { externalTables: config.tables?.external ?? [], externalEnums: [] };
    const sql = await withSchemaEngine(async (engine) => {
      const difference = await engine.diff({
        from: engineMigrationList(),
        to: changed,
        script: true,
        exitCode: null,
        filters,
      });
      return difference.stdout;
    });
    expect(sql).toContain('"summary" INTEGER');
  });

  it("differ only in the parts that are listed as hand-written", async () => {
    const fromPrisma = await diffSql("empty", "schema");
    const { db } = ledger("hand-written.db");
    const named = (type: string, where = "") =>
      db
        .prepare(`SELECT name FROM sqlite_master WHERE type = ? AND sql IS NOT NULL ${where} ORDER BY name`)
        .pluck()
        .all(type) as string[];
    expect(named("index").filter((name) => !fromPrisma.includes(`INDEX "${name}"`))).toEqual(HAND_WRITTEN.indexes);
    expect(named("trigger")).toEqual(HAND_WRITTEN.triggers);
    expect(named("table", "AND sql LIKE 'CREATE VIRTUAL%'")).toEqual(HAND_WRITTEN.virtual_tables);
    db.close();
  });

  it("say the same about every table, once its checks and later columns are left out", async () => {
    const sources = readMigrations()
      .map(({ sql }) => sql)
      .join("\n");
    const added = [
      ...sources.matchAll(/ALTER TABLE ("\w+") ADD COLUMN +("\w+")(?:.* CONSTRAINT ("\w+") REFERENCES)?/g),
    ];
    const later = new Set(
      added.flatMap(([, table, column, reference]) => [`${table}.${column}`, `${table}.${reference}`]),
    );
    const renamed = [...sources.matchAll(/ALTER TABLE ("\w+") RENAME COLUMN ("\w+") TO ("\w+")/g)];
    const nameOn = (line: string) =>
      line
        .trim()
        .replace(/^CONSTRAINT /, "")
        .split(" ", 1)[0];
    const asFirstMade = (table: string) => {
      const name = table.match(/"\w+"/)?.[0];
      return renamed
        .filter(([, of_table]) => of_table === name)
        .reduce((text, [, , before = "", after = ""]) => text.replace(`\n    ${before} `, `\n    ${after} `), table)
        .split("\n")
        .filter((line) => !line.includes(" CHECK (") && !later.has(`${name}.${nameOn(line)}`))
        .join("\n")
        .replace(/,\n\);$/, "\n);");
    };
    const tables = (sql: string) => sql.match(/CREATE TABLE "\w+" \([\s\S]*?\n\);/g)?.map(asFirstMade);
    const written = tables(sources);
    expect(written?.length).toBe(81);
    // A table that a later migration brings stands behind all others there.
    expect(written?.toSorted()).toEqual(tables(await diffSql("empty", "schema"))?.toSorted());
  });
});

describe("a ledger that the program made", () => {
  it("is one that Prisma finds fully migrated, with unedited migrations and without drift", async () => {
    const { path, db } = ledger("history.db");
    db.close();
    const { tag: _tag, ...migrationsList } = engineMigrationList();
    const filters = { externalTables: config.tables?.external ?? [], externalEnums: [] };
    const diagnosis = await withSchemaEngine(
      (engine) => engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: true, filters }),
      { database: path },
    );
    expect(diagnosis).toEqual({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
      drift: undefined,
      errorInUnappliedMigration: undefined,
    });
  });

  it("has the same table of migrations that Prisma makes", async () => {
    const made = join(folder, "by-prisma.db");
    const { tag: _tag, ...migrationsList } = engineMigrationList();
    await withSchemaEngine(
      (engine) => engine.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } }),
      { database: made },
    );
    const describeTable = (db: SqliteDatabase) => {
      const sql = db.prepare("SELECT sql FROM sqlite_master WHERE name = '_prisma_migrations'").pluck().get();
      const row = db
        .prepare(
          "SELECT checksum, migration_name, logs, rolled_back_at, applied_steps_count, typeof(started_at), typeof(finished_at) FROM _prisma_migrations",
        )
        .get();
      db.close();
      return { sql, row };
    };
    expect(describeTable(ledger("by-us.db").db)).toEqual(describeTable(new Database(made)));
  });
});

describe("what is embedded into the program", () => {
  it("is every committed migration, unchanged", () => {
    expect(migrations).toEqual(readMigrations());
  });

  it("comes with schema files that stay readable: one area each", () => {
    for (const { path, content } of readSchemaFiles()) expect(content.split("\n").length, path).toBeLessThan(300);
    expect(readFileSync(join(repositoryRoot, "prisma/migrations/migration_lock.toml"), "utf8")).toContain(
      'provider = "sqlite"',
    );
  });
});
