import { renameSync } from "node:fs";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstUserInput } from "../../../host/src/agents/codex/records/first-input.ts";
import { add as addCriterion } from "../criteria/add.ts";
import { list as listCriteria } from "../criteria/list.ts";
import { deregister as deregisterSession } from "../sessions/deregister.ts";
import { dispatcherCommand } from "./ensure-dispatch.ts";
import { planPair } from "./plan-pair.ts";
import { Scene } from "./testing/scene.ts";

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.close());

const GOAL = { task_goal: "Refactor auth" };
const activeRun = () => scene.world.store.read((tx) => tx.db.runs.findFirst({ where: { status: "active" } }));
const criteria = async () =>
  (await listCriteria(scene.world.ctx, { task: "auth", status: [] })).criteria.map(({ criterion, status, source }) => [
    criterion,
    status,
    source,
  ]);

describe("pair", () => {
  it("leaves a bound task with both sessions, a config, criteria and a run", async () => {
    await scene.installAgent();
    const paired = await scene.pair({
      ...GOAL,
      manager_recipe: "Test Coverage Loop",
      manager_mode: "light",
      manager_acceptance: ["tests pass", " tests pass ", "no regressions"],
      manager_permit: ["repo.open_pr"],
      manager_question: ["Which browser?"],
    });
    expect(paired).toMatchObject({
      task: { name: "auth", created: true },
      worker: { name: "w", role: "worker", tmux_session: "codex-w" },
      manager: { name: "m", role: "manager", tmux_session: "codex-m" },
      dispatch: { ensure: false, command: null, started: false, pid: null, healthy: null },
      ensure_dispatch: false,
      manager_config_seeded: true,
      manager_config_seeded_by_pair: true,
      manager_recipe: "test-coverage-loop",
      manager_acceptance_criteria_seeded: 2,
      warnings: [],
    });
    expect(paired.worker.communication.poll_command).toContain("worker-inbox 'auth'");
    expect(await criteria()).toEqual([
      ["tests pass", "accepted", "manager_inferred"],
      ["no regressions", "accepted", "manager_inferred"],
    ]);
    const run = await activeRun();
    expect(run).toMatchObject({ id: paired.run_id, name: `${paired.task.id}-pair`, purpose: "Refactor auth" });
    expect(JSON.parse(run?.metadata_json ?? "")).toEqual({
      binding_id: paired.binding_id,
      manager: "m",
      worker: "w",
      manager_config_seeded: true,
      manager_config_seeded_by_pair: true,
      manager_recipe: "test-coverage-loop",
      source: "pair",
    });
    const prompt = firstUserInput(paired.worker.codex_session_path);
    expect(prompt?.startsWith("Refactor auth\n")).toBe(true);
    expect(prompt).toContain("Before you edit anything, say in a few lines: the goal in your own words");
    const bootstrap = firstUserInput(paired.manager.codex_session_path);
    expect(bootstrap).toContain("Expected tools: verification.run_tests");
    expect(bootstrap).toContain("Which browser?");
  });

  it("tells its phases in order, under one correlation", async () => {
    await scene.installAgent();
    const { binding_id, run_id, worker, manager } = await scene.pair({ ...GOAL, manager_acceptance: ["tests pass"] });
    expect((await scene.world.telemetryTypes()).filter((type) => type.startsWith("pair_"))).toEqual([
      "pair_started",
      "pair_task_resolved",
      "pair_manager_config_seeded",
      "pair_worker_spawned",
      "pair_manager_spawned",
      "pair_binding_created",
      "pair_run_created",
    ]);
    expect(await scene.world.telemetryEvent("pair_run_created")).toMatchObject({
      run_id,
      correlation: {
        binding_id,
        manager: "m",
        worker: "w",
        task: "auth",
        source: "pair",
        worker_session_id: worker.session_id,
        manager_session_id: manager.session_id,
      },
    });
    const types = await scene.world.auditTypes();
    const expected = [
      "task_created",
      "manager_config_recorded",
      "acceptance_criterion_added",
      "manager_acceptance_criteria_seeded",
      "session_registered",
      "session_registered",
      "binding_created",
      "run_created",
    ];
    expect(types.filter((type) => expected.includes(type))).toEqual(expected);
    expect((await scene.world.auditEvent("session_registered"))?.payload["via"]).toBe("pair");
  });

  it("may demand acknowledgements, which both prompts say how to record", async () => {
    await scene.installAgent();
    const { warnings } = await scene.pair({ ...GOAL, manager_require_acks: true });
    expect(warnings).toEqual([]);
  });

  it("keeps the goal, the config and the criteria of a task that is there", async () => {
    await scene.installAgent();
    const { id } = await scene.world.task({ name: "auth", goal: "the first goal" });
    const criterion = { task: "auth", criterion: "tests pass", source: "user_requested", status: "proposed" } as const;
    await addCriterion(scene.world.ctx, criterion);
    const paired = await scene.pair({
      task_goal: "another",
      task_prompt: "begin here",
      manager_acceptance: ["tests pass"],
    });
    expect(paired).toMatchObject({
      task: { id, created: false },
      manager_acceptance_criteria_seeded: 0,
      manager_recipe: "custom",
    });
    expect(await criteria()).toEqual([["tests pass", "proposed", "user_requested"]]);
    expect((await activeRun())?.purpose).toBe("the first goal");
    expect(firstUserInput(paired.worker.codex_session_path)?.startsWith("begin here\n")).toBe(true);
  });
});

describe("pair refuses before it touches anything", () => {
  const before = async () => [
    await scene.world.telemetryTypes(),
    await scene.world.auditTypes(),
    await scene.world.host.tmux.listPanes(),
  ];

  it.each([
    ["a task that is not there and has no goal", {}, "not_found"],
    ["a recipe that is not there", { ...GOAL, manager_recipe: "world peace" }, "not_found"],
    ["equal names", { ...GOAL, manager_name: "w" }, "invalid_input"],
    ["a folder that is not there", { ...GOAL, cwd: "/nowhere/at/all" }, "invalid_input"],
    ["a prompt that no program can be given", { ...GOAL, task_prompt: "half \0 text" }, "invalid_input"],
    ["a new task's name with a line break", { ...GOAL, task: "two\nlines" }, "invalid_input"],
    ["Dispatch when it does not know itself", { ...GOAL, no_dispatch: false }, "precondition_failed"],
  ])("%s", async (_what, input, code) => {
    await scene.installAgent();
    await expect(scene.pair(input)).rejects.toMatchObject({ code });
    expect(await before()).toEqual([[], [], []]);
  });

  it.each([
    ["a worker's name that is taken", "worker", "w"],
    ["a manager's name that is taken", "manager", "m"],
    ["a worker's name that a manager has", "manager", "w"],
  ] as const)("%s", async (_what, role, name) => {
    await scene.installAgent();
    await scene.world[role]({ name });
    const known = await before();
    await expect(scene.pair(GOAL)).rejects.toMatchObject({ code: "conflict", details: { kind: "session", name } });
    expect(await before()).toEqual(known);
  });

  it("a task that is bound, or closed, or has an active run", async () => {
    await scene.installAgent();
    await scene.world.pair({ task: "bound" });
    const closed = await scene.world.task({ name: "closed" });
    const running = await scene.world.task({ name: "running" });
    await scene.world.store.write(async (tx) => {
      await tx.db.tasks.update({ where: { id: closed.id }, data: { state: "done" } });
      const data = { id: "run-1", seq: tx.seq(), task_id: running.id, name: "r", status: "active", started_at: tx.now };
      await tx.db.runs.create({ data: { ...data, metadata_json: "{}" } });
    });
    const known = await before();
    await expect(scene.pair({ task: "bound" })).rejects.toMatchObject({ code: "conflict", details: { kind: "task" } });
    await expect(scene.pair({ task: "closed", ...GOAL })).rejects.toMatchObject({ code: "terminal_state" });
    await expect(scene.pair({ task: "running" })).rejects.toMatchObject({
      code: "conflict",
      details: { run_id: "run-1" },
    });
    expect(await before()).toEqual(known);
  });

  it("a manager's tmux session that runs already", async () => {
    await scene.installAgent();
    await scene.world.tmux("codex-m");
    await expect(scene.pair(GOAL)).rejects.toMatchObject({ code: "conflict", details: { tmux_session: "codex-m" } });
    expect(await scene.world.auditTypes()).toEqual([]);
  });

  it.each(["t", "task", "task-1"])(
    "to take the name %j of a new task for the beginning of another's id",
    async (task) => {
      await scene.installAgent();
      const other = await scene.world.task({ name: "other" });
      const paired = await scene.pair({ task, ...GOAL });
      expect(paired.task).toMatchObject({ name: task, created: true });
      expect(paired.task.id).not.toBe(other.id);
    },
  );
});

describe("a pair that breaks off in the middle", () => {
  /** The scripted agent for workers; a manager never writes a rollout. */
  async function managerFails(): Promise<void> {
    await scene.installAgent();
    renameSync(`${scene.tools}/codex`, `${scene.tools}/agent`);
    scene.installProgram([
      `case "$*" in *"manager session"*"do not implement"*) SCRIPTED_AGENT_NO_ROLLOUT=1; export SCRIPTED_AGENT_NO_ROLLOUT;; esac`,
      `exec '${scene.tools}/agent' "$@"`,
    ]);
  }

  it("leaves the worker registered and running, and says what stands and how to clean up", async () => {
    await managerFails();
    await expect(scene.pair({ ...GOAL, timeout_seconds: 3 })).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(
        /manager m .*this stands: task auth \(created\), worker w \(registered, running in codex-w\)/,
      ),
      hint: expect.stringMatching(
        /register-manager --name 'm'.*to clean up: tmux kill-session -t '=codex-w'; conveyor deregister 'w'/,
      ),
      details: { standing: { task: "auth", worker: "w", manager: null, binding_id: null, run_id: null } },
    });
    expect(await scene.sessions()).toMatchObject([{ name: "w", state: "active" }]);
    expect(await scene.world.host.tmux.sessionExists("codex-w")).toBe(true);
    const failed = await scene.world.telemetryEvent("pair_failed");
    expect(failed).toMatchObject({
      severity: "error",
      attributes: {
        error_type: "timeout",
        worker_spawned: true,
        manager_spawned: false,
        binding_created: false,
        run_created: false,
      },
    });
    expect((await scene.commands()).map(({ state }) => state)).toEqual(["succeeded", "failed"]);
  });

  it("can be cleaned up with what it says, and begun again", async () => {
    await managerFails();
    await expect(scene.pair({ ...GOAL, timeout_seconds: 3 })).rejects.toMatchObject({ code: "timeout" });
    await deregisterSession(scene.world.ctx, { session: "w" });
    for (const session of ["codex-w", "codex-m"]) await scene.world.host.tmux.kill(session);
    await scene.installAgent();
    expect(await scene.pair({})).toMatchObject({ task: { name: "auth", created: false } });
  });

  it("is what the later of two gets that start the same pair at once", async () => {
    await scene.installAgent();
    const other = scene.world.otherCtx();
    const outcomes = await Promise.allSettled([scene.pair(GOAL), scene.pair(GOAL, other)]);
    await other.store.close();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = outcomes.find((outcome) => outcome.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict" });
    expect((await scene.sessions()).map(({ name }) => name)).toEqual(["w", "m"]);
    expect((await scene.world.auditTypes()).filter((type) => type === "binding_created")).toHaveLength(1);
  });
});

describe("pair --dry-run", () => {
  const plan = (input: Record<string, unknown> = {}) =>
    planPair(
      { ...scene.world.ctx, settings: { ...scene.world.ctx.settings, self: ["/usr/bin/node", "/opt/conveyor"] } },
      operations.startup.planPair.input.parse({
        task: "auth",
        worker_name: "w",
        manager_name: "m",
        cwd: "/nowhere",
        ...input,
      }),
    );

  it("says what would be started, without a look at folder, tools or ledger", async () => {
    const { ledger_path } = scene.world.ctx.settings;
    expect(await plan()).toEqual({
      task: "auth",
      worker: "w",
      manager: "m",
      ensure_dispatch: true,
      dispatch_command: [
        "/usr/bin/node",
        "/opt/conveyor",
        "dispatch",
        "--watch",
        "--dispatcher-id",
        "dispatch-pair",
        "--path",
        ledger_path,
        "--exclusive",
        "--while-bound",
      ],
    });
    expect(await plan({ no_dispatch: true })).toMatchObject({ ensure_dispatch: false, dispatch_command: null });
  });

  it("refuses what is wrong by itself", async () => {
    await expect(plan({ manager_name: "w" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(plan({ manager_recipe: "world peace" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the flags of pair", () => {
  it("name the profiles that there are", () => {
    const { input } = operations.startup.pair;
    const options = { task: "auth", worker_name: "w", manager_name: "m", cwd: "/" };
    for (const codex_profile of ["yolo"]) expect(input.safeParse({ ...options, codex_profile }).success).toBe(true);
    expect(input.safeParse({ ...options, codex_profile: "safe" }).success).toBe(false);
  });

  it("may give Dispatch an id that looks like a flag", () => {
    const settings = { self: ["conveyor"], ledger_path: "/db" };
    expect(dispatcherCommand(settings, "--once")).toContain("--dispatcher-id=--once");
  });
});
