import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { operations } from "@conveyor/contracts";
import { openHandle } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { announceServer } from "../testing/announce-server.ts";
import { createWorld, type World } from "../testing/world.ts";
import { dbDoctor } from "./db-doctor.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const run = (call: Record<string, unknown> = {}, ledger_path = world.ctx.settings.ledger_path) =>
  dbDoctor(
    { ...world.ctx, settings: { ...world.ctx.settings, ledger_path } },
    operations.system.dbDoctor.input.parse(call),
  );

/** Change the ledger behind Conveyor's back. */
function tamper(sql: string): void {
  const handle = openHandle(world.ctx.settings.ledger_path, { create: false, accept: "any_schema" });
  handle.exec(sql);
  handle.close();
}

describe("db-doctor", () => {
  it("finds a new ledger sound, in the documented order", async () => {
    const report = await run({ full: true });
    expect(report).toMatchObject({ ok: true, path: world.ctx.settings.ledger_path });
    expect(report.schema_version).toBe(report.user_version);
    expect(report.checks.map(({ name }) => name)).toEqual([
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
      "ledger_host",
      "durability",
    ]);
    expect(report.live_reconcile).toBeUndefined();
  });

  it("says that there is none and makes none", async () => {
    const path = join(world.root, "fresh", "workerctl.db");
    await expect(run({}, path)).rejects.toMatchObject({ code: "ledger_missing" });
    expect(existsSync(join(world.root, "fresh"))).toBe(false);
  });

  it("shows whose ledger it is and whose this host is", async () => {
    const check = async () => (await run()).checks.find(({ name }) => name === "ledger_host");
    const { host_id, hostname, identity } = world.host;
    const here = { ok: true, ledger_host_id: host_id, host_id, hostname, host_id_file: identity.file };
    expect(await check()).toMatchObject({ ...here, reason: null, advisory: true });
    tamper("UPDATE ledger_info SET value = 'another' WHERE key = 'host_id'");
    expect(await check()).toMatchObject({ ok: false, reason: "other_host", ledger_host_id: "another", host_id });
    expect((await run()).ok).toBe(true);
  });

  it("says whether writes wait for the disk here and in the server, and notes where the two differ", async () => {
    const check = async (durable: boolean) => {
      const { checks, ok } = await dbDoctor(
        { ...world.ctx, settings: { ...world.ctx.settings, durable } },
        operations.system.dbDoctor.input.parse({}),
      );
      expect(ok).toBe(true);
      return checks.find(({ name }) => name === "durability");
    };
    const announce = (server: { pid: number; durable: boolean }) =>
      announceServer(world.ctx.settings.ledger_path, server);

    const alone = { ok: true, advisory: true, server_durable: null };
    expect(await check(false)).toMatchObject({ ...alone, durable: false, synchronous: "NORMAL" });
    expect(await check(true)).toMatchObject({ ...alone, durable: true, synchronous: "FULL", remedy: null });
    announce({ pid: process.pid, durable: false });
    expect(await check(true)).toMatchObject({ ...alone, durable: true });
    announce({ pid: process.ppid, durable: true });
    expect(await check(true)).toMatchObject({ ok: true, server_durable: true });
    expect(await check(false)).toMatchObject({
      ok: false,
      durable: false,
      server_durable: true,
      remedy: expect.stringContaining("CONVEYOR_DURABLE=1"),
    });
    announce({ pid: process.ppid, durable: false });
    expect(await check(true)).toMatchObject({ ok: true, durable: true, server_durable: false });
    announce({ pid: 2 ** 22 + 1, durable: true });
    expect(await check(false)).toMatchObject({ ok: true, server_durable: null });
  });

  it("reports a newer ledger and leaves it as it is", async () => {
    await world.store.close();
    tamper("PRAGMA user_version = 900; ALTER TABLE telemetry_events RENAME COLUMN id TO event; DROP TABLE sessions");
    const report = await run({ repair: true, live: true });
    expect(report).toMatchObject({ ok: false, user_version: 900 });
    expect(report.checks.find(({ name }) => name === "user_version")).toMatchObject({ ok: false, value: 900 });
    expect((await run()).user_version).toBe(900);
  });

  it("refuses a file that is no database", async () => {
    const path = join(world.root, "other", "workerctl.db");
    mkdirSync(dirname(path));
    writeFileSync(path, "this is not a database, however long it may be, and will never be one".repeat(20));
    await expect(run({}, path)).rejects.toMatchObject({ code: "ledger_invalid" });
  });

  it("names what is missing of the schema, and --repair makes it", async () => {
    tamper("DROP INDEX runs_task_status; DROP TRIGGER events_no_delete");
    const report = await run();
    expect(report.ok).toBe(false);
    expect(report.checks).toContainEqual({ name: "required_indexes", ok: false, missing: ["runs_task_status"] });
    expect(report.checks).toContainEqual({ name: "required_triggers", ok: false, missing: ["events_no_delete"] });
    expect((await run({ repair: true })).ok).toBe(true);
    expect((await world.auditEvent("database_repaired"))?.payload["objects_created"]).toEqual([
      "runs_task_status",
      "events_no_delete",
    ]);
  });

  it("rebuilds the search index with --repair, and only then", async () => {
    await world.task();
    tamper("DELETE FROM telemetry_events_fts");
    expect((await run()).checks.find(({ name }) => name === "fts_in_sync")).toMatchObject({
      ok: false,
      missing_count: 1,
    });
    expect((await run({ repair: true })).ok).toBe(true);
    const before = await world.auditTypes();
    await run({ repair: true });
    expect(await world.auditTypes()).toEqual(before);
  });
});

describe("db-doctor --live", () => {
  const live = async (call: Record<string, unknown> = {}) => {
    const report = await run({ live: true, ...call });
    return {
      ...report.live_reconcile,
      check: report.checks.find(({ name }) => name === "live_reconcile"),
      whole: report.ok,
    };
  };

  it("is content with a pair whose terminals run", async () => {
    const worker = await world.tmux("codex-w");
    const manager = await world.tmux("codex-m");
    await world.pair({ task: "auth", worker: { tmux_session: "codex-w" }, manager: { tmux_session: "codex-m" } });
    const { results, check, whole } = await live();
    expect(whole).toBe(true);
    expect(check).toMatchObject({ ok: true, task_count: 1, drift_count: 0, unfinished_command_count: 0 });
    expect(results).toMatchObject([
      {
        task: { name: "auth", state: "managed" },
        worker: { live: true, session: "codex-w", recorded_pane_id: worker.pane_id, tmux_pane_id: worker.pane_id },
        manager: { live: true, tmux_pane_id: manager.pane_id, last_seen_age_seconds: expect.any(Number) },
        drift: [],
      },
    ]);
  });

  it("notices a terminal that ended and one that is another pane now", async () => {
    await world.tmux("codex-w");
    await world.tmux("codex-m");
    await world.pair({ task: "auth", worker: { tmux_session: "codex-w" }, manager: { tmux_session: "codex-m" } });
    await world.host.tmux.kill("codex-w");
    await world.host.tmux.kill("codex-m");
    await world.tmux("codex-other");
    await world.tmux("codex-m");
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { name: "auth-manager" }, data: { tmux_pane_id: "%99" } }),
    );
    const { results, whole } = await live();
    expect(whole).toBe(false);
    expect(results?.[0]?.drift).toEqual(["worker_missing", "manager_pane_mismatch"]);
  });

  it("does not know about sessions without terminal and process", async () => {
    await world.pair({ task: "auth" });
    expect((await live()).results).toMatchObject([{ worker: { live: null }, manager: { live: null }, drift: [] }]);
  });

  it("counts commands that nobody finished", async () => {
    const { task } = await world.pair({ task: "auth" });
    await world.store.write((tx) =>
      tx.db.commands.create({
        data: {
          id: "command-1",
          seq: tx.seq(),
          updated_seq: 1,
          idempotency_key: "k",
          created_at: tx.now,
          updated_at: tx.now,
          task_id: task.id,
          type: "nudge_worker",
          state: "pending",
          payload_json: '{"message":"private words"}',
        },
      }),
    );
    const { results, check } = await live();
    expect(check).toMatchObject({ ok: false, unfinished_command_count: 1, drift_count: 1 });
    expect(results?.[0]?.unfinished_commands).toMatchObject([
      { id: "command-1", type: "nudge_worker", state: "pending" },
    ]);
    expect(JSON.stringify(results)).not.toContain("private words");
  });

  it("warns about a manager that was not seen for long, without being less ok", async () => {
    await world.pair({ task: "auth" });
    await world.store.write((tx) =>
      tx.db.sessions.update({
        where: { name: "auth-manager" },
        data: { last_heartbeat_at: "2020-01-01T00:00:00.000Z" },
      }),
    );
    const { manager_liveness_warnings, whole } = await live();
    expect(whole).toBe(true);
    expect(manager_liveness_warnings).toMatchObject([
      { reason: "manager_seen_stale", manager: "auth-manager", task: "auth", stale_seconds: 300 },
    ]);
    expect((await live({ manager_stale_seconds: 2_000_000_000 })).manager_liveness_warnings).toEqual([]);
  });

  it("looks at closed tasks only when asked", async () => {
    const { id } = await world.task({ name: "closed" });
    await world.task({ name: "open" });
    await world.store.write((tx) => tx.db.tasks.update({ where: { id }, data: { state: "done" } }));
    const names = async (call?: Record<string, unknown>) => (await live(call)).results?.map(({ task }) => task.name);
    expect(await names()).toEqual(["open"]);
    expect(await names({ all: true })).toEqual(["closed", "open"]);
  });

  it("prefers the records of the earlier tool and knows when one was never seen", async () => {
    const { id } = await world.task({ name: "auth" });
    await world.store.write((tx) =>
      tx.db.managers.create({
        data: {
          id: "manager-1",
          seq: tx.seq(),
          name: "old-manager",
          task_id: id,
          tmux_session: "codex-old",
          state: "ready",
          codex_args_json: "[]",
          started_at: tx.now,
        },
      }),
    );
    const { results, manager_liveness_warnings } = await live();
    expect(results).toMatchObject([{ manager: { name: "old-manager", live: false }, drift: ["manager_missing"] }]);
    expect(manager_liveness_warnings).toMatchObject([{ reason: "manager_never_seen", age_seconds: null }]);
  });
});
