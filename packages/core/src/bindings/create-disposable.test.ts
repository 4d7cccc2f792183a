import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loopPolicyOf } from "../loops/policy.ts";
import { createWorld, type World } from "../testing/world.ts";
import { createDisposable as createDisposableBinding } from "./create-disposable.ts";
import { placeRollout, slugOf } from "./disposable/rollout-file.ts";
import { unbind } from "./unbind.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const create = (input: Record<string, unknown> = {}) =>
  createDisposableBinding(
    world.ctx,
    operations.bindings.createDisposable.input.parse({ task: "ctl", cwd: world.cwd, ...input }),
  );

describe("create-disposable-binding", () => {
  it("binds two sessions without terminal or process, whose life is told by their heartbeat", async () => {
    const made = await create({ worker_codex_app_thread_id: "thr_1", worker_codex_app_thread_title: "Worker" });
    expect(made).toMatchObject({
      task: { name: "ctl", state: "managed", created: true },
      db_path: world.ctx.settings.ledger_path,
      run: null,
      warnings: [],
      worker: {
        name: "ctl-worker",
        tmux_session: null,
        codex_app_thread_id: "thr_1",
        communication: { session_kind: "codex_app", delivery_mode: "pull_required", can_receive_push: false },
      },
      manager: { name: "ctl-manager", codex_app_thread_id: null },
    });
    expect(made.worker.communication.poll_command).toContain("worker-inbox 'ctl'");
    const rows = await world.store.read((tx) => tx.db.sessions.findMany({ orderBy: { seq: "asc" } }));
    expect(rows.map(({ pid, liveness, origin, state }) => [pid, liveness, origin, state])).toEqual([
      [null, "heartbeat", "disposable", "active"],
      [null, "heartbeat", "disposable", "active"],
    ]);
    expect(world.ctx.agents.standard.records?.meta(made.worker.rollout_path)).toMatchObject({
      thread_id: "codex-ctl-worker",
      cwd: world.cwd,
    });
    expect(made.worker.rollout_path).toBe(
      join(world.ctx.settings.state_root, "disposable-sessions", "rollout-ctl-worker.jsonl"),
    );
    expect(await world.auditTypes()).toEqual([
      "task_created",
      "session_registered",
      "session_registered",
      "binding_created",
      "disposable_binding_created",
    ]);
    expect((await world.auditEvent("session_registered"))?.payload["via"]).toBe("create-disposable-binding");
  });

  it("records a policy run that a loop can be steered by", async () => {
    const { run, task } = await create({
      template: "app_visible_build_loop",
      run_name: "nightly",
      seed_prompt_sha256: "no hash",
    });
    expect(run).toMatchObject({ name: "nightly", task_id: task.id, purpose: "ralph_loop", status: "finished" });
    expect(run?.started_at).toBe(run?.ended_at);
    const row = await world.store.read((tx) => tx.db.runs.findUniqueOrThrow({ where: { id: run?.id ?? "" } }));
    expect(loopPolicyOf(row)).toMatchObject({
      current_iteration: 1,
      max_iterations: 2,
      required_before_continue: ["build_passed", "adversarial_check"],
      template: "app_visible_build_loop",
      preset: "app_visible_build_loop",
    });
    expect((await world.auditEvent("run_created"))?.payload).toMatchObject({ run_id: run?.id, kind: "ralph_loop" });
    expect((await world.auditEvent("disposable_binding_created"))?.payload["run"]).toBe(run?.id);
  });

  it("warns of a hash that is none", async () => {
    expect((await create({ adversarial: true, seed_prompt_sha256: "abc" })).warnings).toEqual([
      "seed_prompt_sha256_is_no_sha256",
    ]);
  });

  it("conflicts while the binding lives, and afterwards binds the same two sessions anew", async () => {
    const first = await create();
    await expect(create()).rejects.toMatchObject({ code: "conflict", details: { binding_id: first.binding.id } });
    await unbind(world.ctx, { task: "ctl" });
    const second = await create();
    expect([second.worker.id, second.manager.id]).toEqual([first.worker.id, first.manager.id]);
    expect(second.binding.id).not.toBe(first.binding.id);
    expect(second.task).toMatchObject({ created: false });
    expect(second.worker.rollout_path).toBe(first.worker.rollout_path);
  });

  it.each([
    ["equal names", { worker: "x", manager: "x" }, "invalid_input"],
    ["one thread for both", { worker_codex_app_thread_id: "t", manager_codex_app_thread_id: "t" }, "invalid_input"],
    ["an empty evidence type", { required_before_continue: [" "] }, "invalid_input"],
    ["an iteration above the maximum", { adversarial: true, max_iterations: 2, current_iteration: 3 }, "invalid_input"],
    ["a manager's name for the worker", { worker: "bob" }, "conflict"],
    ["an active agent's name", { manager: "bob" }, "conflict"],
    ["a session that is bound elsewhere", { worker: "other-worker" }, "conflict"],
    ["a closed task", { task: "closed" }, "terminal_state"],
  ])("refuses %s and leaves nothing behind", async (_what, input, code) => {
    await world.manager({ name: "bob" });
    await world.pair({ task: "other" });
    const { id } = await world.task({ name: "closed" });
    await world.store.write((tx) => tx.db.tasks.update({ where: { id }, data: { state: "done" } }));
    const before = await world.auditTypes();
    await expect(create(input)).rejects.toMatchObject({ code });
    expect(await world.auditTypes()).toEqual(before);
  });

  it("undoes everything when the last step fails", async () => {
    await create({ task: "first", run_name: "nightly", adversarial: true });
    const before = await world.auditTypes();
    await expect(create({ run_name: "nightly", adversarial: true })).rejects.toMatchObject({
      code: "conflict",
      details: { kind: "run" },
    });
    expect(await world.auditTypes()).toEqual(before);
    expect(await world.store.read((tx) => tx.db.tasks.count({ where: { name: "ctl" } }))).toBe(0);
  });

  it("prints commands that can be run again, with everything that was said and nothing made up", async () => {
    const made = await create({
      goal: "it's $(goal)",
      adversarial: true,
      max_iterations: 4,
      session_dir: join(world.root, "own dir"),
    });
    const [again, next, dispatch, inbox, status] = made.replay_commands;
    expect(again).toContain(`create-disposable-binding 'ctl' --goal 'it'"'"'s $(goal)'`);
    expect(again).toContain("--adversarial --max-iterations 4 --current-iteration 1");
    expect(again).toContain(`--session-dir '${join(world.root, "own dir")}'`);
    expect(again).not.toContain("--run-name");
    expect(next).toContain(`enqueue-continue-iteration 'ctl' --loop-run '${made.run?.name}' --requested-iteration 2`);
    expect([dispatch, inbox, status].map((line) => line?.split(" ")[1])).toEqual([
      "dispatch",
      "worker-inbox",
      "app-loop-status",
    ]);
    const plain = await create({ task: "plain" });
    expect(plain.replay_commands.map((line) => line.split(" ")[1])).toEqual([
      "create-disposable-binding",
      "worker-inbox",
      "manager-inbox",
    ]);
    for (const line of [...made.replay_commands, ...plain.replay_commands])
      expect(line).toContain(`--path '${world.ctx.settings.ledger_path}'`);
  });

  it("recommends heartbeats every two minutes, and who may end them", async () => {
    const { heartbeat_recommendations: heartbeat } = await create();
    expect(heartbeat).toMatchObject({
      interval_minutes: 2,
      applies_when: {
        session_kind: "codex_app",
        receive_style: "pull",
        delivery_mode: "pull_required",
        can_receive_push: false,
      },
      manager: {
        kind: "thread_heartbeat",
        poll_command: expect.stringContaining("app-heartbeat 'ctl' --role 'manager'"),
      },
      worker: { direct_inbox_command: expect.stringContaining("worker-inbox 'ctl'") },
      teardown_policy: {
        owner: "manager_or_operator",
        terminal_closeout_command: expect.stringContaining("--require-criteria-audit"),
      },
    });
    expect(heartbeat.delivery_receipt_commands.sent).toContain(
      "--delivery-status 'sent' --thread-id <action.thread.id>",
    );
    expect(heartbeat.delivery_receipt_commands.skipped).not.toContain("--thread-id");
    expect(heartbeat.manager.prompt).toContain("role heartbeat of the manager ctl-manager");
    expect(heartbeat.worker.prompt).toContain("role heartbeat of the worker ctl-worker");
  });

  it("hands the worker's thread a prompt that names its run and ends with its poll command", async () => {
    const made = await create({ adversarial: true, run_name: "nightly", max_iterations: 4 });
    expect(made.worker_handoff).toContain("in the loop run nightly");
    expect(made.worker_handoff).toContain("max_iterations (4)");
    expect(made.worker_handoff.endsWith(`Poll with: ${made.worker.communication.poll_command}`)).toBe(true);
  });
});

describe("the rollout file of a session without one", () => {
  it.each([
    ["ctl-worker", "ctl-worker"],
    ["../../etc/passwd", "etc-passwd"],
    ["two words; $(x)", "two-words-x"],
    ["…", "session"],
    [".hidden.", "hidden"],
  ])("of %j is called after %j", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it("has a name of its own when another session has the plain one", () => {
    const plain = placeRollout({ kind: "codex" }, "/d", "a b", new Set());
    const other = placeRollout({ kind: "codex" }, "/d", "a;b", new Set([plain.path]));
    expect(plain.path).toBe("/d/rollout-a-b.jsonl");
    expect(other.path).toMatch(/^\/d\/rollout-a-b-[0-9a-f]{8}\.jsonl$/);
    expect(other.thread_id).not.toBe(plain.thread_id);
  });

  it("is readable by its owner only and holds one line", async () => {
    const { worker } = await create();
    expect(readFileSync(worker.rollout_path, "utf8").trimEnd().split("\n")).toHaveLength(1);
  });
});
