import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../inbox/take.ts";
import { createWorld, type World } from "../testing/world.ts";
import { commands as listCommands } from "./commands.ts";
import { enqueueContinueIteration } from "./enqueue-continue-iteration.ts";
import { loopRun, pass, receipt, rowsOf } from "./testing/scenes.ts";
import { startProcess } from "./testing/spawn.ts";

const PROOF = { failure_mode: "tests pass by accident", check: "mutated the parser", result: "three tests failed" };
const input = (fields: Record<string, unknown>) => operations.dispatch.enqueueContinueIteration.input.parse(fields);

describe("enqueue-continue-iteration", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const ask = (task: string, loop_run: string, requested_iteration: number, more: Record<string, unknown> = {}) =>
    enqueueContinueIteration(world.ctx, input({ task, loop_run, requested_iteration, message: "go on", ...more }));
  const take = (task: string) => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));
  const sql = (text: string, ...values: unknown[]) => world.store.fast((tx) => tx.sql.search(text).run(...values));
  const decide = (task_id: string) =>
    world.store.write(async (tx) => {
      const data = { seq: tx.seq(), task_id, decision: "nudge", reason: "r", created_at: tx.now, payload_json: "{}" };
      return (await tx.db.manager_decisions.create({ data })).id;
    });

  it("queues the request with a snapshot of the policy, and says what the gate thinks of it now", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id);
    const manager_decision_id = await decide(task.id);
    const queued = await ask(task.name, run_id, 2, { manager_decision_id, correlation_id: "iter-2" });
    expect(queued).toEqual({
      command_id: expect.stringMatching(/^command-/),
      command_type: "continue_iteration",
      correlation_id: "iter-2",
      deduplicated: false,
      gate_preview: {
        would_block: true,
        reason: "missing_adversarial_check_evidence",
        missing_evidence: ["adversarial_check"],
      },
      loop_policy: {
        artifact_requirements: {},
        cleanup_policy: null,
        current_iteration: 1,
        max_iterations: 3,
        preset: null,
        recommended_tools: [],
        required_before_continue: ["adversarial_check"],
        run_id,
        seed_prompt_sha256: null,
        stop_conditions: [],
        tags: [],
        template: null,
      },
      loop_run_id: run_id,
      manager_decision_id,
      requested_iteration: 2,
      required_permission: null,
      task: task.name,
      warnings: [],
    });
    expect(operations.dispatch.enqueueContinueIteration.output.parse(queued)).toEqual(queued);
    const [command] = await listCommands(
      world.ctx,
      operations.dispatch.commands.input.parse({ include_content: true }),
    );
    expect(command).toMatchObject({ type: "continue_iteration", state: "pending", max_attempts: 3 });
    expect(command?.payload).toEqual({
      message: "go on",
      loop_policy: queued.loop_policy,
      ralph_loop: { run_id, requested_iteration: 2 },
      manager_decision: { decision_id: manager_decision_id },
    });
    expect(await world.telemetryEvent("command_created")).toMatchObject({ run_id, attributes: { state: "pending" } });
  });

  it("goes through the gate when it is delivered: evidence opens it, taking begins it, the maximum ends it", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { max_iterations: 2 });
    const of = { task_id: task.id, run_id, iteration: 1, type: "adversarial_check" };
    const iteration = async () =>
      JSON.parse((await rowsOf<{ m: string }>(world, "SELECT metadata_json AS m FROM runs"))[0]?.m ?? "{}")
        .current_iteration;

    const first = await ask(task.name, run_id, 2);
    expect((await pass(world.ctx)).processed).toMatchObject([
      { command_id: first.command_id, state: "blocked", reason: "missing_adversarial_check_evidence" },
    ]);
    await receipt(world, of);
    expect((await ask(task.name, run_id, 2)).gate_preview).toMatchObject({ would_block: true });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "blocked" }]);
    expect((await take(task.name)).consumed).toBeNull();

    await receipt(world, { ...of, facts: PROOF });
    expect((await ask(task.name, run_id, 2)).gate_preview).toEqual({
      would_block: false,
      reason: null,
      missing_evidence: [],
    });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", reason: null }]);
    expect(await iteration()).toBe(1);
    expect((await take(task.name)).consumed?.payload).toMatchObject({
      message: "go on",
      loop_policy: { run_id, current_iteration: 1 },
      ralph_loop: { run_id, requested_iteration: 2 },
    });
    expect(await iteration()).toBe(2);
    const advanced = "SELECT count(*) AS n FROM telemetry_events WHERE event_type = 'ralph_loop_iteration_advanced'";
    expect(await rowsOf(world, advanced)).toEqual([{ n: 1 }]);

    await expect(ask(task.name, run_id, 2)).rejects.toMatchObject({ code: "stale_requested_iteration" });
    expect((await ask(task.name, run_id, 3)).gate_preview).toMatchObject({ reason: "max_iterations_reached" });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "blocked", reason: "max_iterations_reached" }]);
    expect(await rowsOf(world, "SELECT count(*) AS n FROM routed_notifications WHERE command_id IS NOT NULL")).toEqual([
      { n: 1 },
    ]);
  });

  it("lets one of two processes that ask for the same iteration at once have it", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    const fields = { task: task.name, loop_run: run_id, requested_iteration: 2, message: "go on", deliver: true };
    const start = () => startProcess(world, { action: "continue", input: input(fields) }).ended;
    const ended = await Promise.all([start(), start()]);
    const answers = ended.map(({ document }) => document?.["delivery"] as { state: string; reason: string | null });
    expect(answers.map(({ state, reason }) => `${state} ${reason}`).sort()).toEqual([
      "blocked iteration_already_pending",
      "pull_required null",
    ]);
    expect(await rowsOf(world, "SELECT count(*) AS n FROM routed_notifications WHERE command_id IS NOT NULL")).toEqual([
      { n: 1 },
    ]);
  });

  it.each([
    ["a blank message", { message: " " }, "message_required"],
    ["no message", { message: undefined }, "message_required"],
    ["an unknown task", { task: "nowhere" }, "not_found"],
    ["iteration 0", { requested_iteration: 0 }, "invalid_requested_iteration"],
    ["an unknown run", { loop_run: "run-nowhere" }, "not_found"],
    ["a run that is no loop", { loop_run: "plain" }, "not_a_loop_run"],
    ["a loop without numbers", { loop_run: "vague" }, "run_missing_iteration_policy"],
    ["a loop of another task, by id", { loop_run: "run-foreign" }, "run_task_mismatch"],
    ["a loop of another task, by name", { loop_run: "foreign" }, "not_found"],
    ["the iteration it stands at", { requested_iteration: 1 }, "stale_requested_iteration"],
    ["a closed loop", { loop_run: "closed" }, "loop_closed"],
    ["another task's decision", { manager_decision_id: 1 }, "not_found"],
    ["an unknown decision", { manager_decision_id: 99 }, "not_found"],
    ["an unknown permission", { required_permission: "repo.rewrite_history" }, "unknown_permission"],
    ["a beginning of several ids", { loop_run: "run-" }, "ambiguous"],
  ])("refuses %s with its code and writes nothing", async (_what, change, code) => {
    const { task } = await world.pair();
    const other = await world.task({ name: "other" });
    await decide(other.id);
    const run = (id: string, task_id: string, purpose: string | null, metadata: object) =>
      world.store.fast((tx) =>
        tx.sql
          .hot(
            `INSERT INTO runs (id, seq, task_id, name, purpose, status, started_at, metadata_json)
             VALUES (?, ?, ?, ?, ?, 'finished', ?, ?)`,
          )
          .run(id, tx.seq(), task_id, id.slice(4), purpose, tx.now, JSON.stringify(metadata)),
      );
    const numbers = { current_iteration: 1, max_iterations: 3 };
    await run("run-good", task.id, "ralph_loop", numbers);
    await run("run-plain", task.id, null, numbers);
    await run("run-vague", task.id, null, { kind: "ralph_loop", max_iterations: 3 });
    await run("run-foreign", other.id, "ralph_loop", numbers);
    await run("run-closed", task.id, "ralph_loop", { ...numbers, closed_at: "2026-01-01T00:00:00.000Z" });
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    const fields = { task: task.name, loop_run: "good", requested_iteration: 2, message: "go on", ...change };
    await expect(enqueueContinueIteration(world.ctx, input(fields))).rejects.toMatchObject({ code });
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
    expect(await rowsOf(world, "SELECT id FROM commands")).toEqual([]);
  });

  it("finds a loop by id, by name (the newest of this task) and by the beginning of its id", async () => {
    const { task } = await world.pair();
    const older = await loopRun(world, task.id, { required_before_continue: [] });
    const newer = await loopRun(world, task.id, { required_before_continue: [] });
    await sql("UPDATE runs SET name = 'nightly'");
    const runOf = async (loop_run: string) => (await ask(task.name, loop_run, 2)).loop_policy.run_id;
    expect(await runOf(older.run_id)).toBe(older.run_id);
    expect(await runOf("nightly")).toBe(newer.run_id);
    expect(await runOf(older.run_id.slice(0, -1))).toBe(older.run_id);
  });

  it("refuses a task that has ended, and warns of one without worker and manager", async () => {
    const task = await world.task({ name: "lonely" });
    const { run_id } = await loopRun(world, task.id);
    expect(await ask(task.name, run_id, 2)).toMatchObject({
      warnings: ["no_active_binding"],
      gate_preview: { would_block: true, reason: "no_active_binding" },
    });
    await sql("UPDATE tasks SET state = 'done'");
    await expect(ask(task.name, run_id, 2)).rejects.toMatchObject({ code: "terminal_state" });
  });

  describe("with a key that was used before", () => {
    const key = { idempotency_key: "k1", correlation_id: "c1" };

    it("answers with the first command although the loop has moved on and the task was closed", async () => {
      const { task } = await world.pair();
      const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
      await sql("UPDATE runs SET name = 'nightly'");
      const first = await ask(task.name, "nightly", 2, key);
      await pass(world.ctx);
      await take(task.name);
      await loopRun(world, task.id);
      await sql("UPDATE runs SET name = 'nightly'");
      await sql("UPDATE tasks SET state = 'done'");
      const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
      for (const loop_run of ["nightly", run_id]) {
        expect(await ask(task.name, loop_run, 2, key)).toEqual({
          ...first,
          deduplicated: true,
          loop_run_id: loop_run,
          gate_preview: expect.objectContaining({ would_block: true, reason: "stale_requested_iteration" }),
        });
      }
      expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
    });

    it.each([
      ["another message", { message: "stop" }],
      ["another iteration", { requested_iteration: 3 }],
      ["another decision", { manager_decision_id: 1 }],
      ["another loop", { loop_run: "second" }],
      ["another permission", { required_permission: "repo.open_pr" }],
      ["another correlation id", { correlation_id: "c2" }],
    ])("refuses %s and names the first command", async (_what, change) => {
      const { task } = await world.pair();
      const { run_id } = await loopRun(world, task.id);
      await decide(task.id);
      const { command_id } = await ask(task.name, run_id, 2, key);
      await loopRun(world, task.id, { run_id: "second" });
      await expect(ask(task.name, run_id, 2, { ...key, ...change })).rejects.toMatchObject({
        code: "idempotency_conflict",
        details: { command_id },
      });
    });
  });
});
