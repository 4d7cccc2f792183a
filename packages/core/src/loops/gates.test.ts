import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { continuation, loopRun, nudge, pass, receipt, rowsOf } from "../dispatch/testing/scenes.ts";
import { takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";

const PROOF = { failure_mode: "tests pass by accident", check: "mutated the parser", result: "three tests failed" };

describe("a continuation of a loop", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const take = (task: string) => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));
  const iterationOf = async (run_id: string) => {
    const rows = await rowsOf<{ id: string; metadata_json: string }>(world, "SELECT id, metadata_json FROM runs");
    return JSON.parse(rows.find(({ id }) => id === run_id)?.metadata_json ?? "{}")["current_iteration"];
  };

  it("is blocked until the proof is structured, then delivered, and begins when it is taken", async () => {
    const { task, worker } = await world.pair();
    const { run_id } = await loopRun(world, task.id);
    const of = { task_id: task.id, run_id, iteration: 1, type: "adversarial_check" };

    const first = await continuation(world, task.id, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([
      {
        command_id: first,
        state: "blocked",
        reason: "missing_adversarial_check_evidence",
        missing_evidence: ["adversarial_check"],
        delivered: false,
        target_worker_notified: false,
        notification_id: null,
        target_session: worker.name,
        current_iteration: 1,
        requested_iteration: 2,
        max_iterations: 3,
      },
    ]);
    expect(await rowsOf(world, "SELECT state, error FROM command_attempts")).toEqual([
      {
        state: "blocked",
        error:
          "missing_adversarial_check_evidence missing_evidence=adversarial_check current_iteration=1 max_iterations=3 requested_iteration=2",
      },
    ]);
    expect((await take(task.name)).consumed).toBeNull();
    expect(await world.telemetryEvent("dispatch_command_blocked")).toMatchObject({ severity: "warning", run_id });

    await receipt(world, of);
    await continuation(world, task.id, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "blocked" }]);

    await receipt(world, { ...of, facts: PROOF });
    const fresh = await continuation(world, task.id, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([
      { command_id: fresh, state: "pull_required", reason: null, missing_evidence: [] },
    ]);
    expect(await iterationOf(run_id)).toBe(1);

    const { consumed } = await take(task.name);
    expect(consumed?.payload).toMatchObject({
      loop_policy: { run_id, current_iteration: 1 },
      ralph_loop: { run_id, requested_iteration: 2, max_iterations: 3 },
    });
    expect(await iterationOf(run_id)).toBe(2);
    expect(await world.telemetryEvent("ralph_loop_iteration_advanced")).toMatchObject({
      run_id,
      attributes: { previous_iteration: 1, current_iteration: 2, advanced_by: "inbox_consume" },
    });
    expect(await world.telemetryEvent("dispatch_inbox_consumed")).toMatchObject({
      run_id,
      attributes: { via: "inbox" },
    });
  });

  it("is blocked while the same iteration still waits to be taken", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    const first = await continuation(world, task.id, run_id, 2);
    await continuation(world, task.id, run_id, 4);
    expect((await pass(world.ctx, { dry_run: true })).processed).toMatchObject([
      { state: "planned", gate_preview: { would_block: false, reason: null } },
      { state: "planned", gate_preview: { would_block: true, reason: "max_iterations_reached", missing_evidence: [] } },
    ]);
    await world.store.fast((tx) => tx.sql.atomic("DELETE FROM commands WHERE correlation_id = 'iteration-4'").run());
    await continuation(world, task.id, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "pull_required" },
      { state: "blocked", reason: "iteration_already_pending", pending_command_id: first },
    ]);
  });

  it("fails when its run is unknown, no loop, or another task's", async () => {
    const { task } = await world.pair();
    const other = await world.task({ name: "other" });
    const foreign = await loopRun(world, other.id);
    await continuation(world, task.id, "run-nowhere", 2);
    await continuation(world, task.id, foreign.run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "failed", error_code: "unknown_run", error_type: "DispatchRoutingError" },
      { state: "failed", error_code: "run_task_mismatch" },
    ]);
  });

  it("that guards merging blocks an instruction to merge until everything is proved", async () => {
    const { task } = await world.pair();
    await world.store.write(async (tx) => {
      const seq = tx.seq();
      const lists = { guidelines_json: "[]", acceptance_criteria_json: "[]", reference_paths_json: "[]" };
      const times = { created_at: tx.now, updated_at: tx.now, seq, updated_seq: seq };
      await tx.db.manager_configs.create({
        data: {
          ...lists,
          ...times,
          task_id: task.id,
          supervision_mode: "strict",
          permissions_json: '{"repo":["merge_green_pr"]}',
        },
      });
    });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: ["manager_merge_decision"] });
    await nudge(world.ctx, task.name, "merge it", { required_permission: "merge_green_pr" });
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "blocked", gate: "merge", reason: "missing_required_evidence", run_id, command_type: "nudge_worker" },
    ]);
    const of = { task_id: task.id, run_id, iteration: 1 };
    for (const type of ["branch_ready", "branch_pushed", "pr_url", "ci_green", "mergeability_clean"])
      await receipt(world, { ...of, type });
    await receipt(world, {
      ...of,
      type: "manager_merge_decision",
      facts: { decision: "merge_ready", manager_verified: true },
    });
    await receipt(world, { ...of, type: "adversarial_check", facts: PROOF });
    await nudge(world.ctx, task.name, "merge it", { required_permission: "merge_green_pr" });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required" }]);
  });
});
