import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allowedTexts,
  type Check,
  checksOf,
  columnsOf,
  insertRow,
  looseLedger,
  ordinaryTables,
  type Row,
  validRow,
} from "./testing/rows.ts";

let db: Database.Database;
beforeAll(() => {
  db = looseLedger();
});
afterAll(() => db.close());

/** The enumerations as the Prisma schema notes them behind their fields: `state String // active | gone`. */
function notedEnumerations(): { table: string; column: string; values: string[] }[] {
  const folder = fileURLToPath(new URL("../../../../prisma/schema", import.meta.url));
  return readdirSync(folder).flatMap((file) => {
    let table = "";
    return readFileSync(`${folder}/${file}`, "utf8")
      .split("\n")
      .flatMap((line) => {
        table = /^model (\w+) /.exec(line)?.[1] ?? table;
        const noted = /^\s+(\w+)\s+String\??.*\/\/ ([\w-]+(?: \| [\w-]+)+)/.exec(line);
        if (noted?.[1] === undefined || noted[2] === undefined) return [];
        return [{ table, column: noted[1], values: noted[2].split(" | ") }];
      });
  });
}

/** A row that breaks exactly this check. */
function brokenRow(check: Check): Row {
  const special: Record<string, Row> = {
    budgets_nudges_used_max_check: { max_nudges: 2, nudges_used: 3 },
    statuses_subject_check: { worker_id: null, session_id: null },
    ledger_sequence_id_check: { id: 2 },
  };
  const values = special[check.name];
  if (values !== undefined) return validRow(db, check.table, values);
  const column = /"(\w+)"/.exec(check.expression)?.[1] ?? "";
  const bad = (): string | number => {
    if (allowedTexts(check.expression) !== null) return "no such value";
    if (check.expression.startsWith("json_valid(")) return '{"open":';
    if (/ IN \(0, 1\)$/.test(check.expression)) return 2;
    const bound = /(>|>=|<=) (\d+)$/.exec(check.expression);
    if (bound === null) throw new Error(`no bad value known for ${check.name}: ${check.expression}`);
    return bound[1] === ">" ? Number(bound[2]) : bound[1] === ">=" ? Number(bound[2]) - 1 : Number(bound[2]) + 1;
  };
  return validRow(db, check.table, { ...subjectOf(check.table), [column]: bad() });
}

/** What a row must have beyond the columns' own rules: a status belongs to somebody, the counter is row 1. */
function subjectOf(table: string): Row {
  if (table === "ledger_sequence") return { id: 1 };
  return table === "statuses" ? { session_id: "session-1" } : {};
}

function insertAndRollBack(table: string, row: Row): void {
  db.exec("BEGIN");
  try {
    if (table === "ledger_sequence") db.exec("DELETE FROM ledger_sequence");
    insertRow(db, table, row);
  } finally {
    db.exec("ROLLBACK");
  }
}

describe("check constraints", () => {
  it("every table takes a row that keeps all its rules", () => {
    for (const table of ordinaryTables(db)) {
      expect(() => insertAndRollBack(table, subjectOf(table)), table).not.toThrow();
    }
  });

  it("every check refuses a row that breaks only it", () => {
    const checks = ordinaryTables(db).flatMap((table) => checksOf(db, table));
    expect(checks.length).toBeGreaterThan(250);
    for (const check of checks) {
      expect(() => insertAndRollBack(check.table, brokenRow(check)), check.name).toThrow(
        `CHECK constraint failed: ${check.name}`,
      );
    }
  });

  it("every enumeration that the Prisma schema notes is enforced with exactly those values", () => {
    const noted = notedEnumerations();
    expect(noted.length).toBeGreaterThan(80);
    for (const { table, column, values } of noted) {
      const enforced = checksOf(db, table)
        .map(({ expression }) => allowedTexts(expression))
        .find((found) => found?.column === column);
      expect(enforced?.values, `${table}.${column}`).toEqual(values);
    }
  });

  it("every JSON column must hold JSON and every boolean column 0 or 1", () => {
    for (const table of ordinaryTables(db)) {
      const expressions = checksOf(db, table).map(({ expression }) => expression);
      for (const { name, type } of columnsOf(db, table)) {
        if (name.endsWith("_json")) expect(expressions, `${table}.${name}`).toContain(`json_valid("${name}")`);
        if (type === "BOOLEAN") expect(expressions, `${table}.${name}`).toContain(`"${name}" IN (0, 1)`);
      }
    }
  });
});

describe("unique rules", () => {
  /** [index, table, the row that stands there, a row that may not join it, a row that may] */
  const rules: [string, string, Row, Row, Row][] = [
    [
      "one_open_task_per_name",
      "tasks",
      { name: "t", state: "paused" },
      { name: "t", state: "managed" },
      { name: "t", state: "done" },
    ],
    [
      "one_check_per_name",
      "checks",
      { criterion_id: 1, name: "tests" },
      { criterion_id: 1, name: "tests" },
      { criterion_id: 1, name: "lint" },
    ],
    [
      "one_running_run_per_check",
      "check_runs",
      { check_id: 1, state: "running" },
      { check_id: 1, state: "running" },
      { check_id: 1, state: "passed" },
    ],
    [
      "one_active_binding_per_task",
      "bindings",
      { task_id: "t", state: "active" },
      { task_id: "t", state: "ending" },
      { task_id: "t", state: "ended" },
    ],
    [
      "one_active_binding_per_worker_session",
      "bindings",
      { worker_session_id: "w", state: "active" },
      { worker_session_id: "w", state: "active" },
      { worker_session_id: "w", state: "invalid" },
    ],
    [
      "one_active_binding_per_manager_session",
      "bindings",
      { manager_session_id: "m", state: "ending" },
      { manager_session_id: "m", state: "active" },
      { manager_session_id: "m", state: "ended" },
    ],
    [
      "one_active_binding_per_worker",
      "bindings",
      { worker_id: "w", state: "active" },
      { worker_id: "w", state: "active" },
      { worker_id: null, state: "active" },
    ],
    [
      "one_active_run_per_task",
      "runs",
      { task_id: "t", status: "active" },
      { task_id: "t", status: "active" },
      { task_id: "t", status: "finished" },
    ],
    [
      "one_active_manager_per_task",
      "managers",
      { task_id: "t", state: "starting" },
      { task_id: "t", state: "ready" },
      { task_id: "t", state: "stopped" },
    ],
    [
      "one_running_attempt_per_command",
      "command_attempts",
      { command_id: "c", state: "running" },
      { command_id: "c", state: "running" },
      { command_id: "c", state: "failed" },
    ],
    [
      "one_running_epilogue_per_task_step",
      "epilogue_runs",
      { task_id: "t", step_name: "s", state: "running" },
      { task_id: "t", step_name: "s", state: "running" },
      { task_id: "t", step_name: "other", state: "running" },
    ],
    [
      "one_active_rollout_file_per_path",
      "rollout_files",
      { session_id: "s", path: "p", state: "active" },
      { session_id: "s", path: "p", state: "active" },
      { session_id: "s", path: "p", state: "replaced" },
    ],
    [
      "codex_events_ordinal_identity",
      "codex_events",
      { session_id: "s", thread_id: "t", ordinal: 7, content_hash: "a", rollout_file_id: 1 },
      { session_id: "s", thread_id: "t", ordinal: 7, content_hash: "a", rollout_file_id: 2 },
      { session_id: "s", thread_id: "t", ordinal: 7, content_hash: "b", rollout_file_id: 1 },
    ],
    [
      "codex_events_ordinal_identity without thread",
      "codex_events",
      { session_id: "s", ordinal: 7, content_hash: "a" },
      { session_id: "s", ordinal: 7, content_hash: "a" },
      { session_id: "s", ordinal: 8, content_hash: "a" },
    ],
    [
      "codex_events_content_identity",
      "codex_events",
      { session_id: "s", thread_id: "t", content_hash: "a", byte_offset: 90 },
      { session_id: "s", thread_id: "t", content_hash: "a", byte_offset: 180 },
      { session_id: "s", thread_id: "t", content_hash: "a", byte_offset: 180, occurrence: 1 },
    ],
    [
      "task_acknowledgements_task_id_role_revision",
      "task_acknowledgements",
      { task_id: "t", role: "worker", revision: 1 },
      { task_id: "t", role: "worker", revision: 1 },
      { task_id: "t", role: "manager", revision: 1 },
    ],
    [
      "contract_injections_thread_id_revision_window",
      "contract_injections",
      { thread_id: "t", revision: 1, window: 0 },
      { thread_id: "t", revision: 1, window: 0 },
      { thread_id: "t", revision: 1, window: 1 },
    ],
    ["sessions_name", "sessions", { name: "n", state: "gone" }, { name: "n", state: "active" }, { name: "o" }],
  ];

  it.each(rules)("%s: %s", (_index, table, standing, refused, allowed) => {
    db.exec("BEGIN");
    try {
      insertRow(db, table, standing);
      expect(() => insertRow(db, table, refused)).toThrow(/UNIQUE constraint failed/);
      expect(() => insertRow(db, table, allowed)).not.toThrow();
    } finally {
      db.exec("ROLLBACK");
    }
  });

  it("a sequence number stands once in a table", () => {
    const tables = ordinaryTables(db).filter((table) => columnsOf(db, table).some(({ name }) => name === "seq"));
    expect(tables.length).toBeGreaterThan(70);
    for (const table of tables) {
      db.exec("BEGIN");
      try {
        insertRow(db, table, { ...subjectOf(table), seq: 5 });
        expect(() => insertRow(db, table, { ...subjectOf(table), seq: 5 }), table).toThrow(`${table}.seq`);
      } finally {
        db.exec("ROLLBACK");
      }
    }
  });
});

describe("the audit log", () => {
  it("takes new events, but none can be changed or deleted", () => {
    const id = insertRow(db, "events", { type: "task_created" });
    expect(() => db.prepare("UPDATE events SET type = 'other' WHERE id = ?").run(id)).toThrow(/append-only/);
    expect(() => db.prepare("DELETE FROM events WHERE id = ?").run(id)).toThrow(/append-only/);
    expect(db.prepare("SELECT type FROM events WHERE id = ?").pluck().get(id)).toBe("task_created");
  });
});

describe("references", () => {
  it("a row that others refer to cannot be deleted, and nothing can refer to a row that is not there", () => {
    db.pragma("foreign_keys = ON");
    try {
      insertRow(db, "tasks", { id: "task-ref" });
      insertRow(db, "worker_handoffs", { task_id: "task-ref" });
      expect(() => db.prepare("DELETE FROM tasks WHERE id = 'task-ref'").run()).toThrow(/FOREIGN KEY/);
      expect(() => insertRow(db, "worker_handoffs", { task_id: "task-none" })).toThrow(/FOREIGN KEY/);
    } finally {
      db.pragma("foreign_keys = OFF");
    }
  });
});

describe("what runs often", () => {
  /** Statements that run again and again must find their rows by an index, so that their cost does not grow with history. */
  const hot: [string, string][] = [
    [
      "claiming the oldest pending command",
      "SELECT id FROM commands WHERE state = ? AND type IN (?, ?) AND (available_at IS NULL OR available_at <= ?) ORDER BY seq LIMIT 1",
    ],
    [
      "the head of an inbox",
      "SELECT id FROM routed_notifications WHERE target_session_id = ? AND consumed_at IS NULL AND state = ? ORDER BY seq LIMIT 1",
    ],
    [
      "following an inbox",
      "SELECT id FROM routed_notifications WHERE target_session_id = ? AND state = ? AND delivered_seq > ? ORDER BY delivered_seq",
    ],
    [
      "new completions of a session",
      "SELECT event_id FROM turn_ends WHERE session_id = ? AND event_id > ? ORDER BY event_id",
    ],
    ["the tail of a session", "SELECT id FROM codex_events WHERE session_id = ? ORDER BY id DESC LIMIT 20"],
    ["the newest telemetry", "SELECT id FROM telemetry_events ORDER BY seq DESC LIMIT 20"],
    ["the newest telemetry of a task", "SELECT id FROM telemetry_events WHERE task_id = ? ORDER BY seq DESC LIMIT 20"],
    [
      "the newest telemetry of a type",
      "SELECT id FROM telemetry_events WHERE event_type = ? ORDER BY seq DESC LIMIT 20",
    ],
    ["the audit of a task", "SELECT id FROM events WHERE task_id = ? ORDER BY seq DESC LIMIT 20"],
    ["the lease of a session", "SELECT source FROM role_heartbeats WHERE session_id = ? ORDER BY seq DESC LIMIT 1"],
    [
      "the newest acknowledgement of an item",
      "SELECT status FROM notification_acknowledgements WHERE notification_id = ? ORDER BY seq DESC LIMIT 1",
    ],
    [
      "the last consumption of a task",
      "SELECT consumed_seq FROM routed_notifications WHERE task_id = ? ORDER BY consumed_seq DESC LIMIT 1",
    ],
    ["the newest cycle of a task", "SELECT id FROM manager_cycles WHERE task_id = ? ORDER BY seq DESC LIMIT 1"],
    [
      "the newest facts of a thread",
      "SELECT id FROM agent_facts WHERE thread_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
    ],
    ["open approvals", "SELECT id FROM approvals WHERE state = ? ORDER BY seq LIMIT 20"],
    ["deliveries under way", "SELECT id FROM deliveries WHERE session_id = ? AND stage = ? ORDER BY seq"],
  ];

  it.each(hot)("%s reads by an index and sorts nothing", (_what, sql) => {
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array(sql.split("?").length - 1).fill("x"))
      .map((step) => (step as { detail: string }).detail);
    for (const step of plan) {
      expect(step).toMatch(/USING (COVERING )?INDEX/);
      expect(step).not.toMatch(/TEMP B-TREE/);
    }
  });
});
