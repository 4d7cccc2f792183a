import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { ConveyorError } from "@conveyor/contracts/errors";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrations } from "../generated/migrations.ts";
import { assertLedger, type PreparedLedger, prepareLedger } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { insertRow, NOW } from "./testing/rows.ts";
import { requiredObjects, SCHEMA_VERSION } from "./version.ts";

const run = promisify(execFile);
const opener = fileURLToPath(new URL("./testing/first-opener.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

let folder: string;
let path: string;
const open: Database.Database[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-schema-"));
  path = join(folder, "workerctl.db");
});

afterEach(() => {
  for (const db of open.splice(0)) db.close();
  rmSync(folder, { recursive: true, force: true });
});

function openFile(file = path): Database.Database {
  const db = new Database(file);
  open.push(db);
  return db;
}

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}

const next = migration(
  "29991231000000_next",
  "ALTER TABLE tasks ADD COLUMN colour TEXT; CREATE TABLE colours (name TEXT PRIMARY KEY);",
);

function refusal(work: () => unknown): ConveyorError {
  try {
    work();
  } catch (error) {
    return error as ConveyorError;
  }
  throw new Error("it was not refused");
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
const versionMark = (db: Database.Database) => Number(db.pragma("user_version", { simple: true }));

/** A ledger file of this version with one task in it, closed. */
function ledgerFile(): void {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  prepareLedger(db, { path, now: NOW });
  insertRow(db, "tasks", { id: "task-1", name: "kept" });
  db.close();
}

/** A database of another program or tool, closed, in rollback mode. */
function otherDatabase(sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

describe("a new ledger", () => {
  it("gets the whole schema, its version marks and its own ids", () => {
    const db = openFile();
    expect(prepareLedger(db, { path, now: NOW, host_id: () => "this-host" })).toEqual({
      created: true,
      migrated_from: null,
      backup_path: null,
    });
    expect(SCHEMA_VERSION).toBe(26 + migrations.length);
    expect(versionMark(db)).toBe(SCHEMA_VERSION);
    expect(db.prepare("SELECT * FROM schema_migrations").all()).toEqual([{ version: SCHEMA_VERSION, applied_at: NOW }]);
    expect(db.prepare("SELECT * FROM ledger_sequence").all()).toEqual([{ id: 1, value: 0 }]);
    const info = Object.fromEntries(db.prepare("SELECT key, value FROM ledger_info").raw().all() as [string, string][]);
    expect(Object.keys(info).sort()).toEqual(["created_at", "host_id", "ledger_id"]);
    expect(info["created_at"]).toBe(NOW);
    expect(info["ledger_id"]).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(info["host_id"]).toBe("this-host");
  });

  it("belongs to no host when none is said", () => {
    const db = openFile();
    prepareLedger(db, { path, now: NOW });
    expect(db.prepare("SELECT 1 FROM ledger_info WHERE key = 'host_id'").get()).toBeUndefined();
  });

  it("has its migrations recorded as Prisma records them", () => {
    const db = openFile();
    prepareLedger(db, { path, now: NOW });
    const rows = db.prepare("SELECT * FROM _prisma_migrations").all();
    expect(rows).toEqual(
      migrations.map(({ name, checksum }) => ({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum,
        finished_at: "2026-11-21T12:00:00.000+00:00",
        migration_name: name,
        logs: null,
        rolled_back_at: null,
        started_at: "2026-11-21T12:00:00.000+00:00",
        applied_steps_count: 1,
      })),
    );
  });

  it("is left alone the second time, also by a connection that reads integers as BigInt", () => {
    const db = openFile();
    prepareLedger(db, { path, now: NOW });
    const changes = db.prepare("SELECT total_changes()").pluck().get();
    db.defaultSafeIntegers(true);
    expect(prepareLedger(db, { path, now: NOW })).toEqual({ created: false, migrated_from: null, backup_path: null });
    expect(Number(db.prepare("SELECT total_changes()").pluck().get())).toBe(changes);
  });

  it("is created by a connection that reads integers as BigInt, with foreign keys on afterwards", () => {
    const db = openFile();
    db.defaultSafeIntegers(true);
    db.pragma("foreign_keys = ON");
    expect(prepareLedger(db, { path, now: NOW }).created).toBe(true);
    expect(Number(db.pragma("foreign_keys", { simple: true }))).toBe(1);
    expect(db.inTransaction).toBe(false);
  });

  it("can live in memory", () => {
    const db = openFile(":memory:");
    expect(prepareLedger(db, { path: ":memory:", now: NOW }).created).toBe(true);
  });

  it("is not left half made when a migration fails", () => {
    const db = openFile();
    const broken = [
      ...migrations,
      migration("29991231000000_broken", "CREATE TABLE fine (id INTEGER); CREATE TABLE broken (;"),
    ];
    expect(() => prepareLedger(db, { path, now: NOW, migrations: broken })).toThrow(/syntax error/);
    expect(db.prepare("SELECT count(*) FROM sqlite_master").pluck().get()).toBe(0);
    expect(versionMark(db)).toBe(0);
    expect(prepareLedger(db, { path, now: NOW }).created).toBe(true);
  });

  it("is made once when eight processes open it for the first time at the same moment", async () => {
    const startAt = String(Date.now() + 2500);
    const results = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { stdout } = await run(process.execPath, ["--import", tsx, opener, path, startAt], { timeout: 60_000 });
        return JSON.parse(stdout) as PreparedLedger;
      }),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    const db = openFile();
    expect(db.prepare("SELECT count(*) FROM _prisma_migrations").pluck().get()).toBe(migrations.length);
    expect(db.prepare("SELECT count(*) FROM ledger_info").pluck().get()).toBe(2);
    expect(db.prepare("SELECT value FROM ledger_sequence").pluck().get()).toBe(8);
  });
});

describe("a database that is not to be touched", () => {
  const cases: [string, string, string, RegExp][] = [
    [
      "a newer ledger",
      "CREATE TABLE ledger_info (key TEXT); PRAGMA user_version = 900;",
      "ledger_unsupported",
      new RegExp(`900.*${SCHEMA_VERSION}`),
    ],
    [
      "the earlier tool's ledger",
      "CREATE TABLE schema_migrations (version INTEGER); PRAGMA user_version = 26;",
      "ledger_unsupported",
      /earlier tool.*26/,
    ],
    [
      "another program's database",
      "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine');",
      "ledger_invalid",
      /another program/,
    ],
    [
      "another program's database with a version mark",
      "CREATE TABLE notes (text TEXT); PRAGMA user_version = 3;",
      "ledger_invalid",
      /another program/,
    ],
  ];

  it.each(cases)("%s is refused and stays as it is, byte for byte", (_what, sql, code, message) => {
    otherDatabase(sql);
    const before = hashOf(path);
    const db = openFile();
    for (const work of [() => assertLedger(db, { path }), () => prepareLedger(db, { path, now: NOW })]) {
      const error = refusal(work);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(path);
      expect(error.hint).toMatch(/nothing was changed/);
    }
    db.close();
    open.splice(0);
    expect(hashOf(path)).toBe(before);
    expect(readdirSync(folder)).toEqual(["workerctl.db"]);
  });

  it("the refusal of the earlier tool's ledger names the command that will take it over", () => {
    otherDatabase("CREATE TABLE schema_migrations (version INTEGER); PRAGMA user_version = 22;");
    expect(refusal(() => prepareLedger(openFile(), { path, now: NOW })).hint).toContain("import-compat");
  });

  it("a file that is no SQLite database is refused by its path and stays as it is", () => {
    writeFileSync(path, "a plain text that is long enough to be looked at as a database header".repeat(20));
    const before = hashOf(path);
    const db = openFile();
    for (const work of [() => assertLedger(db, { path }), () => prepareLedger(db, { path, now: NOW })]) {
      const error = refusal(work);
      expect(error.code).toBe("ledger_invalid");
      expect(error.message).toBe(`${path} is not an SQLite database`);
    }
    expect(hashOf(path)).toBe(before);
  });

  it("an empty database and a ledger of ours pass", () => {
    assertLedger(openFile(), { path });
    ledgerFile();
    expect(() => assertLedger(openFile(), { path })).not.toThrow();
    expect(() => assertLedger(openFile(), { path, migrations: [...migrations, next] })).not.toThrow();
  });
});

describe("an older ledger", () => {
  it("is backed up, then migrated, keeps its rows and records the step", () => {
    ledgerFile();
    const db = openFile();
    db.pragma("foreign_keys = ON");
    const later = "2027-01-01T00:00:00.000Z";
    const prepared = prepareLedger(db, { path, now: later, migrations: [...migrations, next] });
    expect(prepared).toEqual({
      created: false,
      migrated_from: SCHEMA_VERSION,
      backup_path: `${path}.bak-v${SCHEMA_VERSION}`,
    });
    expect(versionMark(db)).toBe(SCHEMA_VERSION + 1);
    expect(db.prepare("SELECT name, colour FROM tasks").all()).toEqual([{ name: "kept", colour: null }]);
    expect(db.prepare("SELECT version, applied_at FROM schema_migrations ORDER BY version").all()).toEqual([
      { version: SCHEMA_VERSION, applied_at: NOW },
      { version: SCHEMA_VERSION + 1, applied_at: later },
    ]);
    expect(db.prepare("SELECT migration_name FROM _prisma_migrations ORDER BY started_at").pluck().all()).toEqual([
      ...migrations.map(({ name }) => name),
      next.name,
    ]);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);

    expect(statSync(`${path}.bak-v${SCHEMA_VERSION}`).mode & 0o777).toBe(0o600);
    const backup = openFile(`${path}.bak-v${SCHEMA_VERSION}`);
    expect(prepareLedger(backup, { path: `${path}.bak-v${SCHEMA_VERSION}`, now: later })).toMatchObject({
      created: false,
      migrated_from: null,
    });
    expect(backup.prepare("SELECT name FROM tasks").pluck().all()).toEqual(["kept"]);
    expect(backup.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(existsSync(`${path}.bak-v${SCHEMA_VERSION}.part`)).toBe(false);
  });

  it("of the first version keeps its messages, each with one delivery and no term", () => {
    const db = openFile();
    db.pragma("journal_mode = WAL");
    prepareLedger(db, { path, now: NOW, migrations: migrations.slice(0, 1) });
    insertRow(db, "tasks", { id: "t" });
    for (const id of ["w", "m"]) insertRow(db, "sessions", { id, name: id });
    insertRow(db, "bindings", { id: "b", task_id: "t", worker_session_id: "w", manager_session_id: "m" });
    insertRow(db, "routed_notifications", {
      ...{ id: 7, task_id: "t", binding_id: "b", source_session_id: "m", target_session_id: "w" },
    });
    const row = () => db.prepare("SELECT * FROM routed_notifications").get() as object;
    const before = row();
    prepareLedger(db, { path, now: NOW });
    expect(versionMark(db)).toBe(SCHEMA_VERSION);
    const untyped = { submission: null, typed_key: null, typed_path: null, typed_offset: null, look_until: null };
    expect(row()).toEqual({ ...before, ack_due_at: null, delivery_count: 1, ...untyped, fell_back: 0 });
  });

  it("includes in the backup what other connections committed but nobody has moved out of the log yet", () => {
    const writer = openFile();
    writer.pragma("journal_mode = WAL");
    writer.pragma("wal_autocheckpoint = 0");
    prepareLedger(writer, { path, now: NOW });
    insertRow(writer, "tasks", { name: "in the log" });
    prepareLedger(openFile(), { path, now: NOW, migrations: [...migrations, next] });
    expect(openFile(`${path}.bak-v${SCHEMA_VERSION}`).prepare("SELECT name FROM tasks").pluck().all()).toEqual([
      "in the log",
    ]);
  });

  it("is migrated once when several processes come at the same moment, and the backup is the state before", async () => {
    ledgerFile();
    const startAt = String(Date.now() + 2000);
    const results = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { stdout } = await run(process.execPath, ["--import", tsx, opener, path, startAt, next.sql], {
          timeout: 60_000,
        });
        return JSON.parse(stdout) as PreparedLedger;
      }),
    );
    expect(results.filter(({ migrated_from }) => migrated_from === SCHEMA_VERSION)).toHaveLength(1);
    expect(versionMark(openFile())).toBe(SCHEMA_VERSION + 1);
    expect(versionMark(openFile(`${path}.bak-v${SCHEMA_VERSION}`))).toBe(SCHEMA_VERSION);
  });

  it("stays as it was when a migration fails, with foreign keys on again", () => {
    ledgerFile();
    const db = openFile();
    db.pragma("foreign_keys = ON");
    const broken = migration("29991231000000_broken", "DROP TABLE task_continuations; SELECT no_such_function();");
    expect(() => prepareLedger(db, { path, now: NOW, migrations: [...migrations, broken] })).toThrow();
    expect(versionMark(db)).toBe(SCHEMA_VERSION);
    expect(db.prepare("SELECT count(*) FROM task_continuations").pluck().get()).toBe(0);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(prepareLedger(db, { path, now: NOW, migrations: [...migrations, next] }).migrated_from).toBe(SCHEMA_VERSION);
  });

  it("is not migrated into a state in which rows refer to nothing", () => {
    ledgerFile();
    const db = openFile();
    insertRow(db, "worker_handoffs", { task_id: "task-1" });
    const careless = migration("29991231000000_careless", "DELETE FROM tasks;");
    const error = refusal(() => prepareLedger(db, { path, now: NOW, migrations: [...migrations, careless] }));
    expect(error.code).toBe("ledger_invalid");
    expect(error.message).toContain("worker_handoffs");
    expect(db.prepare("SELECT count(*) FROM tasks").pluck().get()).toBe(1);
  });

  it("with a history that the program does not know is refused before anything is written", () => {
    ledgerFile();
    const db = openFile();
    db.prepare("UPDATE _prisma_migrations SET checksum = 'edited'").run();
    const error = refusal(() => prepareLedger(db, { path, now: NOW, migrations: [...migrations, next] }));
    expect(error.code).toBe("ledger_invalid");
    expect(versionMark(db)).toBe(SCHEMA_VERSION);
    expect(existsSync(`${path}.bak-v${SCHEMA_VERSION}`)).toBe(false);
  });

  it("in memory is refused, because there is no place for a backup", () => {
    const db = openFile(":memory:");
    prepareLedger(db, { path: ":memory:", now: NOW });
    const error = refusal(() => prepareLedger(db, { path: ":memory:", now: NOW, migrations: [...migrations, next] }));
    expect(error.code).toBe("ledger_unsupported");
    expect(versionMark(db)).toBe(SCHEMA_VERSION);
  });
});

describe("what a ledger must have", () => {
  it("is read from the migrations: tables with the search index but without what lies behind it", () => {
    const { tables, indexes, triggers } = requiredObjects();
    const names = tables.map(({ name }) => name);
    expect(names).toContain("telemetry_events_fts");
    expect(names).toContain("_prisma_migrations");
    expect(names.filter((name) => name.startsWith("telemetry_events_fts_") || name.startsWith("sqlite_"))).toEqual([]);
    expect(triggers.map(({ name }) => name)).toEqual([
      "check_runs_no_delete",
      "check_runs_no_update",
      "events_no_delete",
      "events_no_update",
    ]);
    expect(indexes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["commands_claimable", "one_open_task_per_name"]),
    );
  });
});
