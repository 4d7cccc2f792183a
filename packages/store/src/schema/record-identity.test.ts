import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrations } from "../generated/migrations.ts";
import { prepareLedger } from "./migrate.ts";
import { insertRow, NOW } from "./testing/rows.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let folder: string;
let options: { path: string; now: string };
let db: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-identity-"));
  options = { path: join(folder, "workerctl.db"), now: NOW };
  db = new Database(options.path);
  const before = migrations.filter(({ name }) => name < "20261129110000");
  prepareLedger(db, { ...options, migrations: before });
  db.pragma("foreign_keys = OFF");
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a ledger whose records have no identity of their own yet", () => {
  it("gets it where the lines were hashed, numbers equal ones, and keeps those that were stored by their place", () => {
    const record = { session_id: "s", thread_id: "t", rollout_file_id: 1 };
    const rows = [
      { ...record, byte_offset: 0, line_sha256: sha256("a") },
      { ...record, byte_offset: 10, line_sha256: sha256("b") },
      { ...record, byte_offset: 20, line_sha256: sha256("a") },
      { ...record, byte_offset: 30, ordinal: 4 },
      { ...record, byte_offset: 90, ordinal: 4, rollout_file_id: 2 },
    ];
    insertRow(db, "sessions", { id: "s" });
    for (const id of [1, 2]) insertRow(db, "rollout_files", { id, session_id: "s", path: `p${id}` });
    for (const row of rows) insertRow(db, "codex_events", row);
    prepareLedger(db, options);
    expect(db.prepare("SELECT content_hash, occurrence, ordinal FROM codex_events ORDER BY id").all()).toEqual([
      { content_hash: sha256("a").slice(0, 32), occurrence: 0, ordinal: null },
      { content_hash: sha256("b").slice(0, 32), occurrence: 0, ordinal: null },
      { content_hash: sha256("a").slice(0, 32), occurrence: 1, ordinal: null },
      { content_hash: null, occurrence: 0, ordinal: 4 },
      { content_hash: null, occurrence: 0, ordinal: 4 },
    ]);
  });
});
