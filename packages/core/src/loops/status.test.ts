import { type Call, operations } from "@conveyor/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { continuation, loopRun, pass, receipt, rowsOf } from "../dispatch/testing/scenes.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";
import { addEvidence } from "./evidence.ts";
import { gate as askGate } from "./gate.ts";
import { listEvidence } from "./list-evidence.ts";
import { resetConflicts } from "./reset-conflicts.ts";
import { createRun, finishRun } from "./runs.ts";
import { status as loopStatus } from "./status.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.close());

const status = (call: Call<"loops.status">) => loopStatus(world.ctx, operations.loops.status.input.parse(call));
const gate = (call: Call<"loops.gate">) => askGate(world.ctx, operations.loops.gate.input.parse(call));
const record = (call: Call<"loops.addEvidence">) =>
  addEvidence(world.ctx, operations.loops.addEvidence.input.parse(call));
const PROOF = { failure_mode: "it lies", check: "looked", result: "it does not" };

describe("loop-status", () => {
  it("goes along with a loop, and its gate says what Dispatch then does", async () => {
    const { task, worker } = await world.pair({ task: "along" });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: ["lint", "adversarial_check"] });
    const of = { task: task.name, loop_run: run_id };
    const untouched = await status({ task: task.name });
    expect(untouched).toMatchObject({
      run: { id: run_id },
      loop_state: "open",
      gate: { next_iteration: 2, can_continue: false, reason: "missing_required_evidence", merge_gate: null },
      recommendation: "ready_for_manager_review",
      next_action: { code: "record_evidence", command: expect.stringContaining("--evidence-type 'lint'") },
      app_task_dispatch: { records_total: 0, note: null },
    });
    await record({ ...of, evidence_type: "lint", status: "failed" });
    const rejected = await status({ task: task.name, run: run_id });
    expect(rejected.next_action).toMatchObject({ code: "fix_evidence" });
    expect(rejected.gate).toMatchObject({ rejected_evidence: ["lint"], satisfied_evidence: [] });

    await continuation(world, task.id, run_id, 2);
    expect((await status({ task: task.name })).next_action).toMatchObject({
      code: "await_worker",
      command: expect.stringContaining("dispatch --once"),
    });
    const [blocked] = (await pass(world.ctx)).processed;
    expect(blocked).toMatchObject({
      state: "blocked",
      reason: rejected.gate.reason,
      missing_evidence: rejected.gate.missing_evidence,
    });
    expect(await status({ task: task.name })).toMatchObject({
      blocked: {
        total: 1,
        latest: { reason: "missing_required_evidence", missing_evidence: ["lint", "adversarial_check"] },
      },
      notifications: { total: 0, delivered: 0 },
      inbox: { worker_unconsumed: 0 },
      failures: { alerts: 0 },
    });

    await record({ ...of, evidence_type: "lint" });
    await record({ ...of, evidence_type: "adversarial_check", metadata: PROOF });
    expect((await status({ task: task.name })).next_action).toMatchObject({ code: "enqueue_next" });
    expect(await gate({ task: task.name })).toMatchObject({
      can_pass: true,
      reason: null,
      requested_iteration: 2,
      iteration: 1,
    });
    await continuation(world, task.id, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", target_session: worker.name }]);
    const delivered = await status({ task: task.name });
    expect(delivered).toMatchObject({
      recommendation: "worker_should_consume_inbox",
      next_action: { code: "worker_consume" },
      gate: { reason: "iteration_already_pending" },
      inbox: { worker_unconsumed: 1 },
    });
    await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: task.name }));
    expect(await status({ task: task.name })).toMatchObject({
      policy: { current_iteration: 2 },
      inbox: { worker_unconsumed: 0, consumed_unacknowledged: 1 },
      telemetry: { dispatch_inbox_consumed: 1, by_event_type: { ralph_loop_iteration_advanced: 1 } },
      commands: { total: 2, states: { blocked: 1, succeeded: 1 } },
      next_action: { code: "await_worker" },
    });
  });

  it("counts a failed command until its iteration was delivered later", async () => {
    const { task } = await world.pair({ task: "failing" });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE commands SET state = 'failed' WHERE task_id = ?").run(task.id),
    );
    expect(await status({ task: task.name })).toMatchObject({
      recommendation: "inspect_failures",
      next_action: { code: "resolve_failures" },
      failures: { failed_commands: 1, resolved_failed_commands: 0, alerts: 1 },
    });
    await continuation(world, task.id, run_id, 2);
    await pass(world.ctx);
    expect((await status({ task: task.name })).failures).toMatchObject({
      failed_commands: 0,
      resolved_failed_commands: 1,
      alerts: 0,
    });
  });

  it("takes the newest open loop when none is named, else the newest, and says so when there is none", async () => {
    const task = await world.task({ name: "choosing" });
    await expect(status({ task: task.name })).rejects.toMatchObject({ code: "not_found", details: { kind: "run" } });
    const make = (name: string) =>
      createRun(
        world.ctx,
        operations.loops.createRun.input.parse({
          task: task.name,
          name,
          purpose: "ralph_loop",
          metadata: { max_iterations: 2 },
        }),
      );
    const close = (run: string) => finishRun(world.ctx, operations.loops.finishRun.input.parse({ run }));
    const [first, second] = [await make("first"), await make("second")];
    await close(second.id);
    expect((await status({ task: task.name })).run.id).toBe(first.id);
    await close(first.id);
    expect(await status({ task: task.name })).toMatchObject({
      run: { id: second.id },
      loop_state: "closed",
      next_action: null,
      gate: { reason: "loop_closed" },
    });
    const { run_id } = await loopRun(world, task.id, { current_iteration: 3 });
    expect((await status({ task: task.name })).run.id).toBe(run_id);
  });

  it("tells to close a loop that may not go on", async () => {
    const task = await world.task({ name: "spent" });
    const { run_id } = await loopRun(world, task.id, { current_iteration: 3 });
    expect(await status({ task: task.name })).toMatchObject({
      loop_state: "exhausted",
      gate: { reason: "max_iterations_reached" },
      next_action: { code: "close_loop", command: expect.stringContaining(`--finish '${run_id}'`) },
    });
  });
});

describe("a refusal", () => {
  it("is also an item for the manager, which names what is missing, and no command's", async () => {
    const { task, manager } = await world.pair({ task: "refused" });
    const { run_id } = await loopRun(world, task.id);
    const command = await continuation(world, task.id, run_id, 2);
    await pass(world.ctx);
    expect(
      await rowsOf(world, `SELECT count(*) AS n FROM routed_notifications WHERE command_id = '${command}'`),
    ).toEqual([{ n: 0 }]);
    const { consumed } = await takeManager(world.ctx, operations.inbox.takeManager.input.parse({ task: task.name }));
    expect(consumed).toMatchObject({
      signal_type: "continuation_blocked",
      command_id: null,
      target_session_name: manager.name,
      payload: {
        gate: "continue",
        refused_command_id: command,
        reason: "missing_adversarial_check_evidence",
        missing_evidence: ["adversarial_check"],
        next_commands: [
          expect.stringContaining("loop-status"),
          expect.stringContaining("loop-evidence adversarial-check 'refused' --loop-run"),
        ],
      },
    });
  });
});

describe("loop-gate", () => {
  it("asks the gates of merging and of finishing", async () => {
    const task = await world.task({ name: "gates" });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: ["manager_merge_decision"] });
    const of = { task: task.name, loop_run: run_id };
    expect(await gate({ task: task.name, for: "finish" })).toMatchObject({
      can_pass: false,
      reason: "missing_adversarial_check_evidence",
    });
    for (const evidence_type of ["branch_ready", "branch_pushed", "pr_url", "ci_green", "mergeability_clean"])
      await record({ ...of, evidence_type });
    await record({ ...of, evidence_type: "adversarial_check", metadata: PROOF });
    await record({
      ...of,
      evidence_type: "manager_merge_decision",
      metadata: { decision: "wait", manager_verified: true },
    });
    expect(await gate({ task: task.name, for: "merge" })).toMatchObject({
      can_pass: false,
      reason: "missing_manager_merge_decision_evidence",
      iteration: 1,
    });
    await record({
      ...of,
      evidence_type: "manager_merge_decision",
      metadata: { decision: "merge_ready", manager_verified: true },
    });
    expect(await gate({ task: task.name, for: "merge" })).toMatchObject({ can_pass: true });
    expect(await gate({ task: task.name, for: "finish" })).toMatchObject({
      can_pass: true,
      evidence: [{ state: "satisfied" }],
    });
    expect(await gate({ task: task.name, requested_iteration: 3 })).toMatchObject({
      reason: "missing_manager_merge_decision_evidence",
    });
  });
});

describe("loop-evidence list", () => {
  it("shows how each receipt stands, what it opens and how it was before", async () => {
    const task = await world.task({ name: "browsing" });
    const { run_id } = await loopRun(world, task.id, { required_before_continue: ["lint", "adversarial_check"] });
    const of = { task: task.name, loop_run: run_id };
    await record({ ...of, evidence_type: "lint", status: "failed", metadata: { run: 1 } });
    await record({ ...of, evidence_type: "lint", metadata: { run: 2 } });
    await record({ ...of, evidence_type: "adversarial_check", metadata: PROOF, source: "worker_proposed" });
    await receipt(world, { task_id: task.id, run_id, iteration: 2, type: "lint", status: "rejected" });
    const list = (call: Partial<Call<"loops.listEvidence">>) =>
      listEvidence(world.ctx, operations.loops.listEvidence.input.parse({ task: task.name, ...call }));
    const all = await list({ history: true });
    expect(
      all.receipts.map(({ iteration, evidence_type, standing, counts, opens }) => [
        iteration,
        evidence_type,
        standing,
        counts,
        opens,
      ]),
    ).toEqual([
      [2, "lint", "rejected", true, []],
      [1, "adversarial_check", "satisfied", true, ["continue"]],
      [1, "lint", "satisfied", true, ["continue"]],
    ]);
    const lint = all.receipts[2];
    expect(lint?.versions?.map(({ status, evidence }) => [status, evidence["run"]])).toEqual([
      ["rejected", 1],
      ["satisfied", 2],
    ]);
    expect(lint?.versions?.at(-1)?.sha256).toBe(lint?.sha256);
    const some = await list({ iteration: 1, evidence_type: "lint", limit: 0 });
    expect(some).toMatchObject({ total: 1, receipts: [{ versions: null, evidence: { run: 2 } }] });
    expect(await list({ limit: 1 })).toMatchObject({ total: 3, receipts: [{ iteration: 2 }] });
  });
});

describe("loop-evidence reset-conflicts", () => {
  it("lets a person begin anew, and no agent", async () => {
    const task = await world.task({ name: "conflicts" });
    const { run_id } = await loopRun(world, task.id);
    const of = { task: task.name, loop_run: run_id };
    for (const _ of [1, 2])
      await record({ ...of, evidence_type: "conflict_attempt", metadata: { outcome: "unresolved" } });
    expect((await status({ task: task.name })).gate.conflicts).toEqual({
      retry_count: 2,
      max_retries: 2,
      state: "blocked",
    });
    const input = { ...of, reason: "rebased by hand" };
    const agent = { ...world.ctx, settings: { ...world.ctx.settings, caller_thread_id: "some-agent" } };
    await expect(resetConflicts(agent, input)).rejects.toMatchObject({ code: "permission_denied" });
    expect(await resetConflicts(world.ctx, input)).toMatchObject({
      conflicts: { retry_count: 0, max_retries: 2, state: "open" },
      run: { metadata: { conflict_state: { reason: "rebased by hand", state: "open", retry_count: 0 } } },
    });
    await record({ ...of, evidence_type: "conflict_attempt", metadata: { outcome: "unresolved" } });
    expect((await status({ task: task.name })).gate.conflicts).toMatchObject({ retry_count: 1, state: "open" });
  });
});
