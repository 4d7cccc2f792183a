import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConveyorError } from "@conveyor/contracts/errors";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertAudit } from "../events.ts";
import { inspectLedger } from "../schema/inspect.ts";
import { Store } from "../store.ts";
import { type EarlierReport, importEarlier } from "./import.ts";
import { openEarlierSnapshot } from "./snapshot.ts";
import { EARLIER_TABLES } from "./tables.ts";
import { EarlierLedger, fillWithWork } from "./testing/earlier-ledger.ts";
import { EARLIER_SCHEMA } from "./testing/earlier-schema.ts";
import { instantOf, normalTime } from "./time.ts";

const NOW = "2026-11-21T12:00:00.000Z";
let folder: string;
let from: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-earlier-"));
  from = join(folder, "earlier.db");
  store = openStore();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openStore(): Store {
  return Store.open({ path: join(folder, "ledger.db"), create: true, clock: { iso: () => NOW } });
}

/** A closed database of the earlier tool. */
function earlier(fill: (ledger: EarlierLedger) => void, options: { version?: number; without?: string[] } = {}): void {
  const ledger = new EarlierLedger(from, options);
  fill(ledger);
  ledger.close();
}

async function importIt(): Promise<EarlierReport> {
  const snapshot = openEarlierSnapshot(from);
  try {
    return await store.fast((tx) =>
      importEarlier(tx, snapshot, {
        observe: (thread_id, records) => JSON.stringify({ thread_id, seen: [...records].length }),
      }),
    );
  } finally {
    snapshot.close();
  }
}

function rows<T = Record<string, unknown>>(sql: string): T[] {
  return store.handle.prepare(sql).safeIntegers(false).all() as T[];
}

const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const found = (report: EarlierReport, table: string) => report.tables.find((count) => count.table === table);

function refusal(work: () => unknown): ConveyorError {
  try {
    work();
  } catch (error) {
    return error as ConveyorError;
  }
  throw new Error("it was not refused");
}

describe("the table of tables", () => {
  it("knows every table of the earlier schema, and names columns that exist there", () => {
    const known = EARLIER_TABLES.map(({ name }) => name);
    expect([...known, "schema_migrations", "data_migrations"].sort()).toEqual(Object.keys(EARLIER_SCHEMA).sort());
    for (const table of EARLIER_TABLES) {
      const columns = (EARLIER_SCHEMA[table.name] ?? "").split(" · ").map((column) => column.split(" ", 1)[0]);
      const named = [
        table.key.column,
        ...Object.keys(table.references),
        ...Object.values(table.moments ?? {}),
        ...(table.made_at ? [table.made_at] : []),
      ];
      expect(columns, table.name).toEqual(expect.arrayContaining(named));
    }
  });

  it("names every reference of the earlier schema, parents before children", () => {
    const place = new Map(EARLIER_TABLES.map(({ name }, index) => [name, index]));
    for (const table of EARLIER_TABLES) {
      const declared = [...(EARLIER_SCHEMA[table.name] ?? "").matchAll(/(\w+) [^·]*>(\w+)/g)].map(
        ([, column, parent]) => [column, parent],
      );
      expect(Object.fromEntries(declared), table.name).toEqual(table.references);
      for (const parent of Object.values(table.references))
        expect(place.get(parent)).toBeLessThan(place.get(table.name) ?? -1);
    }
  });
});

describe("times", () => {
  it.each([
    ["2026-01-02T08:00:00Z", "2026-01-02T08:00:00.000Z"],
    ["2026-01-02T08:00:00.826Z", "2026-01-02T08:00:00.826Z"],
    ["2026-01-02T08:00:00.826345Z", "2026-01-02T08:00:00.826Z"],
    ["2026-01-02T09:00:00+01:00", "2026-01-02T08:00:00.000Z"],
    ["2026-01-02 08:00:00", "2026-01-02T08:00:00.000Z"],
    ["yesterday", null],
    ["2026-13-02T08:00:00Z", null],
    [7, null],
  ])("%s becomes %s", (given, expected) => {
    expect(normalTime(given)).toBe(expected);
    expect(instantOf(given)).toBe(expected === null ? null : Date.parse(expected));
  });
});

describe("importing a database of the earlier tool", () => {
  it("takes every row over, and the result is a healthy ledger", async () => {
    earlier(fillWithWork);
    const report = await importIt();
    expect(report.skipped).toEqual([]);
    for (const { table, found, imported } of report.tables) expect([table, imported]).toEqual([table, found]);
    expect(found(report, "commands")).toEqual({
      table: "commands",
      found: 5,
      imported: 5,
      already_here: 0,
      skipped: 0,
    });
    const failed = inspectLedger(store.handle, { path: store.path }).filter(
      ({ ok, name }) => !ok && name !== "orphan_rollouts" && name !== "file_permissions",
    );
    expect(failed).toEqual([]);
    expect(report.warnings).toEqual(["stale_runs_closed:1", "pending_commands_will_be_dispatched:1"]);
  });

  it("changes nothing in the source, not even beside it", async () => {
    earlier(fillWithWork);
    const before = [hashOf(from), readdirSync(folder).filter((name) => name.startsWith("earlier"))];
    await importIt();
    expect([hashOf(from), readdirSync(folder).filter((name) => name.startsWith("earlier"))]).toEqual(before);
  });

  it("sees what only stands in the write-ahead log, of a tool that still runs", async () => {
    const running = new EarlierLedger(from);
    fillWithWork(running);
    expect(existsSync(`${from}-wal`)).toBe(true);
    expect(found(await importIt(), "tasks")?.imported).toBe(1);
    running.close();
  });

  it("orders everything by instant and not by the text of a time", async () => {
    earlier((ledger) => {
      ledger.event("third", { created_at: "2026-01-02T08:00:03Z" });
      ledger.event("second", { created_at: "2026-01-02T08:00:02.826Z" });
      ledger.event("first", { created_at: "2026-01-02T08:00:02Z" });
      ledger.telemetry("telemetry-between", { timestamp: "2026-01-02T08:00:02.9Z" });
    });
    await importIt();
    const seen = rows<{ what: string }>(
      "SELECT type AS what, seq FROM events UNION SELECT id, seq FROM telemetry_events ORDER BY seq",
    );
    expect(seen.map(({ what }) => what)).toEqual(["first", "second", "telemetry-between", "third"]);
    expect(rows("SELECT created_at FROM events ORDER BY seq").map((row) => row["created_at"])).toEqual([
      "2026-01-02T08:00:02.000Z",
      "2026-01-02T08:00:02.826Z",
      "2026-01-02T08:00:03.000Z",
    ]);
  });

  it("puts later moments of a row where they belong", async () => {
    earlier(fillWithWork);
    await importIt();
    const [notification] = rows<{ seq: number; delivered_seq: number; consumed_seq: number }>(
      "SELECT * FROM routed_notifications",
    );
    const [cycle] = rows<{ seq: number; completed_seq: number }>("SELECT * FROM manager_cycles");
    const order = [
      notification?.seq,
      notification?.delivered_seq,
      cycle?.seq,
      notification?.consumed_seq,
      cycle?.completed_seq,
    ];
    expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
    const [task] = rows<{ seq: number; updated_seq: number }>("SELECT seq, updated_seq FROM tasks");
    expect(task?.updated_seq).toBeGreaterThan(cycle?.completed_seq ?? 0);
    expect(rows("SELECT value FROM ledger_sequence")[0]?.["value"]).toBeGreaterThanOrEqual(task?.updated_seq ?? 0);
  });

  it("gives older open tasks of one name a number, and leaves closed ones and the newest their name", async () => {
    earlier((ledger) => {
      ledger.task("task-1", { name: "auth", created_at: "2026-01-01T00:00:00Z" });
      ledger.task("task-2", { name: "auth", state: "managed", created_at: "2026-01-02T00:00:00.5Z" });
      ledger.task("task-3", { name: "auth", created_at: "2026-01-03T00:00:00Z" });
      ledger.task("task-4", { name: "auth", state: "done", created_at: "2026-01-04T00:00:00Z" });
      ledger.task("task-5", { name: "auth-2", created_at: "2026-01-01T00:00:00Z" });
    });
    const report = await importIt();
    const names = Object.fromEntries(
      rows<{ id: string; name: string }>("SELECT id, name FROM tasks").map(({ id, name }) => [id, name]),
    );
    expect(names).toEqual({
      "task-1": "auth-4",
      "task-2": "auth-3",
      "task-3": "auth",
      "task-4": "auth",
      "task-5": "auth-2",
    });
    expect(report.renamed).toEqual([
      { table: "tasks", id: "task-1", from: "auth", to: "auth-4" },
      { table: "tasks", id: "task-2", from: "auth", to: "auth-3" },
    ]);
  });

  it("fills in what it knows more of a session", async () => {
    earlier(fillWithWork);
    await importIt();
    const seen = rows("SELECT id, origin, liveness, pid, agent_kind, observation_json FROM sessions ORDER BY seq");
    expect(seen).toMatchObject([
      {
        id: "session-w",
        origin: "spawned",
        liveness: "tmux",
        pid: 4242,
        agent_kind: "codex",
        observation_json: '{"thread_id":"thread-w","seen":2}',
      },
      { id: "session-m", origin: "registered", liveness: "pid", pid: 4243, observation_json: null },
      { id: "session-d", origin: "disposable", liveness: "heartbeat", pid: null },
    ]);
    expect(rows('SELECT session_id, "offset" FROM rollout_files ORDER BY id')).toEqual([
      { session_id: "session-w", offset: 900 },
      { session_id: "session-d", offset: 0 },
    ]);
    expect(rows("SELECT turn_id, rollout_file_id IS NOT NULL AS of_file FROM codex_events")).toEqual([
      { turn_id: "t1", of_file: 1 },
      { turn_id: "t1", of_file: 1 },
    ]);
  });

  it("counts only the records after the last new beginning to a session's present rollout", async () => {
    earlier((ledger) => {
      ledger.session("session-w", { codex_session_path: "/s/rollout-2.jsonl", last_ingest_offset: 50 });
      for (const offset of [0, 100, 0, 20]) ledger.record("session-w", offset);
    });
    await importIt();
    expect(
      rows("SELECT rollout_file_id IS NOT NULL AS now FROM codex_events ORDER BY id").map((row) => row["now"]),
    ).toEqual([0, 0, 1, 1]);
  });

  it("can be searched", async () => {
    earlier(fillWithWork);
    await importIt();
    expect(rows("SELECT event_id FROM telemetry_events_fts WHERE telemetry_events_fts MATCH 'parser'")).toEqual([
      { event_id: "telemetry-1" },
    ]);
  });

  it("keeps its own records and gives the imported ones new numbers", async () => {
    await store.fast((tx) => {
      for (let count = 0; count < 5; count += 1) insertAudit(tx, { type: "own", actor: "workerctl", payload: {} });
    });
    earlier(fillWithWork);
    const report = await importIt();
    expect(found(report, "events")).toMatchObject({ imported: 3, skipped: 0 });
    expect(rows("SELECT count(*) AS n FROM events")[0]).toEqual({ n: 8 });
    const [own] = rows<{ last: number }>("SELECT max(seq) AS last FROM events WHERE type = 'own'");
    const [theirs] = rows<{ first: number }>("SELECT min(seq) AS first FROM events WHERE type <> 'own'");
    expect(theirs?.first).toBeGreaterThan(own?.last ?? 0);
  });

  it("follows references to numbers that had to change, also inside the key of a reported completion", async () => {
    const first = new EarlierLedger(join(folder, "other.db"));
    first.session("session-x");
    for (let offset = 0; offset < 10; offset += 1) first.record("session-x", offset);
    first.close();
    const keep = from;
    from = join(folder, "other.db");
    await importIt();
    from = keep;
    earlier(fillWithWork);
    expect((await importIt()).skipped).toEqual([]);
    const [row] = rows<{ dedupe_key: string; source_event_id: number; subtype: string }>(
      "SELECT n.dedupe_key, n.source_event_id, e.subtype FROM routed_notifications n JOIN codex_events e ON e.id = n.source_event_id",
    );
    expect(row?.subtype).toBe("task_complete");
    expect(row?.source_event_id).toBeGreaterThan(10);
    expect(row?.dedupe_key).toBe(`binding-1:worker_task_complete:session-w:${row?.source_event_id}`);
  });

  it("does nothing the second time", async () => {
    earlier(fillWithWork);
    await importIt();
    const before = rows("SELECT (SELECT count(*) FROM events) AS events, value FROM ledger_sequence");
    expect(await importIt()).toMatchObject({ already_imported: true, tables: [] });
    expect(rows("SELECT (SELECT count(*) FROM events) AS events, value FROM ledger_sequence")).toEqual(before);
  });

  it("brings only what is new of a file that has grown and was moved since", async () => {
    earlier(fillWithWork);
    await importIt();
    renameSync(from, join(folder, "moved.db"));
    from = join(folder, "moved.db");
    const grown = new Database(from);
    grown.exec(`INSERT INTO tasks VALUES ('task-new', 'new', 'g', NULL, 'candidate', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z');
      INSERT INTO events (created_at, actor, task_id, type, payload_json) VALUES ('2026-02-01T00:00:00Z', 'workerctl', 'task-new', 'task_created', '{}');`);
    grown.close();
    const report = await importIt();
    expect(found(report, "tasks")).toMatchObject({ found: 2, imported: 1, already_here: 1 });
    expect(found(report, "events")).toMatchObject({ found: 4, imported: 1, already_here: 3 });
    expect(found(report, "routed_notifications")).toMatchObject({ imported: 0, already_here: 1 });
    expect(rows("SELECT task_id FROM events ORDER BY seq DESC LIMIT 1")).toEqual([{ task_id: "task-new" }]);
  });

  it("leaves out what breaks a rule, with the reason, and what would refer to it", async () => {
    earlier((ledger) => {
      ledger.db.pragma("foreign_keys = OFF");
      ledger.db.pragma("ignore_check_constraints = ON");
      ledger.task("task-ok");
      ledger.task("task-bad", { state: "dreaming" });
      ledger.add("runs", {
        id: "run-bad",
        task_id: "task-bad",
        name: "r",
        status: "active",
        started_at: "2026-01-02T08:00:00Z",
        metadata_json: "{}",
      });
      ledger.event("about_it", { task_id: "task-bad" });
      ledger.telemetry("telemetry-bad", { attributes_json: "{not json" });
    });
    const report = await importIt();
    expect(report.skipped).toEqual([
      { table: "tasks", id: "task-bad", reason: expect.stringContaining("tasks_state_check") },
      { table: "runs", id: "run-bad", reason: "task_id refers to tasks task-bad, which is not here" },
      { table: "telemetry_events", id: "telemetry-bad", reason: expect.stringContaining("attributes_json") },
    ]);
    expect(rows("SELECT type, task_id FROM events")).toEqual([{ type: "about_it", task_id: null }]);
    expect(report.warnings).toContain("detached_references:1");
  });

  it("keeps rows with a time nobody can read, and says so", async () => {
    earlier((ledger) => ledger.task("task-1", { created_at: "long ago", updated_at: "2026-01-02T08:00:00Z" }));
    const report = await importIt();
    expect(report.warnings).toContain("unreadable_times:1");
    expect(rows("SELECT created_at FROM tasks")).toEqual([{ created_at: "long ago" }]);
  });

  it("recognises a worker that an import of its folder brought under another id", async () => {
    await store.fast((tx) => {
      store.handle
        .prepare(
          "INSERT INTO workers (id, seq, updated_seq, name, tmux_session, identity_token, cwd, state, created_at, updated_at) VALUES ('worker-here', ?, ?, 'old', 'codex-old', 'workerctl-old', '', 'stopped', ?, ?)",
        )
        .run(tx.seq(), 1, NOW, NOW);
    });
    earlier(fillWithWork);
    expect(found(await importIt(), "workers")).toMatchObject({ imported: 0, already_here: 1 });
    expect(rows("SELECT worker_id FROM statuses")).toEqual([{ worker_id: "worker-here" }]);
  });

  it("reads version 22, without the tables and columns that came later", async () => {
    const without = [
      "campaigns",
      "campaign_worker_slots",
      "campaign_assignments",
      "campaign_channel_briefs",
      "campaign_asset_receipts",
      "notification_acknowledgements",
      "setup_bundles",
      "manager_configs.recipe_name",
      "sessions.codex_app_thread_id",
      "sessions.codex_app_thread_title",
    ];
    earlier(
      (ledger) => {
        ledger.task("task-1");
        ledger.session("session-1");
      },
      { version: 22, without },
    );
    const report = await importIt();
    expect(report.skipped).toEqual([]);
    expect(report.tables.map(({ table }) => table)).not.toContain("campaigns");
    expect(rows("SELECT codex_app_thread_id FROM sessions")).toEqual([{ codex_app_thread_id: null }]);
  });

  it("names tables that no ledger has", async () => {
    earlier((ledger) => ledger.db.exec("CREATE TABLE hobby (id INTEGER)"));
    expect((await importIt()).not_imported_tables).toEqual(["hobby"]);
  });

  it("is all or nothing", async () => {
    earlier(fillWithWork);
    const snapshot = openEarlierSnapshot(from);
    const failing = store.fast((tx) =>
      importEarlier(tx, snapshot, {
        observe: () => {
          throw new Error("power cut");
        },
      }),
    );
    await expect(failing).rejects.toThrow("power cut");
    snapshot.close();
    expect(
      rows(
        "SELECT (SELECT count(*) FROM tasks) AS tasks, (SELECT count(*) FROM data_migrations) AS marks, value FROM ledger_sequence",
      ),
    ).toEqual([{ tasks: 0, marks: 0, value: 0 }]);
  });
});

describe("a file that cannot be imported", () => {
  it("is refused when there is none, and when it is no database", () => {
    expect(refusal(() => openEarlierSnapshot(from)).code).toBe("ledger_missing");
    writeFileSync(from, "not a database, but long enough to look like a file of one ".repeat(40));
    expect(refusal(() => openEarlierSnapshot(from)).code).toBe("ledger_invalid");
    writeFileSync(from, "");
    expect(refusal(() => openEarlierSnapshot(from)).code).toBe("ledger_invalid");
  });

  it("is refused when its schema is too old, or when it is one of ours", () => {
    earlier(() => {}, { version: 21 });
    expect(refusal(() => openEarlierSnapshot(from))).toMatchObject({
      code: "ledger_unsupported",
      details: { user_version: 21 },
    });
    expect(refusal(() => openEarlierSnapshot(store.path)).message).toContain("already a Conveyor ledger");
  });

  it("is refused when it is damaged", () => {
    earlier((ledger) => {
      for (let count = 0; count < 300; count += 1) ledger.task(`task-${count}`, { goal: "x".repeat(500) });
    });
    const bytes = readFileSync(from);
    bytes.fill(0xff, bytes.length - 60_000, bytes.length - 20_000);
    writeFileSync(from, bytes);
    expect(refusal(() => openEarlierSnapshot(from)).code).toBe("ledger_invalid");
  });
});
