import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { openHandle } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { run as runDispatch } from "../dispatch/run.ts";
import { list as listTasks } from "../tasks/list.ts";
import { announceServer } from "../testing/announce-server.ts";
import { createWorld, type World } from "../testing/world.ts";
import { backup as backUpLedger } from "./backup.ts";
import { dbDoctor } from "./db-doctor.ts";
import { dbStats } from "./db-stats.ts";
import { restore as restoreLedger } from "./restore.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const backup = (input: Record<string, unknown> = {}) =>
  backUpLedger(world.ctx, operations.system.backup.input.parse(input));
const restore = (input: Record<string, unknown>) =>
  restoreLedger(world.ctx, operations.system.restore.input.parse(input));
const names = async () => (await listTasks(world.ctx, operations.tasks.list.input.parse({}))).map(({ name }) => name);

describe("backup", () => {
  it("is a whole ledger that only its owner can read, and is recorded", async () => {
    await world.task({ name: "kept" });
    const made = await backup();
    expect(made.path).toMatch(/backups\/workerctl-\d{8}T\d{9}Z\.db$/);
    expect(statSync(made.path)).toMatchObject({ size: made.bytes });
    expect(statSync(made.path).mode & 0o777).toBe(0o600);
    expect(await world.auditTypes()).toContain("ledger_backed_up");
    await expect(backup({ to: made.path })).rejects.toMatchObject({ code: "invalid_input" });
    expect((await backup({ to: made.path, force: true })).path).toBe(made.path);
    const itself = backup({ to: world.ctx.settings.ledger_path, force: true });
    await expect(itself).rejects.toMatchObject({ code: "invalid_input", message: expect.stringContaining("itself") });
  });
});

describe("restore", () => {
  it("puts the ledger back as one change that others see, and keeps what stood there", async () => {
    await world.pair({ task: "kept" });
    await enqueueNudgeWorker(world.ctx, { task: "kept", message: "go on", max_attempts: 3 });
    const { path, sha256 } = await backup();
    await world.task({ name: "lost" });
    await expect(restore({ file: path })).rejects.toMatchObject({
      code: "confirmation_required",
      message: expect.stringContaining("1 messages"),
    });
    expect(await names()).toEqual(["kept", "lost"]);
    const version = world.store.changes.version;
    const answer = await restore({ file: path, yes: true });
    expect(answer).toMatchObject({ restored_from: path, sha256, migrated: false, pending_messages: 1 });
    expect(await names()).toEqual(["kept"]);
    expect(await world.store.changes.wait(version, { timeout_ms: 5000 })).toBe("changed");
    expect(await world.auditTypes()).toContain("ledger_restored");
    await world.task({ name: "afterwards" });
    const { replaced } = await restore({ file: answer.replaced, yes: true });
    expect(await names()).toEqual(["kept", "lost"]);
    expect(existsSync(replaced ?? "")).toBe(true);
  });

  it("refuses what is no whole ledger, and a ledger that a server works on", async () => {
    await world.task();
    const { path } = await backup();
    const broken = join(world.root, "broken.db");
    writeFileSync(broken, "no database at all, but long enough to be looked at".repeat(100));
    await expect(restore({ file: broken, yes: true })).rejects.toMatchObject({ code: "ledger_invalid" });
    writeFileSync(broken, readFileSync(path).fill(7, 3 * 8192, 6 * 8192));
    await expect(restore({ file: broken, yes: true })).rejects.toMatchObject({ code: "ledger_invalid" });
    const newer = openHandle(path, { create: false, accept: "any_schema" });
    newer.pragma("user_version = 999999");
    newer.close();
    await expect(restore({ file: path, yes: true })).rejects.toMatchObject({ code: "ledger_unsupported" });
    await expect(restore({ file: join(world.root, "nothing"), yes: true })).rejects.toMatchObject({
      code: "ledger_missing",
    });
    const again = await backup();
    announceServer(world.ctx.settings.ledger_path, { pid: process.pid });
    await expect(restore({ file: again.path, yes: true })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("db-doctor --repair", () => {
  it("releases the claims of dispatchers that died", async () => {
    await world.pair({ task: "auth" });
    await enqueueNudgeWorker(world.ctx, { task: "auth", message: "go on", max_attempts: 3 });
    await world.store.write(async (tx) => {
      const long_ago = "2020-01-01T00:00:00.000Z";
      const claim = { state: "attempted", claimed_by: "dead", claimed_at: long_ago, claim_expires_at: long_ago };
      await tx.db.commands.updateMany({ data: claim });
    });
    await dbDoctor(world.ctx, operations.system.dbDoctor.input.parse({ repair: true }));
    expect((await world.auditEvent("database_repaired"))?.payload).toMatchObject({ claims_released: 1 });
    const once = { limit: 10, dispatcher_id: "d", lease_seconds: 60, dry_run: false, no_ingest: true };
    expect((await runDispatch(world.ctx, once)).processed).toMatchObject([{ state: "pull_required" }]);
  });

  it("tells what the retention policy would drop", async () => {
    const file = join(world.ctx.settings.state_root, "retention.json");
    const check = async () => {
      const { checks } = await dbDoctor(world.ctx, operations.system.dbDoctor.input.parse({}));
      return checks.find(({ name }) => name === "retention_policy");
    };
    expect(await check()).toBeUndefined();
    writeFileSync(file, '{"kinds":{"telemetry":{"keep_latest":0}}}');
    await world.task();
    expect(await check()).toMatchObject({
      ok: false,
      would_prune_count: 1,
      remedy: expect.stringContaining("conveyor prune --policy"),
    });
    writeFileSync(file, '{"kinds":{"telemetry":{"keep_days":-1}}}');
    expect(await check()).toMatchObject({ ok: false, reason: expect.stringContaining("keep_days") });
  });
});

describe("db-stats", () => {
  it("says what each table takes, the largest first", async () => {
    await world.task();
    const { tables, database_bytes } = await dbStats(world.ctx);
    expect(tables.find(({ name }) => name === "tasks")).toMatchObject({ rows: 1, bytes: expect.any(Number) });
    const sizes = tables.map(({ bytes }) => bytes ?? 0);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(database_bytes);
  });
});
