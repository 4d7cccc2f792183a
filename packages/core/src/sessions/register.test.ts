import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConveyorError, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { deregister as deregisterSession } from "./deregister.ts";
import { list as listSessions } from "./list.ts";
import { registerManager, registerWorker } from "./register.ts";

let world: World;
const children: ChildProcess[] = [];
beforeEach(() => {
  world = createWorld();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await world.close();
});

const register = (call: { name: string } & Record<string, unknown>) =>
  registerWorker(world.ctx, operations.sessions.registerWorker.input.parse(call));

/** A process that lives until the test ends and holds `files` open, in a child of its own when `nested`. */
async function agent(options: { files?: string[]; cwd?: string; nested?: boolean } = {}): Promise<number> {
  const { files = [], cwd = world.cwd, nested = false } = options;
  const hold = `const fs=require("fs");${JSON.stringify(files)}.forEach((f)=>fs.openSync(f,"r"));console.log("ready");setInterval(()=>{},1e6)`;
  const wrap = `const c=require("child_process").spawn(process.execPath,["-e",${JSON.stringify(hold)}],{stdio:["ignore","inherit","ignore"]});process.on("SIGTERM",()=>{c.kill("SIGKILL");process.exit()});setInterval(()=>{},1e6)`;
  const child = spawn(process.execPath, ["-e", nested ? wrap : hold], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  if (child.stdout) await once(child.stdout, "data");
  return child.pid as number;
}

const sessionRow = (name: string) => world.store.read((tx) => tx.db.sessions.findUniqueOrThrow({ where: { name } }));

describe("registering a session by its rollout", () => {
  it("takes thread and folder from the rollout and tells how to poll", async () => {
    const codex_session = world.rollout({ thread_id: "019a0000-0000-7000-8000-000000000001" });
    const registered = await register({ name: "auth worker", codex_session });
    expect(registered).toMatchObject({
      name: "auth worker",
      role: "worker",
      pid: null,
      codex_session_id: "019a0000-0000-7000-8000-000000000001",
      codex_session_path: codex_session,
      cwd: world.cwd,
      tmux_session: null,
      warnings: [],
    });
    expect(registered.communication).toEqual({
      session_kind: "codex_app",
      receive_style: "pull",
      delivery_mode: "pull_required",
      can_receive_push: false,
      can_receive_pull: true,
      requires_polling: true,
      detection_source: "codex_session_without_tmux",
      tmux_session: null,
      poll_command_template: `conveyor worker-inbox <task> --consume-next --wait --timeout 60 --path '${world.ctx.settings.ledger_path}' --json`,
    });
    expect(await sessionRow("auth worker")).toMatchObject({
      liveness: "heartbeat",
      origin: "registered",
      state: "active",
    });
  });

  it("writes one audit event and its mirror", async () => {
    const { session_id } = await register({ name: "w", codex_session: world.rollout(), codex_app_thread_id: "thr-1" });
    expect(await world.auditTypes()).toEqual(["session_registered"]);
    const { payload } = (await world.auditEvent("session_registered")) ?? {};
    expect(payload).toMatchObject({ name: "w", role: "worker", session_id, pid: null, codex_app_thread_id: "thr-1" });
    expect((await world.telemetryEvent("session_registered"))?.attributes).toEqual(payload);
  });

  it("lets a given folder win over that of the rollout", async () => {
    const registered = await register({ name: "w", codex_session: world.rollout(), cwd: "/somewhere" });
    expect(registered.cwd).toBe("/somewhere");
  });

  it("wants a folder when the rollout names none", async () => {
    const codex_session = world.rollout({ meta: { cwd: undefined } });
    await expect(register({ name: "w", codex_session })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("wants a pid or a rollout", async () => {
    await expect(register({ name: "w" })).rejects.toMatchObject({ code: "usage" });
    expect(await world.auditTypes()).toEqual([]);
  });

  it.each([
    ["missing", "not_found", undefined],
    ["empty", "precondition_failed", ""],
    ["not JSON", "precondition_failed", "hello\n"],
    ["not beginning with session_meta", "precondition_failed", '{"type":"event_msg","payload":{}}\n'],
    ["without a payload object", "precondition_failed", '{"type":"session_meta","payload":[]}\n'],
    ["without a thread id", "precondition_failed", '{"type":"session_meta","payload":{"cwd":"/"}}\n'],
  ])("names the rollout that is %s", async (_what, code, text) => {
    const path = join(world.root, "rollout-x.jsonl");
    if (text !== undefined) writeFileSync(path, text);
    const refusal = await register({ name: "w", codex_session: path }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    expect((refusal as ConveyorError).message).toContain(path);
  });

  it("warns when another active session has the same rollout, and names it", async () => {
    const codex_session = world.rollout();
    await register({ name: "first", codex_session });
    const second = await register({ name: "second", codex_session });
    expect(second.warnings).toEqual(["rollout_already_registered"]);
    expect(second.rollout_also_registered_by).toEqual(["first"]);
    await deregisterSession(world.ctx, { session: "first" });
    expect((await register({ name: "third", codex_session })).rollout_also_registered_by).toEqual(["second"]);
  });
});

describe("registering again", () => {
  it("keeps id, token, first registration and app thread, and replaces the rest", async () => {
    const first = await register({
      name: "w",
      codex_session: world.rollout(),
      codex_app_thread_id: "thr-1",
      codex_app_thread_title: "Auth",
    });
    const before = await sessionRow("w");
    const again = await register({ name: "w", codex_session: world.rollout(), codex_app_thread_title: "New" });
    const after = await sessionRow("w");
    expect(again).toMatchObject({
      session_id: first.session_id,
      codex_app_thread_id: "thr-1",
      codex_app_thread_title: "New",
    });
    expect(again.codex_session_path).not.toBe(first.codex_session_path);
    expect(after.identity_token).toBe(before.identity_token);
    expect(after.registered_at).toBe(before.registered_at);
  });

  it("brings a gone session back to life under its id", async () => {
    const first = await register({ name: "w", codex_session: world.rollout() });
    await deregisterSession(world.ctx, { session: "w" });
    const again = await register({ name: "w", codex_session: world.rollout() });
    expect(again.session_id).toBe(first.session_id);
    expect((await sessionRow("w")).state).toBe("active");
  });

  it("refuses a name that belongs to the other role, also of a gone session", async () => {
    await register({ name: "w", codex_session: world.rollout() });
    await deregisterSession(world.ctx, { session: "w" });
    const call = operations.sessions.registerManager.input.parse({ name: "w", codex_session: world.rollout() });
    await expect(registerManager(world.ctx, call)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("worker"),
    });
  });

  it("has the rollout read from the beginning, and leaves a former one", async () => {
    const codex_session = world.rollout();
    const { session_id } = await register({ name: "w", codex_session });
    const file = (path: string, seq: number) => ({
      seq,
      updated_seq: seq,
      session_id,
      path,
      offset: 100,
      size_seen: 100,
      last_line_offset: 50,
      last_line_sha256: "ab",
      history_mode: "legacy",
      state: "active",
      created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-01T00:00:00.000Z",
    });
    await world.store.write(async (tx) => {
      await tx.db.rollout_files.create({ data: file(codex_session, tx.seq()) });
      await tx.db.rollout_files.create({ data: file("/old", tx.seq()) });
      await tx.db.sessions.update({ where: { id: session_id }, data: { last_ingest_offset: 100 } });
    });
    await register({ name: "w", codex_session });
    const files = await world.store.read((tx) => tx.db.rollout_files.findMany({ orderBy: { seq: "asc" } }));
    expect(files).toMatchObject([
      { path: codex_session, state: "active", offset: 100, last_line_sha256: "ab" },
      { path: "/old", state: "superseded", offset: 100 },
    ]);
    expect((await sessionRow("w")).last_ingest_offset).toBeNull();
  });

  it("lets two at once both succeed with one session", async () => {
    const other = world.otherCtx();
    const input = (path: string) => operations.sessions.registerWorker.input.parse({ name: "w", codex_session: path });
    const [a, b] = await Promise.all([
      registerWorker(world.ctx, input(world.rollout())),
      registerWorker(other, input(world.rollout())),
    ]);
    await other.store.close();
    expect(a.session_id).toBe(b.session_id);
  });
});

describe("registering a session by its process", () => {
  it("finds the rollout that a descendant holds open, and keeps the pid that was given", async () => {
    const rollout = world.rollout({ cwd: "/elsewhere" });
    const pid = await agent({ files: [rollout], nested: true });
    const registered = await register({ name: "w", pid });
    expect(registered).toMatchObject({ pid, codex_session_path: rollout, cwd: "/elsewhere", warnings: [] });
    const row = await sessionRow("w");
    expect(row.liveness).toBe("pid");
    expect(row.pid_started_at).toMatch(/^\d{4}-.*Z$/);
    const grandchildren = await world.host.processes.descendants(pid);
    for (const one of grandchildren) process.kill(one, "SIGKILL");
  });

  it("asks which one when several are open, and --cwd answers", async () => {
    const here = world.rollout({ cwd: "/a" });
    const there = world.rollout({ cwd: "/b" });
    const pid = await agent({ files: [here, there] });
    const refusal = await register({ name: "w", pid }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "ambiguous" });
    expect((refusal as ConveyorError).details["candidates"]).toMatchObject([
      { path: here, cwd: "/a" },
      { path: there, cwd: "/b" },
    ]);
    expect((await register({ name: "w", pid, cwd: "/b" })).codex_session_path).toBe(there);
  });

  it("leaves out those that another active session has when it must choose", async () => {
    const mine = world.rollout({ cwd: "/a" });
    const taken = world.rollout({ cwd: "/a" });
    await register({ name: "other", codex_session: taken });
    const pid = await agent({ files: [mine, taken] });
    expect((await register({ name: "w", pid, cwd: "/a" })).codex_session_path).toBe(mine);
  });

  it("does not take the rollout of a sub-agent for the session's", async () => {
    const own = world.rollout();
    const helper = world.rollout({ meta: { thread_source: "subagent" } });
    const pid = await agent({ files: [helper, own] });
    expect((await register({ name: "w", pid })).codex_session_path).toBe(own);
  });

  it("looks in the session folders when a background server holds the files", async () => {
    const mine = world.rollout();
    world.rollout({ cwd: "/another/project" });
    const pid = await agent();
    expect((await register({ name: "w", pid })).codex_session_path).toBe(mine);
  });

  it("asks which one when the folders hold two unclaimed ones of this project", async () => {
    const first = world.rollout();
    world.rollout();
    const pid = await agent();
    await expect(register({ name: "w", pid })).rejects.toMatchObject({ code: "ambiguous" });
    await register({ name: "other", codex_session: first });
    expect((await register({ name: "w", pid })).warnings).toEqual([]);
  });

  describe("that shares Codex's background process with others", () => {
    const said = (text: string) => [{ type: "event_msg", payload: { type: "user_message", message: text } }];
    const WORKER = "You are a worker. Wait for instructions, and then do exactly what you are told.";
    const MANAGER = "You are a manager. Wait for instructions.";
    /** A pane with this title, as Codex writes it. */
    const pane = (session: string, title: string) =>
      world.tmux(session, ["sh", "-c", `cd '${world.cwd}'; printf '\\033]2;%s\\007' '${title}'; exec sleep 300`]);
    const titled = async (session: string) => {
      while (!(await world.host.tmux.title({ session })).includes("project"))
        await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const index = (names: Record<string, string>) => {
      const lines = Object.entries(names).map(([id, thread_name]) => JSON.stringify({ id, thread_name }));
      writeFileSync(join(world.home, "session_index.jsonl"), `${lines.join("\n")}\n`);
    };

    it("is the one that the title of its pane names, by the index or else by the first prompt", async () => {
      const [worker_id, manager_id] = [randomUUID(), randomUUID()];
      const worker = world.rollout({ thread_id: worker_id, records: said(WORKER) });
      const manager = world.rollout({ thread_id: manager_id, records: said(MANAGER) });
      const ada = await pane("ada", "You are a worker. Wait for instructions, and then do ... | project");
      const bob = await pane("bob", "⠋ Supervisor | project");
      await titled("ada");
      await titled("bob");
      index({ [manager_id]: "Supervisor" });
      expect((await register({ name: "w", pid: ada.pid, tmux_session: "ada" })).codex_session_path).toBe(worker);
      await deregisterSession(world.ctx, { session: "w" });
      await deregisterSession(world.ctx, { session: "w" });
      expect((await register({ name: "w2", pid: bob.pid })).codex_session_path).toBe(manager);
    });

    it("is what is left when the title contradicts the others", async () => {
      const mine = world.rollout({ records: said("The same prompt twice") });
      const other = world.rollout({ records: said("Quite another prompt") });
      const pid = (await pane("ada", "The same prompt twice | project")).pid;
      await titled("ada");
      expect((await register({ name: "w", pid })).codex_session_path).toBe(mine);
      expect(other).not.toBe(mine);
    });

    it("asks when titles cannot tell, and shows what each one's user said first, how old it is, and --no-daemon", async () => {
      world.rollout({ records: said(`first\nof   two ${"x".repeat(100)}`) });
      world.rollout({ records: said("The same prompt twice") });
      world.rollout({ records: said("The same prompt twice") });
      const { pid } = await pane("ada", "The same prompt twice | project");
      await titled("ada");
      const twice = await register({ name: "w", pid }).catch((error: unknown) => error as ConveyorError);
      expect(twice).toMatchObject({ code: "ambiguous", message: expect.stringContaining("any of 2 rollouts") });
      const { pid: untitled } = await world.tmux("bob", ["sh", "-c", `cd '${world.cwd}'; exec sleep 300`]);
      await expect.poll(() => readlinkSync(`/proc/${untitled}/cwd`)).toBe(realpathSync(world.cwd));
      const refusal = await register({ name: "w", pid: untitled }).catch((error: unknown) => error as ConveyorError);
      expect(refusal).toMatchObject({ code: "ambiguous", message: expect.stringContaining("any of 3 rollouts") });
      const { hint, details } = refusal as ConveyorError;
      expect(hint).toMatch(/^pass one with --codex-session; .*codex --no-daemon/);
      expect(hint).toMatch(/begun \d+ s ago: its user said first "first of two x+…"/);
      const prompts = (details["candidates"] as { first_prompt: string }[]).map(({ first_prompt }) => first_prompt);
      expect(Math.max(...prompts.map(({ length }) => length))).toBe(60);
    });

    it("is not one of another folder, though its own process holds that too", async () => {
      const mine = world.rollout({ records: said("here") });
      const elsewhere = world.rollout({ cwd: "/another/project", records: said("there") });
      const pid = await agent({ files: [mine, elsewhere], cwd: world.cwd });
      expect((await register({ name: "w", pid })).codex_session_path).toBe(mine);
    });
  });

  it("explains that an agent without input has no rollout yet", async () => {
    const pid = await agent();
    await expect(register({ name: "w", pid })).rejects.toMatchObject({
      code: "not_found",
      hint: expect.stringContaining("first input"),
    });
  });

  it("refuses to search for a process that does not run, but accepts it beside a rollout", async () => {
    const pid = await agent();
    children[0]?.kill("SIGKILL");
    if (children[0]) await once(children[0], "exit");
    await expect(register({ name: "w", pid })).rejects.toMatchObject({ code: "not_found" });
    const registered = await register({ name: "w", pid, codex_session: world.rollout() });
    expect(registered.warnings).toEqual(["pid_not_alive"]);
    expect((await sessionRow("w")).liveness).toBe("none");
  });
});

describe("registering a session in tmux", () => {
  it("stores its pane and makes it reachable by push", async () => {
    const pane = await world.tmux("codex-w");
    const registered = await register({ name: "w", codex_session: world.rollout(), tmux_session: "codex-w" });
    expect(registered.warnings).toEqual([]);
    expect(registered.communication).toMatchObject({
      session_kind: "tmux",
      receive_style: "push",
      requires_polling: false,
    });
    expect(await sessionRow("w")).toMatchObject({ tmux_pane_id: pane.pane_id, liveness: "tmux" });
  });

  it("warns about a session that does not run, also when another one's name begins alike", async () => {
    await world.tmux("codex-w2");
    const registered = await register({ name: "w", codex_session: world.rollout(), tmux_session: "codex-w" });
    expect(registered.warnings).toEqual(["tmux_session_missing"]);
    expect((await sessionRow("w")).tmux_pane_id).toBeNull();
  });
});

describe("listing sessions", () => {
  const list = (call: Record<string, unknown> = {}) =>
    listSessions(world.ctx, operations.sessions.list.input.parse(call));
  const names = async (call?: Record<string, unknown>) => (await list(call)).map(({ name }) => name);

  it("shows active ones in order of registration, others when asked", async () => {
    for (const name of ["c", "a", "b"]) await world.worker({ name });
    await world.manager({ name: "m" });
    await deregisterSession(world.ctx, { session: "a" });
    await world.store.write((tx) => tx.db.sessions.update({ where: { name: "b" }, data: { origin: "legacy" } }));
    expect(await names()).toEqual(["c", "m"]);
    expect(await names({ state: "active", include_legacy: true })).toEqual(["c", "b", "m"]);
    expect(await names({ state: "gone" })).toEqual(["a"]);
    expect(await names({ state: "all" })).toEqual(["c", "a", "b", "m"]);
    expect(await names({ state: "all", role: "manager" })).toEqual(["m"]);
    expect(await names({ name: ["c", "nobody"] })).toEqual(["c"]);
    expect(await names({ name: ["nobody"] })).toEqual([]);
  });

  it("shows the live binding and fills in the poll command", async () => {
    const { task, manager, binding_id } = await world.pair({ task: "it's auth" });
    const [found] = await list({ role: "manager" });
    expect(found?.binding).toEqual({ id: binding_id, task_id: task.id, task_name: "it's auth", state: "active" });
    expect(found?.communication.poll_command).toBe(
      `conveyor manager-inbox 'it'"'"'s auth' --consume-next --wait --timeout 60 --path '${world.ctx.settings.ledger_path}' --json`,
    );
    expect(
      (await register({ name: `${task.name}-worker`, codex_session: world.rollout() })).communication.poll_command,
    ).toContain("worker-inbox");
    expect(manager.communication.poll_command).toBeUndefined();
  });

  it("never shows identity tokens, asked or not", async () => {
    await world.worker();
    for (const redact_identity_token of [false, true]) {
      expect((await list({ redact_identity_token }))[0]?.identity_token).toBe("[REDACTED]");
    }
  });

  it("goes on after a session, a page at a time", async () => {
    for (const name of ["a", "b", "c"]) await world.worker({ name });
    const first = await list({ limit: 2 });
    const rest = await list({ limit: 2, after: first.at(-1)?.id });
    expect([first, rest].map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    await expect(list({ after: "nobody" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("writes nothing", async () => {
    await world.worker();
    const before = await world.auditTypes();
    await list({ state: "all" });
    expect(await world.auditTypes()).toEqual(before);
  });

  it("tells who lives, each by its own sign", async () => {
    const pid = await agent({ files: [world.rollout()] });
    await register({ name: "process", pid });
    await register({ name: "ended", pid: 2 ** 22 + 1, codex_session: world.rollout() });
    await register({ name: "app", codex_session: world.rollout() });
    await register({ name: "late", codex_session: world.rollout() });
    await world.tmux("codex-live");
    await register({ name: "terminal", codex_session: world.rollout(), tmux_session: "codex-live" });
    await register({ name: "closed", codex_session: world.rollout(), tmux_session: "codex-gone" });
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { name: "late" }, data: { last_heartbeat_at: "2020-01-01T00:00:00.000Z" } }),
    );
    const alive = Object.fromEntries((await list()).map((session) => [session.name, session.alive]));
    expect(alive).toEqual({ process: true, ended: null, app: true, late: false, terminal: true, closed: false });
  });

  it("notices that a pid belongs to another process now", async () => {
    const pid = await agent({ files: [world.rollout()] });
    await register({ name: "w", pid });
    await world.store.write((tx) =>
      tx.db.sessions.update({ where: { name: "w" }, data: { pid_started_at: "2020-01-01T00:00:00.000Z" } }),
    );
    expect((await list())[0]?.alive).toBe(false);
  });
});

describe("deregistering", () => {
  const deregister = (session: string) => deregisterSession(world.ctx, { session });
  const commands = () =>
    world.store.read((tx) =>
      tx.db.commands.findMany({ where: { type: "deregister_session" }, orderBy: { seq: "asc" } }),
    );

  it("marks the session gone and records the command", async () => {
    await world.worker({ name: "w" });
    expect(await deregister("w")).toEqual({ name: "w", state: "gone" });
    const [command] = await commands();
    expect(command?.state).toBe("succeeded");
    expect(JSON.parse(command?.result_json ?? "")).toEqual({
      active_binding: null,
      expected_failure: false,
      name: "w",
      role: "worker",
    });
    expect((await world.auditEvent("session_deregistered"))?.command_id).toBe(command?.id);
    expect(await world.telemetryTypes()).toEqual([
      "session_registered",
      "command_created",
      "command_attempted",
      "command_succeeded",
      "session_deregistered",
    ]);
  });

  it("refuses a bound session, says which binding, and records the refusal", async () => {
    const { task, binding_id } = await world.pair({ task: "auth" });
    await expect(deregister("auth-worker")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(binding_id),
      hint: expect.stringContaining("unbind"),
    });
    const [command] = await commands();
    expect(command).toMatchObject({ state: "failed", task_id: task.id });
    const event = await world.auditEvent("session_deregister_failed");
    expect(event).toMatchObject({
      task_id: task.id,
      payload: { name: "auth-worker", active_binding: { id: binding_id, task_id: task.id }, expected_failure: true },
    });
    expect((await sessionRow("auth-worker")).state).toBe("active");
  });

  it("does nothing to a session that is gone already", async () => {
    await world.worker({ name: "w" });
    await deregister("w");
    const before = await world.auditTypes();
    expect(await deregister("w")).toEqual({ name: "w", state: "gone" });
    expect(await world.auditTypes()).toEqual(before);
    expect(await commands()).toHaveLength(1);
  });

  it("accepts an id and a unique prefix of one, and lists the candidates of another", async () => {
    const { session_id } = await world.worker({ name: "w" });
    await world.worker({ name: "x" });
    await expect(deregister("session-")).rejects.toMatchObject({
      code: "ambiguous",
      hint: expect.stringContaining("w ("),
    });
    expect(await deregister(session_id.slice(0, 20))).toMatchObject({ name: "w" });
    await expect(deregister("nobody")).rejects.toMatchObject({ code: "not_found", details: { kind: "session" } });
  });
});
