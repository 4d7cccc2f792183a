import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallOf, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerWorker } from "../sessions/register.ts";
import { createWorld, type World } from "../testing/world.ts";
import { openManager, open as openTerminal, openWorker } from "./open.ts";
import { stop as stopTerminal } from "./stop.ts";

/** The socket of the tmux server that was recorded at registration. */
const OWN_SERVER: unknown = expect.stringContaining("conveyor-test-");

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const stop = (name: string, message?: string) => stopTerminal(world.ctx, { name, message });

function open(name: string, more: Partial<CallOf<typeof operations.terminals.open>> = {}, w: World = world) {
  return openTerminal(w.ctx, operations.terminals.open.input.parse({ name, ...more }));
}

/** A folder of the folder-based commands, with what they wrote into it. */
function folder(name: string, config: Record<string, string | number>, events: readonly object[] = []) {
  const path = join(world.ctx.settings.state_root, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  writeFileSync(join(path, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return () =>
    readFileSync(join(path, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
}

const sessionState = async (name: string) =>
  (await world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { name } }))).state;

describe("stop", () => {
  it("ends exactly the session's terminal and marks it gone", async () => {
    await world.tmux("foo");
    await world.tmux("foobar");
    const { name } = await world.worker({ tmux_session: "foo" });
    expect(await stop(name)).toMatchObject({
      name,
      kind: "session",
      target: "foo",
      killed: true,
      state: "gone",
      warnings: [],
    });
    expect(await world.host.tmux.sessionExists("foobar")).toBe(true);
    expect(await sessionState(name)).toBe("gone");
    expect(await world.auditEvent("session_stopped")).toMatchObject({
      payload: { session: name, role: "worker", target: "foo", killed_session: true },
    });
    expect(await stop(name)).toMatchObject({ killed: false, state: "gone" });
    expect(await world.host.tmux.sessionExists("foobar")).toBe(true);
  });

  it("types the message first and keeps only its length", async () => {
    await world.composer("w");
    const { name } = await world.worker({ tmux_session: "w" });
    await stop(name, "save your work");
    expect(world.composers.received("w")).toContain("save your work");
    expect(await world.auditEvent("session_stop_message")).toMatchObject({
      payload: { session: name, text_length: 14 },
    });
    const records = await world.store.read(async (tx) => [
      await tx.db.events.findMany(),
      await tx.db.telemetry_events.findMany(),
    ]);
    expect(JSON.stringify(records)).not.toContain("save your work");
  });

  it("is done when the tmux server goes away while the message is read", async () => {
    await world.composer("w", { on_submit: "tmux kill-server" });
    const { name } = await world.worker({ tmux_session: "w" });
    expect(await stop(name, "good bye")).toMatchObject({ killed: false, state: "gone" });
  });

  it("interrupts the turn that runs, and says so when it goes on without the terminal", async () => {
    const record = (payload: object) => ({ timestamp: world.host.clock.iso(), type: "event_msg", payload });
    const running = record({ type: "task_started", turn_id: "t1" });
    const deaf = world.rollout({ records: [running] });
    await world.composer("deaf");
    const { name } = await world.worker({ tmux_session: "deaf", codex_session: deaf });
    expect(await stop(name)).toMatchObject({ killed: true, warnings: ["turn_still_running"] });
    expect(world.composers.received("deaf")).toBe("\u001b");

    const obedient = world.rollout({ records: [running] });
    const end = JSON.stringify(record({ type: "turn_aborted", turn_id: "t1", reason: "interrupted" }));
    await world.tmux("obedient", [
      "sh",
      "-c",
      `stty raw; head -c 1 >/dev/null; echo '${end}' >> '${obedient}'; sleep 600`,
    ]);
    const other = await world.worker({ tmux_session: "obedient", codex_session: obedient });
    expect(await stop(other.name)).toMatchObject({ killed: true, warnings: [] });
  });

  it("points to the task that is still bound, and leaves the binding alone", async () => {
    await world.tmux("w");
    const { task, worker, binding_id } = await world.pair({ worker: { tmux_session: "w" } });
    const stopped = await stop(worker.name);
    expect(stopped).toMatchObject({ bound_task: task.name, warnings: ["session_still_bound"] });
    expect(stopped.follow_up_command).toContain(`finish-task '${task.name}' --stop-worker`);
    const binding = await world.store.read((tx) => tx.db.bindings.findUniqueOrThrow({ where: { id: binding_id } }));
    expect(binding.state).toBe("active");
  });

  it("refuses a session without terminal, a foreign terminal, and a name that nobody has", async () => {
    const { name } = await world.worker();
    await expect(stop(name)).rejects.toMatchObject({ code: "precondition_failed", details: { reason: "no_tmux" } });
    await world.tmux("taken");
    const taken = await world.worker({ tmux_session: "taken" });
    await world.tmux("keeper");
    await world.host.tmux.kill("taken");
    await world.tmux("taken");
    await expect(stop(taken.name)).rejects.toMatchObject({
      code: "precondition_failed",
      details: { identity: { mismatches: ["tmux_pane_mismatch"] } },
    });
    expect(await world.host.tmux.sessionExists("taken")).toBe(true);
    await expect(stop("nobody")).rejects.toMatchObject({ code: "not_found" });
    await expect(stop("../../etc")).rejects.toMatchObject({ code: "not_found" });
  });

  it("stops a worker that only has a folder, before a session of the same name", async () => {
    await world.composer("codex-old");
    const events = folder("old", { identity_token: "t", tmux_session: "codex-old" });
    await world.worker({ name: "old" });
    expect(await stop("old", "bye")).toMatchObject({
      kind: "worker",
      target: "codex-old",
      killed: true,
      state: "stopped",
    });
    expect(await sessionState("old")).toBe("active");
    expect(events()).toMatchObject([
      { type: "stop_message", text_length: 3 },
      { type: "stop", killed_session: true },
    ]);
  });
});

describe("open", () => {
  it("shows in a dry run what it would do, on every system, and records nothing", async () => {
    await world.tmux("w");
    const { name } = await world.worker({ tmux_session: "w" });
    const before = await world.auditTypes();
    expect(await open(name, { dry_run: true, terminal: "ghostty" })).toEqual({
      name,
      force: false,
      attach_command: expect.stringMatching(/^tmux -S '\S+conveyor-test-\w+' attach -t '=w'$/),
      command: ["open", "-na", "Ghostty.app", "--args", "-e", "tmux", "-S", OWN_SERVER, "attach", "-t", "=w"],
      dry_run: true,
      terminal: "ghostty",
      tmux_session: "w",
    });
    expect(await world.auditTypes()).toEqual(before);
  });

  it("opens the configured terminal once, and again only by force or after a new registration", async () => {
    const asked = join(world.root, "asked.txt");
    const script = join(world.root, "terminal.sh");
    writeFileSync(script, `#!/bin/sh\necho "$@" >> '${asked}'\n`, { mode: 0o755 });
    const configured = createWorld({ env: { ...process.env, CONVEYOR_TERMINAL: `${script} --window` } });
    try {
      await configured.tmux("w");
      const { name, codex_session_path } = await configured.worker({ tmux_session: "w" });
      expect(await open(name, {}, configured)).toMatchObject({ terminal: "terminal.sh", dry_run: false });
      expect(readFileSync(asked, "utf8")).toMatch(/^--window tmux -S \S+conveyor-test-\w+ attach -t =w\n$/);
      expect((await configured.auditTypes()).slice(-2)).toEqual(["terminal_open_attempted", "terminal_opened"]);
      await expect(open(name, {}, configured)).rejects.toMatchObject({
        code: "conflict",
        hint: expect.stringContaining("--force"),
      });
      await expect(open(name, { force: true }, configured)).resolves.toMatchObject({ force: true });
      await registerWorker(configured.ctx, { name, codex_session: codex_session_path as string, tmux_session: "w" });
      await expect(open(name, {}, configured)).resolves.toMatchObject({ name });
    } finally {
      await configured.close();
    }
  });

  it("records the attempt when the terminal program fails", async () => {
    const failing = createWorld({ env: { ...process.env, CONVEYOR_TERMINAL: "false" } });
    try {
      await failing.tmux("w");
      const { name } = await failing.worker({ tmux_session: "w" });
      await expect(open(name, {}, failing)).rejects.toMatchObject({ code: "side_effect_failed" });
      expect((await failing.auditTypes()).at(-1)).toBe("terminal_open_attempted");
    } finally {
      await failing.close();
    }
  });

  it("says how to configure a terminal where none is known", async () => {
    // macOS always has one.
    if (process.platform === "darwin") return;
    const { CONVEYOR_TERMINAL: _none, ...env } = process.env;
    const bare = createWorld({ env });
    try {
      await bare.tmux("w");
      const { name } = await bare.worker({ tmux_session: "w" });
      await expect(open(name, {}, bare)).rejects.toMatchObject({
        code: "unsupported_platform",
        hint: expect.stringContaining("CONVEYOR_TERMINAL"),
      });
      expect(await open(name, { dry_run: true }, bare)).toMatchObject({
        terminal: "none",
        command: ["tmux", "-S", OWN_SERVER, "attach", "-t", "=w"],
      });
    } finally {
      await bare.close();
    }
  });

  it("knows from a worker's event file that a window was opened before", async () => {
    await world.tmux("codex-old");
    const time = "2026-01-01T00:00:00.000Z";
    folder("old", { tmux_session: "codex-old" }, [{ time, type: "open" }]);
    await expect(open("old", { dry_run: true })).rejects.toMatchObject({
      code: "conflict",
      details: { opened_at: time },
    });
    expect(await open("old", { dry_run: true, force: true })).toMatchObject({ tmux_session: "codex-old" });
  });

  it("wants a terminal that runs", async () => {
    const without = await world.worker();
    await expect(open(without.name)).rejects.toMatchObject({ code: "precondition_failed" });
    await world.tmux("w");
    await world.tmux("keeper");
    const { name } = await world.worker({ tmux_session: "w" });
    await world.host.tmux.kill("w");
    await expect(open(name, { dry_run: true })).rejects.toMatchObject({ code: "tmux_session_missing" });
  });
});

describe("open-worker and open-manager", () => {
  it("find the terminal through the task's live binding", async () => {
    await world.tmux("w");
    await world.tmux("m");
    const { task, worker, manager } = await world.pair({
      worker: { tmux_session: "w" },
      manager: { tmux_session: "m" },
    });
    const wish = operations.terminals.openWorker.input.parse({ task: task.name, dry_run: true });
    expect(await openWorker(world.ctx, wish)).toMatchObject({
      task: task.name,
      worker: worker.name,
      tmux_session: "w",
    });
    expect(await openManager(world.ctx, wish)).toMatchObject({
      task: task.name,
      manager: manager.name,
      tmux_session: "m",
    });
  });

  it("refuse a task without binding and a session without tmux", async () => {
    const { task } = await world.pair();
    const wish = (name: string) => operations.terminals.openWorker.input.parse({ task: name, dry_run: true });
    await expect(openManager(world.ctx, wish(task.name))).rejects.toMatchObject({ code: "precondition_failed" });
    const { name } = await world.task();
    await expect(openWorker(world.ctx, wish(name))).rejects.toMatchObject({ code: "not_found" });
  });
});
