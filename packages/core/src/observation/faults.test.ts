import { spawn } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/bind.ts";
import { createWorld, type SessionOptions, type World, type WorldOptions } from "../testing/world.ts";
import { cycle } from "./cycle.ts";
import { ingest } from "./ingest.ts";
import { nudge } from "./nudge.ts";
import { tail } from "./tail.ts";

const record = (type: string, more: object = {}) => ({
  timestamp: new Date().toISOString(),
  type: "event_msg",
  payload: { type, turn_id: "t1", ...more },
});
const line = (content: object) => `${JSON.stringify(content)}\n`;

let world: World;

async function freshWorld(options: WorldOptions) {
  await world.close();
  world = createWorld(options);
}

beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const read = (session: string) => ingest(world.ctx, { session });
const observe = (task: string) => cycle(world.ctx, { task, busy_wait_seconds: 90 });

/** A worker on a rollout with one running turn, bound to a manager. */
async function busyPair(worker: SessionOptions = {}) {
  const path = world.rollout({ records: [record("task_started")] });
  return { path, ...(await world.pair({ worker: { codex_session: path, ...worker } })) };
}

function type(session: string, text: string) {
  return nudge(world.ctx, { session, text, dry_run: false, force: false, no_submit: false });
}

const failedCycles = () => world.store.read((tx) => tx.db.manager_cycles.findMany({ where: { state: "failed" } }));

describe("a worker's process", () => {
  it("that died between two cycles is not alive, and its turn is lost at once", async () => {
    const child = spawn("sleep", ["600"]);
    const { task } = await busyPair({ pid: child.pid });
    expect(await observe(task.name)).toMatchObject({ worker_alive: true, turn: { outcome: "running" } });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    const lost = await observe(task.name);
    expect(lost).toMatchObject({
      state: "idle",
      worker_alive: false,
      writer_alive: false,
      task_completed: false,
      turn: { outcome: "lost" },
    });
    expect((await world.telemetryEvent("manager_cycle_succeeded"))?.attributes).toMatchObject({ worker_alive: false });
  });

  it("that died while another one still writes its rollout has not lost its turn", async () => {
    const child = spawn("sleep", ["600"]);
    const { task, path } = await busyPair({ pid: child.pid });
    const server = openSync(path, "a");
    try {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      expect(await observe(task.name)).toMatchObject({
        worker_alive: false,
        writer_alive: true,
        turn: { outcome: "running" },
      });
    } finally {
      closeSync(server);
    }
  });

  it("that nobody knows has lost its turn once the rollout stands still for a minute", async () => {
    const { task, path } = await busyPair();
    expect(await observe(task.name)).toMatchObject({ writer_alive: false, turn: { outcome: "running" } });
    const a_while_ago = new Date(Date.now() - 61_000);
    utimesSync(path, a_while_ago, a_while_ago);
    expect(await observe(task.name)).toMatchObject({ turn: { outcome: "lost" } });
  });

  it("whose pid another process has now is not alive", async () => {
    const child = spawn("sleep", ["600"]);
    try {
      const { task, worker } = await busyPair({ pid: child.pid });
      await world.store.write((tx) =>
        tx.db.sessions.update({
          where: { id: worker.session_id },
          data: { pid_started_at: new Date(Date.now() - 3_600_000).toISOString() },
        }),
      );
      expect(await observe(task.name)).toMatchObject({ worker_alive: false });
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("a terminal", () => {
  it("whose server goes away degrades the cycle and does not fail it", async () => {
    await world.tmux("gone-server", ["cat"]);
    const { task } = await busyPair({ tmux_session: "gone-server" });
    expect((await observe(task.name)).pane_signal).toMatchObject({ captured: true, degraded: false });
    await world.host.tmux.kill("gone-server");
    const after = await observe(task.name);
    expect(after).toMatchObject({
      state: "busy",
      notable_pane_pattern: "tmux_session_missing",
      pane_signal: { captured: false, degraded: true, error_code: expect.stringMatching(/^tmux_/) },
    });
    const spans = await world.store.read((tx) =>
      tx.db.manager_cycle_spans.findMany({ where: { manager_cycle_id: after.cycle_id, phase: "capture_pane_signal" } }),
    );
    expect(spans.map(({ state }) => state)).toEqual(["degraded"]);
  });

  it("that closes while something is typed is an error that says what has begun, and is on record", async () => {
    // Another session keeps the server alive, so that what is missing is the pane.
    await world.tmux("keeps-server", ["cat"]);
    await world.tmux("closing", [
      "sh",
      "-c",
      "stty raw -echo; printf '› \r\n\r\n  ? for shortcuts'; head -c 1 > /dev/null",
    ]);
    await expect
      .poll(() => world.host.tmux.capture({ session: "closing" }, 5), { timeout: 10_000 })
      .toContain("shortcuts");
    const worker = await world.worker({ tmux_session: "closing" });
    await expect(type(worker.name, "you will not read this")).rejects.toMatchObject({
      code: expect.stringMatching(/^tmux_(pane|session)_missing$/),
      hint: expect.any(String),
    });
    expect(await world.telemetryTypes()).toEqual(
      expect.arrayContaining(["session_nudge_started", "session_nudge_failed"]),
    );
    const audited = await world.auditEvent("session_nudged");
    expect(audited?.payload).toMatchObject({ success: false, error_type: expect.stringMatching(/^tmux_/) });
    expect(JSON.stringify(audited)).not.toContain("you will not read this");
  });

  it("cannot be looked at without tmux on the PATH, which the cycle says", async () => {
    await freshWorld({ env: { ...process.env, PATH: join(world.root, "nothing-here") } });
    const { task, worker } = await busyPair();
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { id: worker.session_id }, data: { tmux_session: "w", tmux_pane_id: "%1" } }),
    );
    expect((await observe(task.name)).pane_signal).toMatchObject({
      degraded: true,
      notable_pattern: "pane_signal_error",
      error_code: "tool_missing",
    });
    await expect(type(worker.name, "hello")).rejects.toMatchObject({ code: "tool_missing", hint: expect.any(String) });
    expect((await world.auditEvent("session_nudged"))?.payload).toMatchObject({
      success: false,
      error_type: "tool_missing",
    });
  });
});

function replaceByFolder(path: string) {
  unlinkSync(path);
  mkdirSync(path);
}

describe("a rollout", () => {
  it.each([
    ["is gone", (path: string) => unlinkSync(path), "rollout_missing"],
    ["became shorter", (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 40)), "rollout_truncated"],
    ["is a folder now", replaceByFolder, "rollout_unreadable"],
  ])("that %s fails the cycle with the phase, the code and the way out", async (_what, damage, code) => {
    const { task, path, worker } = await busyPair();
    await read(worker.name);
    damage(path);
    await expect(observe(task.name)).rejects.toMatchObject({ code, hint: expect.any(String) });
    const [failed] = await failedCycles();
    expect(JSON.parse(failed?.status_json ?? "{}")).toMatchObject({
      failure_phase: "ingest_rollout",
      error_type: "IngestError",
    });
    expect((await world.telemetryEvent("manager_cycle_failed"))?.attributes).toMatchObject({
      failure_phase: "ingest_rollout",
    });
  });

  it("that was rotated away and begun anew under its name is read from its beginning", async () => {
    const { path, worker } = await busyPair();
    await read(worker.name);
    const [meta = ""] = readFileSync(path, "utf8").split("\n");
    unlinkSync(path);
    const later = new Date(Date.now() + 1000).toISOString();
    writeFileSync(path, `${meta}\n${line({ ...record("task_complete"), timestamp: later })}`);
    const report = await read(worker.name);
    expect(report.file_events).toEqual([{ kind: "replaced", from: path, to: path }]);
    expect(report.new_events).toBe(1);
  });

  it("that grows while it is read loses and repeats nothing", async () => {
    const { path, worker } = await busyPair();
    let written = 2;
    let total = 0;
    for (let round = 0; round < 20; round += 1) {
      const text = line(record("agent_message", { message: `${round}` })).repeat(50);
      const cut = Math.floor(text.length / 3) + round;
      appendFileSync(path, text.slice(0, cut));
      const reading = read(worker.name);
      appendFileSync(path, text.slice(cut));
      written += 50;
      total += (await reading).new_events;
    }
    total += (await read(worker.name)).new_events;
    expect(total).toBe(written);
    expect((await read(worker.name)).new_offset).toBe(statSync(path).size);
  });

  it("with a line of 10 MB keeps its ends only, and goes on behind it", async () => {
    const { path, worker } = await busyPair();
    appendFileSync(
      path,
      line(record("agent_message", { message: "x".repeat(10 * 1024 * 1024) })) + line(record("task_complete")),
    );
    expect(await read(worker.name)).toMatchObject({ new_events: 4, skipped_lines: 0, partial_bytes: 0 });
    const [large] = await world.store.read((tx) =>
      tx.db.codex_events.findMany({ where: { subtype: "agent_message" } }),
    );
    expect(large?.payload_bytes).toBeGreaterThan(10 * 1024 * 1024);
    expect(large?.payload_truncated).toBeTruthy();
    expect(large?.payload_json.length).toBeLessThan(64 * 1024);
  });

  it("with bytes that are no UTF-8 skips that line once and says so", async () => {
    const { path, worker } = await busyPair();
    const good = line(record("task_complete"));
    const bad = Buffer.from(line(record("agent_message", { message: "?" })));
    bad[bad.indexOf("?")] = 0xff;
    appendFileSync(path, Buffer.concat([bad, Buffer.from(good)]));
    expect(await read(worker.name)).toMatchObject({ new_events: 3, skipped_lines: 1 });
    expect(await read(worker.name)).toMatchObject({ new_events: 0, skipped_lines: 0 });
    const telemetry = await world.store.read((tx) =>
      tx.db.telemetry_events.findMany({ where: { event_type: "codex_events_ingested", severity: "warning" } }),
    );
    expect(telemetry).toHaveLength(1);
  });
});

describe("a home without .codex", () => {
  it("lets a rollout that lies elsewhere be read, and looks for no other thread", async () => {
    const path = join(world.root, "rollout-anywhere.jsonl");
    writeFileSync(
      path,
      line({ timestamp: new Date().toISOString(), type: "session_meta", payload: { id: "thread-1", cwd: world.cwd } }),
    );
    const { name } = await world.worker({ codex_session: path });
    expect(await read(name)).toMatchObject({ new_events: 1, thread_switch: null });
    expect(await read(name)).toMatchObject({ new_events: 0, thread_switch: null });
  });
});

describe("two managers", () => {
  it("that bind one worker at the same moment: one gets it, the other is told who has it", async () => {
    const worker = await world.worker();
    const tries = await Promise.all(
      [1, 2].map(async () => ({ task: await world.task(), manager: await world.manager(), ctx: world.otherCtx() })),
    );
    try {
      const results = await Promise.allSettled(
        tries.map(({ ctx, task, manager }) => bind(ctx, { task: task.id, worker: worker.name, manager: manager.name })),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const refused = results.find((result) => result.status === "rejected");
      expect(refused?.reason).toMatchObject({
        code: "conflict",
        message: expect.stringContaining(worker.name),
        hint: expect.stringContaining("unbind"),
      });
      expect((await world.auditTypes()).filter((event) => event === "binding_created")).toHaveLength(1);
    } finally {
      await Promise.all(tries.map(({ ctx }) => ctx.store.close()));
    }
  });
});

describe("names", () => {
  it.each([["two words"], [`it's "quoted"`], ["a;touch pwned"], ["$(touch pwned)"], ["`touch pwned`"], ["-rf"]])(
    "%j is only a name to everything that observes",
    async (name) => {
      await world.worker({ name });
      expect(await read(name)).toMatchObject({ session: name, new_events: 1 });
      expect(await tail(world.ctx, { session: name, limit: 5, include_content: false })).toHaveLength(1);
      await expect(type(name, "hello")).rejects.toMatchObject({ code: "precondition_failed" });
    },
  );
});
