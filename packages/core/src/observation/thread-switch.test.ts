import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/index.ts";
import { openObserved } from "../shared/observed.ts";
import { createWorld, type World } from "../testing/world.ts";
import { cycle } from "./cycle.ts";
import { ingest } from "./ingest-session.ts";

const HOUR_MS = 60 * 60 * 1000;
const EARLIER = new Date(Date.now() - HOUR_MS).toISOString();

const turn = (turn_id: string, type: string, timestamp = EARLIER) => ({
  timestamp,
  type: "event_msg",
  payload: { type, turn_id },
});

let world: World;

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** A worker whose thread fell silent a while ago and was read to its end. */
async function silentWorker(options: { pid?: number } = {}) {
  const path = world.rollout({
    timestamp: EARLIER,
    records: [turn("t1", "task_started"), turn("t1", "task_complete")],
  });
  const { name, session_id } = await world.worker({ codex_session: path, ...options });
  await ingest(world.ctx, { session: name });
  return { name, session_id, path };
}

/** The file that Codex makes for a thread after /clear. */
function cleared(meta: object = {}, timestamp = new Date().toISOString()) {
  const thread_id = randomUUID();
  const path = world.rollout({
    thread_id,
    timestamp,
    records: [turn("t2", "task_started", timestamp)],
    meta: { thread_source: "user", ...meta },
  });
  return { thread_id, path, started_at: timestamp };
}

const sessionRow = (id: string) => world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { id } }));

/** A process that holds files open until it is ended. */
async function holding(...paths: string[]) {
  const opens = paths.map((path, index) => `exec ${index + 3}<'${path}'`).join("; ");
  const child = spawn("sh", ["-c", `${opens}; echo ready; exec sleep 600`], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child;
}

describe("a thread switch", () => {
  it("is reported by ingest and by cycle once the old thread stands still", async () => {
    const worker = await silentWorker();
    const manager = await world.manager();
    const task = await world.task();
    await bind(world.ctx, { task: task.id, worker: worker.name, manager: manager.name });
    expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toBeNull();
    const next = cleared();
    expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toEqual(next);
    const observed = await cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    expect(observed.ingest.thread_switch).toEqual(next);
    expect((await sessionRow(worker.session_id)).codex_session_path).toBe(worker.path);
  });

  it("is followed only when asked, keeps what was read, and is recorded", async () => {
    const worker = await silentWorker();
    const next = cleared();
    const report = await ingest(world.ctx, { session: worker.name, follow_thread: true });
    expect(report).toMatchObject({
      new_events: 2,
      thread_switch: null,
      file_events: [{ kind: "superseded", from: worker.path, to: next.path }],
    });
    const row = await sessionRow(worker.session_id);
    expect(row).toMatchObject({ codex_session_id: next.thread_id, codex_session_path: next.path });
    expect(openObserved(row.observation_json, next.thread_id).turns).toMatchObject({ turns_started: 1 });
    expect(await world.store.read((tx) => tx.db.codex_events.count())).toBe(5);
    const files = await world.store.read((tx) => tx.db.rollout_files.findMany({ orderBy: { seq: "asc" } }));
    expect(files.map(({ path, state }) => [path, state])).toEqual([
      [worker.path, "superseded"],
      [next.path, "active"],
    ]);
    const facts = { from_path: worker.path, path: next.path, thread_id: next.thread_id };
    expect((await world.auditEvent("session_thread_followed"))?.payload).toMatchObject(facts);
    expect((await world.telemetryEvent("session_thread_followed"))?.attributes).toMatchObject(facts);
  });

  it("changes nothing when it is to be followed and there is none", async () => {
    const worker = await silentWorker();
    const report = await ingest(world.ctx, { session: worker.name, follow_thread: true });
    expect(report).toMatchObject({ new_events: 0, thread_switch: null, file_events: [] });
    expect(await world.auditTypes()).not.toContain("session_thread_followed");
  });

  it.each([
    ["a sub-agent began", { thread_source: "subagent" }, undefined],
    ["works in another folder", { cwd: "/somewhere/else" }, undefined],
    ["began before the last record of the session's own", {}, new Date(Date.now() - 2 * HOUR_MS).toISOString()],
  ])("is not a thread that %s", async (_what, meta, timestamp) => {
    const worker = await silentWorker();
    cleared(meta, timestamp);
    expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toBeNull();
  });

  it("is not the thread of another session", async () => {
    const worker = await silentWorker();
    const next = cleared();
    await world.manager({ codex_session: next.path });
    expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toBeNull();
  });

  it("is not one that a process writes which has nothing to do with the session", async () => {
    const next = cleared();
    const own = await holding("/dev/null");
    const other = await holding(next.path);
    try {
      const worker = await silentWorker({ pid: own.pid });
      expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toBeNull();
      other.kill("SIGKILL");
      await expect.poll(() => world.host.processes.holdersOf(next.path), { timeout: 10_000 }).toEqual([]);
      expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toEqual(next);
    } finally {
      own.kill("SIGKILL");
      other.kill("SIGKILL");
    }
  });

  it("is one that the server writes which holds the old thread too", async () => {
    const own = await holding("/dev/null");
    const worker = await silentWorker({ pid: own.pid });
    const next = cleared();
    const server = await holding(worker.path, next.path);
    try {
      expect((await ingest(world.ctx, { session: worker.name })).thread_switch).toEqual(next);
    } finally {
      own.kill("SIGKILL");
      server.kill("SIGKILL");
    }
  });
});
