import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { REPOSITORY, World, type WorldOptions, withWorld } from "../support/world/world.ts";

const LIMIT_MS = 120_000;

/** A world whose `codex` is the scripted agent. Whatever its commands left running is ended with it. */
async function withAgents(options: WorldOptions, test: (world: World) => Promise<void>): Promise<void> {
  const world = await World.start(options);
  const tools = join(world.root, "tools");
  await installCodexShim(tools, { SCRIPTED_AGENT_TURN_MS: "30" });
  const PATH = [join(REPOSITORY, "bin"), tools, process.env["PATH"] ?? ""].join(delimiter);
  const begin = world.begin.bind(world);
  // Only the callers know where `codex` is, not a server that runs already.
  world.begin = (argv, more = {}) => begin(argv, { ...more, env: { PATH, ...more.env } });
  try {
    await test(world);
  } finally {
    const left = processesOf(world);
    await world.close();
    for (const pid of left) if (isOf(pid, world)) process.kill(pid, "SIGKILL");
  }
}

/** The words of a printed command, as a shell reads them. */
function shellWords(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Living processes that work on this world's ledger. */
function processesOf(world: World): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && isOf(pid, world));
}

function isOf(pid: number, world: World): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`CONVEYOR_STATE_ROOT=${world.state_root}\0`);
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

const pair = (task: string, ...more: string[]) => [
  ...["pair", "--task", task, "--task-goal", `make ${task} work`],
  ...["--worker-name", `${task}-w`, "--manager-name", `${task}-m`, ...more],
];

it("a pair is started with one command, Dispatch with it, and a second pair shares that Dispatch", {
  timeout: LIMIT_MS,
}, async () => {
  await withAgents({}, async (world) => {
    const first = await world.ask<"startup.pair">(...pair("one", "--task-prompt", "do: say the first is done"));
    expect(first.dispatch).toMatchObject({ ensure: true, started: true, healthy: true });
    expect(first.dispatch.command?.slice(0, 2)).toEqual([process.execPath, join(REPOSITORY, "bin/conveyor")]);
    expect(statSync(first.dispatch.log ?? "").mode & 0o777).toBe(0o600);
    await waitUntil(
      async () => readFileSync(first.manager.codex_session_path, "utf8").includes("appears to have finished a turn"),
      {
        limit_ms: 30_000,
        what: () => "the completion in the manager's rollout",
      },
    );

    const second = await world.ask<"startup.pair">(...pair("two"));
    expect(second.dispatch).toMatchObject({ ensure: true, started: false, healthy: true, pid: first.dispatch.pid });
    for (const task of ["one", "two"]) {
      await world.ask<"tasks.finish">("finish-task", task, "--stop-worker", "--stop-manager");
    }
    expect((await world.ask<"sessions.list">("sessions")).map(({ name }) => name)).toEqual([]);
    process.kill(first.dispatch.pid as number, "SIGTERM");
    await waitUntil(async () => processesOf(world).length === 0, { what: () => `the end of ${processesOf(world)}` });
  });
});

it("a piece of work is given, followed, proven and finished by a person alone", { timeout: LIMIT_MS }, async () => {
  await withAgents({}, async (world) => {
    const made = await world.ask<"everyday.run">(
      "run",
      "do: say it is done",
      "--name",
      "small",
      "--check",
      "node -e 0",
    );
    expect(made).toMatchObject({ turn: "completed", criteria: [1], dispatch_healthy: true });
    expect(made.said).toContain("it is done");
    // The end of the turn is reported to the person's inbox, which no agent reads.
    const told = await world.ask<"everyday.wait">("wait", made.you, "--for", "message", "--timeout", "20");
    expect(told.holds).toBe(true);
    expect(await world.ask<"tasks.list">("tasks")).toMatchObject([{ name: "small", state: "managed" }]);
    expect((await world.refused("run", "again", "--name", "small")).error.code).toBe("conflict");
    expect((await world.cli("verify", "small")).code).toBe(0);
    await world.ask<"tasks.finish">("finish-task", "small", "--stop-worker");
    expect(await world.ask<"everyday.inbox">("inbox")).toEqual([]);
  });
});

it("two pairs that start at once have one Dispatch between them", { timeout: LIMIT_MS }, async () => {
  await withAgents({}, async (world) => {
    await world.ask<"tasks.create">("tasks", "--create", "before", "--goal", "the ledger is there");
    const paired = await Promise.all(["one", "two"].map((task) => world.ask<"startup.pair">(...pair(task))));
    expect(paired.map(({ dispatch }) => dispatch.healthy)).toEqual([true, true]);
    expect(new Set(paired.map(({ dispatch }) => dispatch.pid)).size).toBe(1);
  });
});

it("a plan of a pair is made without a ledger and without tools", async () => {
  await withWorld({ env: { PATH: "/nowhere" } }, async (world) => {
    const plan = await world.ask<"startup.planPair">(...pair("one", "--dry-run"));
    expect(plan).toMatchObject({ task: "one", worker: "one-w", manager: "one-m", ensure_dispatch: true });
    expect(existsSync(world.state_root)).toBe(false);
    const wrong = await world.refused(...pair("one", "--dry-run", "--manager-mode", "harsh"));
    expect([wrong.code, wrong.error.code]).toEqual([2, "usage"]);
  });
});

it("a start that the power took in the middle stays visible and is not repeated", { timeout: LIMIT_MS }, async () => {
  await withAgents({}, async (world) => {
    const dying = await world.begin(["start-worker", "--name", "ada"], {
      env: { CONVEYOR_ABORT_AT: "session_started" },
    });
    expect((await dying.done).signal).toBe("SIGKILL");
    const starts = await world.ask<"dispatch.commands">("commands");
    expect(starts).toMatchObject([{ type: "start_session", state: "attempted" }]);
    expect(await world.ask<"sessions.list">("sessions")).toEqual([]);
    const again = await world.refused("start-worker", "--name", "ada");
    expect([again.code, again.error.code]).toEqual([2, "conflict"]);
    expect(again.error.hint).toContain("tmux kill-session -t '=codex-ada'");
    expect(again.error.hint).toContain("conveyor reconcile");

    // The way on that reconcile names: the agent is kept, and the start that broke off is no open question any more.
    const { interrupted_starts } = await world.ask<"system.reconcile">("reconcile");
    expect(interrupted_starts).toMatchObject([{ name: "ada", role: "worker", terminal: "running", registered: false }]);
    const words = shellWords(interrupted_starts[0]?.register_command ?? "");
    await world.ask<"sessions.registerWorker">(...words.slice(words.indexOf("conveyor") + 1));
    expect(await world.ask<"sessions.list">("sessions")).toMatchObject([{ name: "ada", alive: true }]);
    const { applied } = await world.ask<"system.applyReconcile">("reconcile", "--apply");
    expect(applied?.starts_settled).toEqual([starts[0]?.id]);
    expect(await world.ask<"dispatch.commands">("commands")).toMatchObject([
      { type: "start_session", state: "failed" },
    ]);
    expect((await world.cli("reconcile", "--human")).stdout).toBe("ledger and machine agree\n");
  });
});

it.each(["embedded", "socket"] as const)(
  "a start that waits says in the mode %s what for, and where to look",
  { timeout: LIMIT_MS },
  async (mode) => {
    await withAgents({ mode }, async (world) => {
      await installCodexShim(join(world.root, "tools"), { SCRIPTED_AGENT_TRUST_PROMPT: "1" });
      const ran = await (await world.begin(["start-worker", "--name", "ada", "--timeout-seconds", "5"])).done;
      expect(ran.code).toBe(1);
      const [note, error] = ran.stderr.split("\n");
      expect(note).toMatch(
        /^still starting worker ada: .*--accept-trust was not given; look into its terminal with: tmux/,
      );
      expect(note).toContain("tmux attach -t '=codex-ada'");
      expect(error).toMatch(/^error: no rollout/);
    });
  },
);

it("an agent is started where its caller is, also when a server runs", { timeout: LIMIT_MS }, async () => {
  await withAgents({ mode: "socket" }, async (world) => {
    const started = await world.ask<"startup.startWorker">("start-worker", "--name", "ada");
    expect(started.cwd).toBe(world.project);
    const sessions = await world.ask<"sessions.list">("sessions");
    expect(sessions).toMatchObject([{ name: "ada", origin: "spawned", alive: true }]);
    const human = await world.cli("start-manager", "--name", "bob", "--task", "later", "--human");
    expect(human.stdout).toMatch(/^started manager bob \(session-/);
    const plain = await world.ask<"startup.start">("start", "scratch", "--model", "gpt-5", "--no-start-prompt");
    expect(plain).toMatchObject({ session: "scratch", start_prompt_path: null });
  });
});

inEveryMode("two app threads are bound to a task and poll for their messages", async (world) => {
  const made = await world.ask<"bindings.createDisposable">(
    "create-disposable-binding",
    "ctl",
    "--adversarial",
    "--run-name",
    "nightly",
  );
  expect(made).toMatchObject({
    task: { name: "ctl", created: true, state: "managed" },
    run: { name: "nightly", purpose: "ralph_loop" },
    worker: { name: "ctl-worker", communication: { delivery_mode: "pull_required" } },
  });
  const [session] = await world.ask<"sessions.list">("sessions", "--role", "worker");
  expect(session).toMatchObject({ cwd: world.project, liveness: "heartbeat", alive: true });
  await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "ctl", "--message", "begin");
  await world.ask<"dispatch.run">("dispatch", "--once");
  const inbox = await world.ask<"inbox.takeWorker">("worker-inbox", "ctl", "--consume-next");
  expect(inbox.consumed?.payload).toMatchObject({ message: "begin" });
  const text = await world.cli("create-disposable-binding", "plain");
  expect(text.stdout).toMatch(/^task plain .*created, bound as binding-/);
  const again = await world.refused("create-disposable-binding", "ctl");
  expect([again.code, again.error.code]).toEqual([2, "conflict"]);
});
