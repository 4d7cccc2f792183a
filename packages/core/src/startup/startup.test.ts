import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstUserInput } from "../../../host/src/agents/codex/records/first-input.ts";
import { recordManagerConfig } from "../contract/record-config.ts";
import { deregister as deregisterSession } from "../sessions/deregister.ts";
import { registerWorker } from "../sessions/register.ts";
import { Scene } from "./testing/scene.ts";

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.close());

const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
const argvOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
/** tmux answers before its child has become the program: wait until it has. */
const becomes = async (pid: number, word: string) => {
  while (!argvOf(pid).includes(word)) await new Promise((resolve) => setTimeout(resolve, 10));
  return argvOf(pid);
};

describe("start-worker", () => {
  it("starts an agent, finds its rollout and registers it", async () => {
    await scene.installAgent();
    const started = await scene.worker({ name: "ada", task: "do: say hello" });
    expect(started).toMatchObject({ name: "ada", role: "worker", cwd: scene.world.cwd, tmux_session: "codex-ada" });
    expect(started.communication).toMatchObject({ session_kind: "tmux", receive_style: "push" });
    expect(firstUserInput(started.codex_session_path)).toMatch(/^do: say hello\n\n\[conveyor start [0-9a-f-]{36}\]$/);
    const [session] = await scene.sessions();
    expect(session).toMatchObject({
      state: "active",
      origin: "spawned",
      liveness: "tmux",
      pid: started.pid,
      tmux_pane_id: expect.stringMatching(/^%\d+$/),
      codex_session_id: started.codex_session_id,
    });
    expect(await scene.world.auditEvent("session_registered")).toMatchObject({
      payload: { name: "ada", role: "worker", via: "start-worker", pid: started.pid, session_id: started.session_id },
    });
    expect(await scene.commands()).toMatchObject([{ state: "succeeded", error: null }]);
  });

  it("records the intent before and the outcome after, and neither holds the prompt", async () => {
    await scene.installAgent();
    await scene.worker({ name: "ada", task: "the secret plan" });
    expect((await scene.world.telemetryTypes()).slice(0, 4)).toEqual([
      "command_created",
      "command_attempted",
      "session_registered",
      "command_succeeded",
    ]);
    const [command] = await scene.commands();
    expect(JSON.parse(command?.payload_json ?? "")).toMatchObject({
      name: "ada",
      prompt_bytes: 15,
      tmux_session: "codex-ada",
    });
    const everything = await scene.world.store.peek((tx) =>
      JSON.stringify(tx.sql.search("SELECT * FROM telemetry_events").all()),
    );
    expect(everything).not.toContain("secret");
  });

  it("gives an agent without work a prompt to stand by", async () => {
    await scene.installAgent();
    const { codex_session_path } = await scene.worker({ name: "ada" });
    expect(firstUserInput(codex_session_path)).toContain("wait for your manager's instruction");
  });

  it("hands the agent its ledger and home, and nothing that belongs to whoever called us", async () => {
    await scene.close();
    const foreign = {
      npm_config_prefix: "/wrong",
      PNPM_SCRIPT_SRC_DIR: "/wrong",
      CONVEYOR_TOKEN: "operator-secret",
      CODEX_THREAD_ID: "parent-thread",
      CODEX_SANDBOX_NETWORK_DISABLED: "1",
      CLAUDECODE: "1",
    };
    scene = new Scene({ ...foreign, CODEX_HOME: "set" });
    await scene.installAgent();
    const started = [await scene.worker({ name: "ada" }), await scene.manager({ name: "bob" })];
    const plain = await scene.plain({ session: "raw" });
    const panes = await scene.world.host.tmux.listPanes();
    const pids = panes.filter(({ session }) => session === plain.session).map(({ pid }) => pid);
    for (const pid of pids) await becomes(pid, "--no-alt-screen");
    const { state_root } = scene.world.ctx.settings;
    for (const pid of [...started.map((session) => session.pid), ...pids]) {
      const environment = environmentOf(pid);
      expect(environment).toContain(`CONVEYOR_STATE_ROOT=${state_root}`);
      expect(environment).toContain(`CODEX_HOME=${scene.world.home}`);
      const names = environment.map((entry) => entry.split("=", 1)[0] ?? "");
      expect(Object.keys(foreign).filter((name) => names.includes(name))).toEqual([]);
    }
  });

  it.each(['it\'s $(touch hacked); "x" `y` #{pane_id}', "first line\nsecond line\n", "-h", "#!/bin/sh ~ \\ é"])(
    "gives the agent the prompt %j as it is",
    async (task) => {
      await scene.installAgent();
      const { codex_session_path } = await scene.worker({ name: "ada", task });
      expect(firstUserInput(codex_session_path)?.startsWith(`${task}\n\n[conveyor start`)).toBe(true);
    },
  );

  it("passes options on, and --no-daemon only to a program that lists it, which it is asked once", async () => {
    const old = ['[ "$1" = --help ] && { echo asked >> "$HOME/asked"; echo "  --sandbox"; exit 0; }', "exec sleep 60"];
    scene.installProgram(old);
    const start = (name: string) =>
      scene.worker({ name, timeout_seconds: 1, sandbox: "read-only", ask_for_approval: "on-request" });
    await expect(start("ada")).rejects.toMatchObject({ code: "timeout" });
    await expect(start("eve")).rejects.toMatchObject({ code: "timeout" });
    expect(readFileSync(join(scene.tools, "asked"), "utf8")).toBe("asked\n");
    await scene.installAgent();
    const { pid } = await scene.worker({ name: "bob", codex_profile: "yolo", task: "hello" });
    const argv = argvOf(pid);
    expect(argv.slice(2, 7)).toEqual(["--sandbox", "danger-full-access", "--ask-for-approval", "never", "--no-daemon"]);
    expect(argv.at(-1)).toMatch(/^hello/);
  });
});

describe("the trust question", () => {
  it("waits for a person without --accept-trust, and the error says so", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    await expect(scene.worker({ name: "ada", timeout_seconds: 2 })).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/codex-ada.*--accept-trust was not given/),
      details: { kill_command: "tmux kill-session -t '=codex-ada'", attach_command: "tmux attach -t '=codex-ada'" },
    });
    expect(scene.keys()).toEqual([]);
    expect(await scene.sessions()).toEqual([]);
    expect(await scene.world.host.tmux.sessionExists("codex-ada")).toBe(true);
    expect(await scene.commands()).toMatchObject([{ state: "failed", error: expect.stringContaining("no rollout") }]);
  });

  it("is told of while it waits, once, with the way into the terminal", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    const told: unknown[] = [];
    const ctx = { ...scene.world.ctx, onProgress: (item: unknown) => told.push(item) };
    await expect(scene.worker({ name: "ada", timeout_seconds: 5 }, ctx)).rejects.toMatchObject({ code: "timeout" });
    expect(told).toEqual([
      {
        kind: "waiting",
        role: "worker",
        name: "ada",
        reason: expect.stringContaining("asks whether it may trust the folder, and --accept-trust was not given"),
        tmux_session: "codex-ada",
        attach_command: "tmux attach -t '=codex-ada'",
      },
    ]);
  });

  it("is answered with --accept-trust, with one key and nothing else", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    const { codex_session_id } = await scene.worker({ name: "ada", accept_trust: true });
    expect(codex_session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(scene.keys().map(({ screen, kind }) => [screen, kind])).toEqual([["dialog", "enter"]]);
  });

  it("is the only question that is answered", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_NO_ROLLOUT: "1" });
    const asks = scene.worker({
      name: "ada",
      accept_trust: true,
      task: "do: ask-approval rm -rf x",
      timeout_seconds: 3,
    });
    await expect(asks).rejects.toMatchObject({ code: "timeout", message: expect.stringContaining("approval") });
    expect(scene.keys()).toEqual([]);
  });
});

describe("a start that does not succeed", () => {
  it("names the reason, the terminal and the way on when the time is up", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_NO_ROLLOUT: "1" });
    await expect(scene.worker({ name: "ada", timeout_seconds: 1 })).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("has not written a rollout yet"),
      hint: expect.stringMatching(
        /tmux attach.*register-worker --name 'ada' --pid \d+ --tmux-session 'codex-ada'.*kill-session/,
      ),
    });
  });

  it("does not wait for an agent that has ended", async () => {
    scene.installProgram(["exit 3"]);
    await expect(scene.worker({ name: "ada", timeout_seconds: 60 })).rejects.toMatchObject({
      code: "side_effect_failed",
      details: { tmux_session: "codex-ada" },
    });
    expect(await scene.sessions()).toEqual([]);
  });

  it("says on interruption that the terminal goes on", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_NO_ROLLOUT: "1" });
    const ctx = { ...scene.world.ctx, signal: AbortSignal.timeout(1_500) };
    await expect(scene.worker({ name: "ada" }, ctx)).rejects.toMatchObject({
      code: "interrupted",
      hint: expect.stringContaining("tmux kill-session -t '=codex-ada'"),
    });
    expect(await scene.commands()).toMatchObject([{ state: "failed" }]);
  });

  it.each([
    ["codex", { tmux: "/usr/bin/tmux", sh: "/bin/sh" }],
    ["tmux", { codex: "/bin/sh" }],
  ])("has recorded nothing when there is no %s", async (missing, programs) => {
    await scene.close();
    scene = new Scene({}, programs);
    await expect(scene.worker({ name: "ada" })).rejects.toMatchObject({
      code: "tool_missing",
      details: { program: missing },
    });
    expect(await scene.world.telemetryTypes()).toEqual([]);
  });

  it("has recorded nothing when the folder does not exist", async () => {
    await scene.installAgent();
    await expect(scene.worker({ name: "ada", cwd: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(await scene.world.telemetryTypes()).toEqual([]);
  });
});

describe("the name of a started session", () => {
  it.each(["two words", "it's", "a;b", "$(x)", "a\nb", "a.b", "a:b", "", "x".repeat(65)])("cannot be %j", (name) => {
    const { startWorker, startManager, start } = operations.startup;
    for (const { input } of [startWorker, startManager])
      expect(input.safeParse({ name, cwd: "/" }).success).toBe(false);
    expect(start.input.safeParse({ session: name, cwd: "/" }).success).toBe(false);
  });

  it("must not be that of an active session", async () => {
    await scene.installAgent();
    await scene.world.manager({ name: "ada" });
    await expect(scene.worker({ name: "ada" })).rejects.toMatchObject({
      code: "conflict",
      details: { role: "manager" },
    });
    expect(await scene.commands()).toEqual([]);
  });

  it("may be that of one which is gone, unless it had the other role", async () => {
    await scene.installAgent();
    const { session_id } = await scene.world.worker({ name: "ada" });
    await scene.world.manager({ name: "bob" });
    for (const session of ["ada", "bob"]) await deregisterSession(scene.world.ctx, { session });
    expect((await scene.worker({ name: "ada" })).session_id).toBe(session_id);
    await expect(scene.worker({ name: "bob" })).rejects.toMatchObject({ code: "conflict", details: { state: "gone" } });
  });

  it("must not be that of a running tmux session, which stays as it is", async () => {
    await scene.installAgent();
    await scene.world.tmux("codex-ada");
    await expect(scene.worker({ name: "ada" })).rejects.toMatchObject({
      code: "conflict",
      hint: expect.stringContaining("tmux kill-session -t '=codex-ada'"),
    });
    await scene.worker({ name: "ad" });
    expect(await scene.world.host.tmux.sessionExists("codex-ada")).toBe(true);
  });

  it("is won by one of two that take it at once", async () => {
    await scene.installAgent();
    const other = scene.world.otherCtx();
    const outcomes = await Promise.allSettled([scene.worker({ name: "ada" }), scene.worker({ name: "ada" }, other)]);
    await other.store.close();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = outcomes.find((outcome) => outcome.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict" });
    expect(await scene.sessions()).toHaveLength(1);
  });

  it("is not taken from a session that was registered meanwhile", async () => {
    await scene.installAgent({ SCRIPTED_AGENT_TRUST_PROMPT: "1" });
    const starting = scene.worker({ name: "ada", timeout_seconds: 20 });
    const outcome = expect(starting).rejects.toMatchObject({
      code: "conflict",
      hint: expect.stringContaining("kill-session"),
    });
    const { tmux } = scene.world.host;
    while (!(await tmux.sessionExists("codex-ada"))) await new Promise((resolve) => setTimeout(resolve, 25));
    const codex_session = scene.world.rollout();
    await registerWorker(scene.world.ctx, { name: "ada", codex_session });
    while (!(await tmux.capture({ session: "codex-ada" }, 0)).includes("rust"))
      await new Promise((resolve) => setTimeout(resolve, 25));
    await tmux.submit(scene.world.typing("codex-ada"));
    await outcome;
    expect(await scene.sessions()).toMatchObject([{ origin: "registered", codex_session_path: codex_session }]);
  });
});

describe("an agent whose rollout another process holds", () => {
  /** Writes rollouts as a background server would: whole files that nobody of the pane has open. */
  const writer = (cwd: string) => `
    const fs = require("node:fs"), path = require("node:path");
    const now = new Date(), two = (n) => String(n).padStart(2, "0");
    const folder = path.join(process.env.CODEX_HOME, "sessions", String(now.getFullYear()), two(now.getMonth() + 1), two(now.getDate()));
    fs.mkdirSync(folder, { recursive: true });
    const prompt = process.argv.at(-1);
    const write = (id, text, cwd) => {
      const timestamp = new Date().toISOString();
      const lines = [
        { timestamp, type: "session_meta", payload: { id, cwd, timestamp } },
        { timestamp, type: "event_msg", payload: { type: "user_message", message: text } },
      ];
      const name = "rollout-2026-01-01T00-00-00-" + id + ".jsonl";
      fs.writeFileSync(path.join(folder, name), lines.map((line) => JSON.stringify(line) + "\\n").join(""));
    };
    write("00000000-0000-4000-8000-000000000001", "somebody else's work", ${JSON.stringify(cwd)});
    write("00000000-0000-4000-8000-000000000002", prompt, ${JSON.stringify(cwd)});
    write("00000000-0000-4000-8000-000000000003", prompt, "/another/folder");
    setInterval(() => {}, 1000);
  `;

  it("is found by the mark in its first input", async () => {
    await scene.close();
    scene = new Scene({ CODEX_HOME: "set" });
    const script = join(scene.tools, "codex.cjs");
    scene.installProgram(['[ "$1" = --help ] && exit 0', `exec '${process.execPath}' '${script}' "$@"`]);
    writeFileSync(script, writer(scene.world.cwd));
    const { codex_session_id } = await scene.worker({ name: "ada", timeout_seconds: 20 });
    expect(codex_session_id).toBe("00000000-0000-4000-8000-000000000002");
  });
});

describe("start-manager", () => {
  it("tells a manager of a task that does not exist yet to set it up", async () => {
    await scene.installAgent();
    const started = await scene.manager({ name: "bob", task: "later", worker: "ada" });
    expect(started).toMatchObject({ role: "manager", tmux_session: "codex-bob" });
    const prompt = firstUserInput(started.codex_session_path);
    expect(prompt).toContain("task: later");
    expect(prompt).toContain("goal: none was given");
    expect(prompt).toContain("criteria 'later' --add --criterion <what must be true>");
    expect((await scene.world.auditEvent("session_registered"))?.payload["via"]).toBe("start-manager");
  });

  it("takes goal and config from the task", async () => {
    await scene.installAgent();
    const task = await scene.world.task({ name: "auth", goal: "Refactor auth" });
    await scene.world.store.write((tx) => recordManagerConfig(tx, task, { changes: { tools: ["git"] } }));
    const { codex_session_path } = await scene.manager({ name: "bob", task: "auth" });
    const prompt = firstUserInput(codex_session_path);
    expect(prompt).toContain("goal: Refactor auth");
    expect(prompt).toContain("Expected tools: git");
    expect(prompt).not.toContain("--questions");
  });
});

describe("start", () => {
  it("starts codex under exactly this name, unregistered, with its arguments and a prompt that is kept", async () => {
    await scene.installAgent();
    const started = await scene.plain({ session: "scratch", codex_args: ["--model", "gpt-5"] });
    const { pid } = await scene.world.host.tmux.paneOf({ session: "scratch" });
    const prompt = readFileSync(started.start_prompt_path ?? "", "utf8").trimEnd();
    expect((await becomes(pid, "--no-alt-screen")).slice(2)).toEqual([
      "--cd",
      scene.world.cwd,
      "--no-alt-screen",
      "--model",
      "gpt-5",
      "--",
      prompt,
    ]);
    expect(started).toMatchObject({ start_prompt_sent: true, attach_command: "tmux attach -t '=scratch'" });
    expect(started.register_worker_command_template).toContain("--tmux-session 'scratch'");
    expect(await scene.sessions()).toEqual([]);
    await expect(scene.plain({ session: "scratch" })).rejects.toMatchObject({ code: "conflict" });
  });

  it("needs no prompt", async () => {
    await scene.installAgent();
    const started = await scene.plain({ session: "scratch", no_start_prompt: true });
    expect(started).toMatchObject({ start_prompt_path: null, start_prompt_sent: false });
    const { pid } = await scene.world.host.tmux.paneOf({ session: "scratch" });
    expect((await becomes(pid, "--no-alt-screen")).slice(2)).toEqual(["--cd", scene.world.cwd, "--no-alt-screen"]);
  });
});
