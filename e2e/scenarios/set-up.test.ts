import { join } from "node:path";
import { expect, it } from "vitest";
import { installCodexShim } from "../support/scripted-agent/launch.ts";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { start } from "../support/world/process.ts";
import { withWorld } from "../support/world/world.ts";

inEveryMode("a task, a worker in a terminal and a manager without one are set up and bound", async (world) => {
  const agent = await world.agent("worker-pane");

  expect(
    await world.ask<"tasks.create">(
      "tasks",
      "--create",
      "parser",
      "--goal",
      "parse everything",
      "--summary",
      "first slice",
    ),
  ).toMatchObject({
    created: true,
    state: "candidate",
  });
  expect(
    await world.ask<"tasks.create">(
      "tasks",
      "--create",
      "parser",
      "--goal",
      "parse everything",
      "--summary",
      "first slice",
    ),
  ).toMatchObject({
    created: false,
  });
  const conflict = await world.refused("tasks", "--create", "parser", "--goal", "something else");
  expect([conflict.code, conflict.error.code]).toEqual([2, "conflict"]);

  const worker = await world.ask<"sessions.registerWorker">(
    ...["register-worker", "--name", "ada", "--pid", String(agent.pid), "--tmux-session", "worker-pane"],
  );
  expect(worker.codex_session_path).toBe(agent.rollout_path());
  expect(worker.communication).toMatchObject({
    receive_style: "push",
    delivery_mode: "push",
    tmux_session: "worker-pane",
  });
  const manager = await world.ask<"sessions.registerManager">(
    "register-manager",
    "--name",
    "bob",
    "--codex-session",
    world.rollout(),
  );
  expect(manager.communication).toMatchObject({ receive_style: "pull", requires_polling: true });
  const wrongRole = await world.refused("register-worker", "--name", "bob", "--codex-session", world.rollout());
  expect([wrongRole.code, wrongRole.error.code]).toEqual([2, "conflict"]);

  const unknown = await world.refused("bind", "--task", "parser", "--worker", "nobody", "--manager", "bob");
  expect([unknown.code, unknown.error.code, unknown.error.details["kind"]]).toEqual([2, "not_found", "session"]);
  expect(
    await world.ask<"bindings.bind">("bind", "--task", "parser", "--worker", "ada", "--manager", "bob"),
  ).toMatchObject({
    worker: "ada",
    manager: "bob",
  });
  const again = await world.refused("bind", "--task", "parser", "--worker", "ada", "--manager", "bob");
  expect([again.code, again.error.code]).toEqual([2, "conflict"]);

  const sessions = await world.ask<"sessions.list">("sessions", "--redact-identity-token");
  expect(sessions.map(({ name, role, alive, binding }) => [name, role, alive, binding?.task_name])).toEqual([
    ["ada", "worker", true, "parser"],
    ["bob", "manager", expect.anything(), "parser"],
  ]);
  const poll_command = sessions[1]?.communication.poll_command ?? "";
  expect(poll_command).toContain("conveyor manager-inbox 'parser' --consume-next --wait");
  // Agents run what they are told in a login shell, whose profile makes PATH anew.
  const shell = ["bash", "-lc", poll_command.replace("--timeout 60", "--timeout 0")] as const;
  const { PATH: _path, ...env } = world.callerEnv;
  const polled = await (await start(shell, { cwd: world.project, env })).done;
  expect([polled.code, polled.stderr]).toEqual([0, ""]);
  expect(JSON.parse(polled.stdout)).toMatchObject({ consumed: null });
  expect(sessions.every(({ identity_token }) => identity_token === "[REDACTED]")).toBe(true);
  expect((await world.ask<"tasks.list">("tasks", "--active")).map(({ name, state }) => [name, state])).toEqual([
    ["parser", "managed"],
  ]);
  expect((await world.cli("tasks")).stdout).toBe("parser\tmanaged\tparse everything\n");

  const held = await world.refused("deregister", "ada");
  expect([held.code, held.error.code]).toEqual([2, "conflict"]);
  expect(await world.ask<"bindings.unbind">("unbind", "--task", "parser")).toEqual({ task: "parser", state: "ended" });
  expect(await world.ask<"bindings.unbind">("unbind", "--task", "parser")).toMatchObject({ already_ended: true });
  expect(await world.ask<"sessions.deregister">("deregister", "ada")).toEqual({ name: "ada", state: "gone" });
  expect((await world.ask<"sessions.list">("sessions", "--state", "gone")).map(({ name }) => name)).toEqual(["ada"]);
  expect((await world.ask<"tasks.list">("tasks"))[0]?.state).toBe("paused");
});

inEveryMode("what is typed wrongly is refused with a word of help and changes nothing", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  const rows = [
    { argv: ["tsks"], hint: "did you mean tasks?" },
    { argv: ["tasks", "--actve"], hint: "did you mean --active?" },
    { argv: ["tasks", "--create", "other"], hint: "usage:" },
    { argv: ["sessions", "--role", "worke"], hint: "did you mean worker?" },
    { argv: ["bind", "--task", "parser", "--worker"], hint: "" },
    { argv: ["tasks", "--active", "surplus"], hint: "usage:" },
    { argv: ["dispatch", "statsu"], hint: "did you mean status?" },
  ];
  for (const { argv, hint } of rows) {
    const { code, error } = await world.refused(...argv);
    expect([argv.join(" "), code, error.code]).toEqual([argv.join(" "), 2, "usage"]);
    expect(error.hint ?? "").toContain(hint);
  }
  const invalid = await world.refused("tasks", "--create", "two\nlines", "--goal", "x");
  expect([invalid.code, invalid.error.code]).toEqual([2, "invalid_input"]);
  const missing = await world.cli("cycle", "nothing");
  expect(missing).toMatchObject({ code: 2, stdout: "" });
  expect(missing.stderr).toMatch(/^error: .*nothing.*\nhint: /);
  expect(missing.stderr).not.toContain("    at ");
  expect(await world.ask<"tasks.list">("tasks")).toHaveLength(1);
});

inEveryMode("the health of the machine and of the ledger is reported", async (world) => {
  await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
  const ledger = await world.ask<"system.dbDoctor">("db-doctor", "--full");
  expect(ledger).toMatchObject({ ok: true, path: world.ledger });
  expect(ledger.checks.length).toBeGreaterThan(3);
  const live = await world.ask<"system.dbDoctor">("db-doctor", "--live");
  expect(live.live_reconcile?.results.map(({ task }) => task.name)).toEqual(["parser"]);

  const machine = await world.cli("doctor", "--json");
  const report = JSON.parse(machine.stdout);
  expect(machine.code).toBe(report.ok ? 0 : 1);
  expect(report.project_root).toBe(world.project);
  expect(report.commands.tmux.ok).toBe(true);
});

it("finds the machine ready once an agent can be started", async () => {
  await withWorld({}, async (world) => {
    const tools = join(world.root, "tools");
    await installCodexShim(tools);
    const running = await world.begin(["doctor", "--json"], { env: { PATH: `${tools}:${world.env["PATH"]}` } });
    const { code, stdout } = await running.done;
    expect(JSON.parse(stdout).commands.codex).toEqual({ ok: true, path: join(tools, "codex") });
    expect(code).toBe(JSON.parse(stdout).ok ? 0 : 1);
  });
});

it("says how to begin where there is no ledger, and makes none by reading", async () => {
  await withWorld({}, async (world) => {
    for (const argv of [["tasks"], ["sessions"], ["commands"], ["replay", "parser"], ["db-doctor"]]) {
      const { code, error } = await world.refused(...argv);
      expect([code, error.code]).toEqual([2, "ledger_missing"]);
      expect(error.hint).toContain("conveyor tasks --create");
    }
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse");
    expect(await world.ask<"system.dbDoctor">("db-doctor")).toMatchObject({ ok: true });
  });
});
