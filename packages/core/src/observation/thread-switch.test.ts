import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/bind.ts";
import { openObserved } from "../shared/observed.ts";
import { createWorld, type World } from "../testing/world.ts";
import { cycle } from "./cycle.ts";
import { ingest } from "./ingest.ts";
import { hearTitle } from "./shown-thread.ts";

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
      const report = await ingest(world.ctx, { session: worker.name });
      expect(report).toMatchObject({ thread_switch: next, thread_switch_evidence: "server" });
      // It may as well be that of another session of the server.
      await expect(ingest(world.ctx, { session: worker.name, follow_thread: true })).rejects.toMatchObject({
        code: "conflict",
        hint: expect.stringContaining(`register-worker --name '${worker.name}' --codex-session '${next.path}'`),
      });
      expect((await sessionRow(worker.session_id)).codex_session_path).toBe(worker.path);
    } finally {
      own.kill("SIGKILL");
      server.kill("SIGKILL");
    }
  });
});

/** A pane whose title is this one. */
async function titled(session: string, title: string) {
  await world.tmux(session, ["sh", "-c", `printf '\\033]2;%s\\007ready' '${title}'; exec sleep 600`]);
  await expect.poll(() => world.host.tmux.capture({ session }, 5), { timeout: 10_000 }).toContain("ready");
}

/** The index of a Codex home, in which a thread may be named anew. */
function index(...names: [thread_id: string, thread_name: string][]) {
  const lines = names.map(([id, thread_name]) => `${JSON.stringify({ id, thread_name, updated_at: EARLIER })}\n`);
  writeFileSync(join(world.home, "session_index.jsonl"), lines.join(""));
}

describe("the title of a pane that names its thread", () => {
  it("tells which of two sessions of one server went on in a new thread, and only that one follows it", async () => {
    const stays = await silentWorker();
    const clears = await silentWorker();
    const next = cleared();
    await titled("stays", "fix the parser | project");
    await titled("clears", "⠹ write the docs | project");
    await Promise.all([
      world.worker({ name: stays.name, codex_session: stays.path, tmux_session: "stays" }),
      world.worker({ name: clears.name, codex_session: clears.path, tmux_session: "clears" }),
    ]);
    const threadOf = async (id: string) => (await sessionRow(id)).codex_session_id ?? "";
    index(
      [await threadOf(stays.session_id), "an older name"],
      [await threadOf(stays.session_id), "fix the parser"],
      [await threadOf(clears.session_id), "read the code"],
      [next.thread_id, "write the docs"],
    );
    const server = await holding(stays.path, clears.path, next.path);
    try {
      for (const follow_thread of [false, true]) {
        const report = await ingest(world.ctx, { session: stays.name, follow_thread });
        expect(report).toMatchObject({ thread_switch: null, thread_switch_evidence: null });
      }
      const report = await ingest(world.ctx, { session: clears.name });
      expect(report).toMatchObject({ thread_switch: next, thread_switch_evidence: "title" });
      await ingest(world.ctx, { session: clears.name, follow_thread: true });
      expect((await sessionRow(clears.session_id)).codex_session_id).toBe(next.thread_id);
    } finally {
      server.kill("SIGKILL");
    }
  });

  it("keeps cycle from calling idle and complete what goes on in another thread", async () => {
    const worker = await silentWorker();
    await titled("clears", "⠹ write the docs | project");
    await world.worker({ name: worker.name, codex_session: worker.path, tmux_session: "clears" });
    const manager = await world.manager();
    const task = await world.task();
    await bind(world.ctx, { task: task.id, worker: worker.name, manager: manager.name });
    const own = (await sessionRow(worker.session_id)).codex_session_id ?? "";
    index([own, "read the code"]);
    const look = () => cycle(world.ctx, { task: task.name, busy_wait_seconds: 90 });
    expect(await look()).toMatchObject({ state: "busy", task_completed: false, conflict: "other_thread" });
    index([own, "write the docs"]);
    expect(await look()).toMatchObject({ state: "busy", task_completed: false, conflict: "busy_title" });
    await world.host.tmux.kill("clears");
    await titled("clears", "write the docs | project");
    await world.worker({ name: worker.name, codex_session: worker.path, tmux_session: "clears" });
    expect(await look()).toMatchObject({ state: "idle", task_completed: true, conflict: null });
  });
});

describe("what is made of a title", () => {
  const idle = { state: "idle", task_completed: true } as const;
  it.each([
    [null, null, { ...idle, conflict: null }],
    ["idle", true, { ...idle, conflict: null }],
    ["waiting_on_human", null, { ...idle, conflict: null }],
    ["busy", true, { state: "busy", task_completed: false, conflict: "busy_title" }],
    ["busy", false, { state: "busy", task_completed: false, conflict: "other_thread" }],
    ["idle", false, { state: "unknown", task_completed: false, conflict: "other_thread" }],
  ] as const)("%s, own thread %s, of an idle worker", (meaning, shows_own_thread, expected) => {
    expect(hearTitle(idle, { meaning, shows_own_thread })).toEqual(expected);
  });

  it("that is busy says nothing new of a busy worker", () => {
    const busy = { state: "busy", task_completed: false } as const;
    expect(hearTitle(busy, { meaning: "busy", shows_own_thread: null })).toEqual({ ...busy, conflict: null });
  });
});
