import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InspectOptions, inheritedChecks, inspectLedger } from "./inspect.ts";
import { prepareLedger } from "./migrate.ts";
import { repairFts, repairObjects } from "./repair.ts";
import { insertRow, NOW } from "./testing/rows.ts";
import { SCHEMA_VERSION } from "./version.ts";

let folder: string;
let path: string;
let db: Database.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-inspect-"));
  path = join(folder, "workerctl.db");
  db = new Database(path, { timeout: 5000 });
  db.pragma("journal_mode = WAL");
  prepareLedger(db, { path, now: NOW });
  for (const end of ["", "-wal", "-shm"]) chmodSync(path + end, 0o600);
});

afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

function check(name: string, options: Partial<InspectOptions> = {}) {
  const found = inspectLedger(db, { path, ...options }).find((row) => row.name === name);
  if (found === undefined) throw new Error(`no check named ${name}`);
  return found;
}

function addTelemetry(id: string, indexed: boolean): void {
  insertRow(db, "telemetry_events", { id, summary: `about ${id}`, attributes_json: '{"colour":"green"}' });
  if (!indexed) return;
  db.prepare(
    "INSERT INTO telemetry_events_fts (event_id, summary, attributes) SELECT id, summary, attributes_json FROM telemetry_events WHERE id = ?",
  ).run(id);
}

describe("the health report", () => {
  it("of a sound ledger is all well and in its order", () => {
    const checks = inspectLedger(db, { path, full: true, private_folders: [folder] });
    expect(checks.map(({ name }) => name)).toEqual([
      "foreign_keys",
      "journal_mode_wal",
      "busy_timeout",
      "schema_version",
      "user_version",
      "required_tables",
      "required_indexes",
      "required_triggers",
      "foreign_key_check",
      "quick_check",
      "integrity_check",
      "fts_in_sync",
      "duplicate_active_bindings",
      "file_permissions",
      "wal_size",
      "disk_free",
      "orphan_rollouts",
    ]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.slice(0, 9)).toEqual([
      { name: "foreign_keys", ok: true, value: 1 },
      { name: "journal_mode_wal", ok: true, value: "wal" },
      { name: "busy_timeout", ok: true, value: 5000 },
      { name: "schema_version", ok: true, value: SCHEMA_VERSION },
      { name: "user_version", ok: true, value: SCHEMA_VERSION },
      { name: "required_tables", ok: true, missing: [] },
      { name: "required_indexes", ok: true, missing: [] },
      { name: "required_triggers", ok: true, missing: [] },
      { name: "foreign_key_check", ok: true, violation_count: 0, violations: [] },
    ]);
    expect(inspectLedger(db, { path }).map(({ name }) => name)).not.toContain("integrity_check");
  });

  it("is the same through a connection that reads integers as BigInt", () => {
    const before = inspectLedger(db, { path, full: true });
    db.defaultSafeIntegers(true);
    expect(JSON.parse(JSON.stringify(inspectLedger(db, { path, full: true })))).toMatchObject(
      before.map(({ name, ok }) => ({ name, ok })),
    );
  });

  it("says what the connection really has, not what it should have", () => {
    db.pragma("foreign_keys = OFF");
    db.pragma("busy_timeout = 20");
    db.pragma("journal_mode = DELETE");
    expect(check("foreign_keys")).toEqual({ name: "foreign_keys", ok: false, value: 0 });
    expect(check("busy_timeout")).toEqual({ name: "busy_timeout", ok: false, value: 20 });
    expect(check("journal_mode_wal")).toEqual({ name: "journal_mode_wal", ok: false, value: "delete" });
  });

  it("names what is missing, sorted", () => {
    db.exec(
      "DROP INDEX runs_task_status; DROP INDEX one_open_task_per_name; DROP TRIGGER events_no_delete; DROP TABLE hook_installs",
    );
    expect(check("required_indexes")).toEqual({
      name: "required_indexes",
      ok: false,
      missing: ["hook_installs_agent_file", "hook_installs_seq", "one_open_task_per_name", "runs_task_status"],
    });
    expect(check("required_triggers")["missing"]).toEqual(["events_no_delete"]);
    expect(check("required_tables")["missing"]).toEqual(["hook_installs"]);
  });

  it("reports another version without touching the ledger", () => {
    db.pragma("user_version = 900");
    db.prepare("INSERT INTO schema_migrations (version, applied_at) VALUES (900, ?)").run(NOW);
    expect(check("user_version")).toEqual({ name: "user_version", ok: false, value: 900 });
    expect(check("schema_version")).toEqual({ name: "schema_version", ok: false, value: 900 });
    expect(db.pragma("user_version", { simple: true })).toBe(900);
  });

  it("can look at a database that has none of our tables", () => {
    const bare = new Database(":memory:");
    try {
      const checks = inspectLedger(bare, { path: ":memory:", full: true });
      expect(checks.find(({ name }) => name === "required_tables")?.["missing"]).toContain("tasks");
      expect(checks.find(({ name }) => name === "schema_version")).toEqual({
        name: "schema_version",
        ok: false,
        value: null,
      });
      expect(checks.find(({ name }) => name === "fts_in_sync")?.ok).toBe(false);
    } finally {
      bare.close();
    }
  });

  it("lists rows that refer to nothing", () => {
    db.pragma("foreign_keys = OFF");
    const rowid = insertRow(db, "worker_handoffs", { task_id: "task-gone" });
    expect(check("foreign_key_check")).toEqual({
      name: "foreign_key_check",
      ok: false,
      violation_count: 1,
      violations: [{ table: "worker_handoffs", rowid, parent: "tasks", fkid: expect.any(Number) }],
    });
  });

  it("finds a damaged index with both looks at the pages", () => {
    insertRow(db, "tasks", { name: "t" });
    db.unsafeMode();
    db.pragma("writable_schema = ON");
    db.exec(
      "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'workers') WHERE name = 'tasks_updated_seq'",
    );
    db.close();
    db = new Database(path, { timeout: 5000 });
    expect(check("integrity_check", { full: true }).ok).toBe(false);
    expect(check("quick_check").ok).toBe(false);
  });

  it("reports damage wherever it is, and ends at none: every fourth page in turn is noise", () => {
    insertRow(db, "tasks", { name: "t" });
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.close();
    const whole = readFileSync(path);
    const size = whole.readUInt16BE(16);
    let found = 0;
    for (let page = 1; page < whole.length / size; page += 4) {
      const noisy = Buffer.from(whole);
      noisy.fill(0xa5, page * size, (page + 1) * size);
      writeFileSync(path, noisy);
      db = new Database(path, { timeout: 5000 });
      if (inspectLedger(db, { path, full: true }).some(({ ok }) => !ok)) found += 1;
      db.close();
    }
    expect(found).toBeGreaterThan(whole.length / size / 8);
    writeFileSync(path, whole);
    db = new Database(path, { timeout: 5000 });
  });

  it("finds living bindings that share a task when the index that forbids it is gone", () => {
    db.pragma("foreign_keys = OFF");
    db.exec("DROP INDEX one_active_binding_per_task");
    insertRow(db, "bindings", { id: "b2", task_id: "t", state: "ending" });
    insertRow(db, "bindings", { id: "b1", task_id: "t", state: "active" });
    insertRow(db, "bindings", { id: "b3", task_id: "t", state: "ended" });
    expect(check("duplicate_active_bindings")).toEqual({
      name: "duplicate_active_bindings",
      ok: false,
      duplicates: [{ column: "task_id", value: "t", binding_ids: ["b1", "b2"] }],
    });
  });

  it("reports files and folders that others can read", () => {
    chmodSync(path, 0o644);
    chmodSync(folder, 0o755);
    expect(check("file_permissions", { private_folders: [folder] })).toEqual({
      name: "file_permissions",
      ok: false,
      looser: [
        { path, mode: "0644", expected: "0600" },
        { path: folder, mode: "0755", expected: "0700" },
      ],
    });
    chmodSync(path, 0o400);
    chmodSync(folder, 0o700);
    expect(check("file_permissions", { private_folders: [folder] }).ok).toBe(true);
  });

  it("names the rollout files that a session in use should have but that are gone", () => {
    db.pragma("foreign_keys = OFF");
    const present = join(folder, "rollout-1.jsonl");
    writeFileSync(present, "");
    insertRow(db, "sessions", { id: "s1", name: "worker-1", state: "active" });
    insertRow(db, "sessions", { id: "s2", name: "worker-2", state: "gone" });
    insertRow(db, "rollout_files", { session_id: "s1", path: present, state: "active" });
    insertRow(db, "rollout_files", { session_id: "s1", path: "/nowhere/rollout-2.jsonl", state: "active" });
    insertRow(db, "rollout_files", { session_id: "s1", path: "/nowhere/rollout-3.jsonl", state: "missing" });
    insertRow(db, "rollout_files", { session_id: "s2", path: "/nowhere/rollout-4.jsonl", state: "active" });
    expect(check("orphan_rollouts")).toEqual({
      name: "orphan_rollouts",
      ok: false,
      missing_count: 1,
      missing: [{ session: "worker-1", path: "/nowhere/rollout-2.jsonl" }],
    });
  });
});

describe("the full-text index", () => {
  it("is in step when every event has its row, and the check counts what is missing and too much", () => {
    addTelemetry("telemetry-1", true);
    expect(check("fts_in_sync")).toMatchObject({ ok: true, telemetry_count: 1, fts_count: 1 });
    addTelemetry("telemetry-2", false);
    db.exec(
      "INSERT INTO telemetry_events_fts (event_id, summary) VALUES ('telemetry-gone', 'x'), ('telemetry-1', 'twice')",
    );
    expect(check("fts_in_sync")).toEqual({
      name: "fts_in_sync",
      ok: false,
      telemetry_count: 2,
      fts_count: 3,
      missing_count: 1,
      missing_ids: ["telemetry-2"],
      surplus_count: 2,
      surplus_ids: ["telemetry-gone", "telemetry-1"],
    });
  });

  it("is written anew by the repair and then finds every event once", () => {
    addTelemetry("telemetry-1", true);
    addTelemetry("telemetry-2", false);
    db.exec("INSERT INTO telemetry_events_fts (event_id, summary) VALUES ('telemetry-gone', 'about green')");
    expect(repairFts(db)).toEqual({ missing: 1, surplus: 1 });
    expect(check("fts_in_sync").ok).toBe(true);
    const search = db.prepare(
      "SELECT f.event_id FROM telemetry_events_fts f JOIN telemetry_events t ON t.seq = f.rowid WHERE telemetry_events_fts MATCH ? ORDER BY f.rowid",
    );
    expect(search.pluck().all("green")).toEqual(["telemetry-1", "telemetry-2"]);
    expect(repairFts(db)).toEqual({ missing: 0, surplus: 0 });
  });
});

describe("repairing the schema", () => {
  it("makes what is missing again, without touching rows", () => {
    insertRow(db, "events", { type: "kept" });
    db.exec("DROP INDEX runs_task_status; DROP TRIGGER events_no_update; DROP TABLE hook_installs");
    expect(repairObjects(db)).toEqual({
      created: [
        "hook_installs",
        "hook_installs_agent_file",
        "hook_installs_seq",
        "runs_task_status",
        "events_no_update",
      ],
      failed: [],
    });
    expect(inheritedChecks(db).filter(({ ok }) => !ok)).toEqual([]);
    expect(() => db.exec("UPDATE events SET type = 'changed'")).toThrow(/append-only/);
  });

  it("reports a unique index that the rows do not allow", () => {
    db.exec("DROP INDEX one_open_task_per_name");
    insertRow(db, "tasks", { name: "same", state: "managed" });
    insertRow(db, "tasks", { name: "same", state: "paused" });
    expect(repairObjects(db)).toEqual({
      created: [],
      failed: [{ name: "one_open_task_per_name", reason: expect.stringMatching(/UNIQUE/) }],
    });
  });
});
