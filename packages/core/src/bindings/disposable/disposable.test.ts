import { readFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { readRolloutMeta } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loopPolicyOf } from "../../shared/loop-policy.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { createDisposableBinding, unbind } from "../index.ts";
import { managerHeartbeat, visibleProtocol, workerHandoff, workerHeartbeat } from "./prompts.ts";
import { placeRollout, slugOf } from "./rollout-file.ts";

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
    expect(readRolloutMeta(made.worker.rollout_path)).toMatchObject({ thread_id: "codex-ctl-worker", cwd: world.cwd });
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
      "loop-status",
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
    const plain = placeRollout("/d", "a b", new Set());
    const other = placeRollout("/d", "a;b", new Set([plain.path]));
    expect(plain.path).toBe("/d/rollout-a-b.jsonl");
    expect(other.path).toMatch(/^\/d\/rollout-a-b-[0-9a-f]{8}\.jsonl$/);
    expect(other.thread_id).not.toBe(plain.thread_id);
  });

  it("is readable by its owner only and holds one line", async () => {
    const { worker } = await create();
    expect(readFileSync(worker.rollout_path, "utf8").trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("the prompts of app threads", () => {
  const program = { program: "conveyor", ledger_path: "/repo/db" };
  const run = { name: "nightly", current_iteration: 1, max_iterations: 3 };
  const facts = { task: "ctl", worker: "ada", manager: "bob", run };

  it.each(["worker", "manager"] as const)("show the %s what to print, in eight steps", (role) => {
    const protocol = visibleProtocol(program, facts, role);
    expect(protocol.match(/^\d+(?=\.)/gm)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
    for (const mark of ["CONVEYOR POLL", "CONVEYOR IDLE", "CONVEYOR RECEIVED", "WORK", "CONVEYOR SEND", "DISPATCH"]) {
      expect(protocol).toContain(mark);
    }
    expect(protocol).toContain(role === "worker" ? "target manager bob" : "target worker ada");
    for (const status of ["received", "accepted", "blocked"]) {
      expect(protocol).toContain(
        `conveyor inbox-ack 'ctl' --notification-id <id> --role '${role}' --status '${status}' --from-stdin --path '/repo/db' --json`,
      );
    }
    expect(protocol).toContain("not a replay written later");
  });

  const NOTIFY = "conveyor enqueue-notify-manager 'ctl' --message <report> --path '/repo/db' --json";
  const ONE_PASS =
    "conveyor dispatch --watch --watch-iterations 1 --interval 2 --dispatcher-id 'dispatch-local' --path '/repo/db' --json";

  it.each([
    ["names task and run", "task ctl, in the loop run nightly"],
    ["bounds the polling", "max_iterations (3)"],
    ["reports durably", NOTIFY],
    ["then dispatches", ONE_PASS],
    ["does not take an answer for a receipt", "neither a receipt nor a completion"],
    ["is honest without a heartbeat", '"manual-poll only"'],
    ["keeps heartbeats", "Never delete or pause a heartbeat"],
    ["uses the skill", "Use the manage-codex-workers skill"],
  ])("the handoff %s", (_what, text) => {
    expect(workerHandoff(program, facts)).toContain(text);
  });

  it("the handoff ends with the poll command, and says when there is no run", () => {
    const handoff = workerHandoff(program, { ...facts, run: null });
    expect(handoff).toContain("in no loop run");
    expect(handoff.split("\n").at(-1)).toBe(
      "Poll with: conveyor worker-inbox 'ctl' --consume-next --wait --timeout 60 --path '/repo/db' --json",
    );
  });

  it.each([
    "conveyor app-heartbeat 'ctl' --role 'manager'",
    "conveyor app-wakeup-dispatch 'ctl'",
    "send_ready=true",
    "--delivery-status 'sent'",
    "--delivery-status 'skipped'",
    "--delivery-status 'blocked'",
    "Verify the worker's claims",
    "exactly one next worker task",
    "close-out proof out of the worker's criteria",
    "satisfied, deferred or rejected",
    "conveyor finish-task 'ctl' --reason <why> --require-criteria-audit",
    "control-plane blocker",
  ])("the manager's heartbeat contains %j", (text) => {
    expect(managerHeartbeat(program, facts)).toContain(text);
  });

  it.each([
    "conveyor app-heartbeat 'ctl' --role 'worker'",
    "single instruction only",
    "exact commands, compact evidence",
    "exactly one recommended next task",
    NOTIFY,
    ONE_PASS,
    "Tear-down belongs to the manager or the operator",
  ])("the worker's heartbeat contains %j", (text) => {
    expect(workerHeartbeat(program, facts)).toContain(text);
  });
});
