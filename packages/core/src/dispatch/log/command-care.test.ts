import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../../inbox/take.ts";
import { asShown } from "../../testing/as-shown.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { cancelCommand } from "../cancel-command.ts";
import { deadCommands } from "../dead-commands.ts";
import { enqueueContinueIteration } from "../enqueue-continue-iteration.ts";
import { retryCommand } from "../retry-command.ts";
import { showCommand } from "../show-command.ts";
import { APPROVAL_DIALOG, Panes } from "../testing/panes.ts";
import { loopRun, nudge, pass, receipt, rowsOf } from "../testing/scenes.ts";

const { showCommand: showing, retryCommand: retrying, deadCommands: listing } = operations.dispatch;
const PROOF = { failure_mode: "tests pass by accident", check: "mutated the parser", result: "three tests failed" };

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const show = (command: string, include_content = false) =>
  asShown("dispatch.showCommand", showCommand, world.ctx, showing.input.parse({ command, include_content }));
const retry = (command: string, force = false) => retryCommand(world.ctx, retrying.input.parse({ command, force }));
const cancel = (command: string) => cancelCommand(world.ctx, { command });
const dead = (fields: Record<string, unknown> = {}) => deadCommands(world.ctx, listing.input.parse(fields));
const sequence = () => rowsOf(world, "SELECT value FROM ledger_sequence");
const ask = (task: string, loop_run: string, requested_iteration: number) =>
  enqueueContinueIteration(
    world.ctx,
    operations.dispatch.enqueueContinueIteration.input.parse({ task, loop_run, requested_iteration, message: "go on" }),
  );
/** A command that failed because its task was not bound. */
const failed = async (message = "hello", correlation_id = "c1") => {
  const task = await world.task();
  const { command_id } = await nudge(world.ctx, task.name, message, { correlation_id });
  await pass(world.ctx);
  return { task, command_id };
};
const bindTo = async (task: string) => {
  const { bind } = await import("../../bindings/bind.ts");
  const [worker, manager] = [await world.worker(), await world.manager()];
  await bind(world.ctx, { task, worker: worker.name, manager: manager.name });
};
/** As if the dispatcher had died after it began to type. */
const touch = (command_id: string) =>
  world.store.fast((tx) =>
    tx.sql.hot("UPDATE command_attempts SET side_effect_started = 1 WHERE command_id = ?").run(command_id),
  );

describe("commands show", () => {
  it("shows attempts, items and answers, and bodies only when asked", async () => {
    const { task, worker, binding_id } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "a private word");
    await pass(world.ctx);
    await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: task.name }));
    await world.store.fast((tx) => {
      for (const status of ["received", "accepted"])
        tx.sql
          .hot(
            `INSERT INTO notification_acknowledgements
             (seq, task_id, binding_id, notification_id, role, status, payload_json, created_at)
           VALUES (?, ?, ?, 1, 'worker', ?, '{"summary":"a private answer"}', ?)`,
          )
          .run(tx.seq(), task.id, binding_id, status, tx.now);
    });
    const shown = await show(command_id);
    expect(shown).toMatchObject({
      id: command_id,
      state: "succeeded",
      task_name: task.name,
      payload: { message_redacted: true, message_byte_count: 14 },
      attempt_history: [{ state: "succeeded", dispatcher_id: "dispatch-local" }],
      items: [
        {
          id: 1,
          target_session_name: worker.name,
          payload: { message_redacted: true },
          acknowledgement: { status: "accepted", payload: { redacted: true } },
          acknowledgements: [{ status: "received" }, { status: "accepted" }],
        },
      ],
    });
    expect(JSON.stringify(shown)).not.toContain("private");
    expect(showing.output.parse(shown)).toEqual(shown);
    expect(await show(command_id.slice(0, -3), true)).toMatchObject({
      payload: { message: "a private word" },
      items: [
        {
          payload: { message: "a private word" },
          acknowledgements: [
            { payload: { summary: "a private answer" } },
            { payload: { summary: "a private answer" } },
          ],
        },
      ],
    });
  });

  it("refuses what it does not know, and a beginning of several ids", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "one");
    await nudge(world.ctx, task.name, "two");
    await expect(show("command-nowhere")).rejects.toMatchObject({ code: "not_found", details: { kind: "command" } });
    await expect(show("command-")).rejects.toMatchObject({ code: "ambiguous" });
  });
});

describe("commands cancel", () => {
  it("ends a waiting command for good, and answers the same again without writing", async () => {
    const { task } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "never mind", { correlation_id: "c1" });
    const done = await cancel(command_id);
    expect(done).toEqual({
      command_id,
      command_type: "nudge_worker",
      correlation_id: "c1",
      error_code: "cancelled",
      state: "failed",
      task: task.name,
    });
    expect(await show(command_id)).toMatchObject({
      state: "failed",
      result: { error_code: "cancelled", state: "failed" },
    });
    expect(await world.telemetryEvent("command_cancelled")).toMatchObject({
      severity: "warning",
      task_id: task.id,
      correlation: { command_id, correlation_id: "c1" },
    });
    const before = await sequence();
    expect(await cancel(command_id)).toEqual(done);
    expect(await sequence()).toEqual(before);
    expect((await pass(world.ctx)).processed).toEqual([]);
    expect((await dead()).total).toBe(0);
  });

  it("also ends the item that a put-off attempt left behind", async () => {
    const panes = new Panes(world);
    await panes.composer("codex-w", APPROVAL_DIALOG);
    const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
    const { command_id } = await nudge(world.ctx, task.name, "later");
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "requeued" }]);
    await cancel(command_id);
    expect(await rowsOf(world, "SELECT state FROM routed_notifications")).toEqual([{ state: "failed" }]);
    await panes.close();
  });

  it.each(["attempted", "succeeded", "failed", "blocked"])("refuses a command that is %s", async (state) => {
    const { task } = await world.pair();
    const { command_id } = await nudge(world.ctx, task.name, "m");
    await world.store.fast((tx) => tx.sql.atomic("UPDATE commands SET state = ?").run(state));
    const before = await sequence();
    await expect(cancel(command_id)).rejects.toMatchObject({
      code: "precondition_failed",
      message: expect.stringContaining(state),
      details: { state },
    });
    expect(await sequence()).toEqual(before);
  });

  it("and a claim of the same command never both succeed", async () => {
    const { task } = await world.pair();
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) ids.push((await nudge(world.ctx, task.name, "m")).command_id);
    const other = world.otherCtx();
    const [, ...cancelled] = await Promise.all([
      pass(other, { limit: 100 }),
      ...ids.toReversed().map((id) =>
        cancel(id).then(
          () => id,
          () => null,
        ),
      ),
    ]);
    await other.store.close();
    const taken = cancelled.filter((id) => id !== null).sort();
    const rows = await rowsOf<{ id: string; state: string; attempts: number }>(
      world,
      "SELECT id, state, attempts FROM commands",
    );
    expect(
      rows
        .filter(({ state }) => state === "failed")
        .map(({ id }) => id)
        .sort(),
    ).toEqual(taken);
    expect(rows.filter(({ state, attempts }) => (state === "succeeded") !== (attempts === 1))).toEqual([]);
  });
});

describe("commands retry", () => {
  it("queues a fresh command with the same content and leaves the old one as it is", async () => {
    const { task, command_id } = await failed("hello", "c1");
    const before = await show(command_id);
    await bindTo(task.name);
    const retried = await retry(command_id);
    expect(retried).toEqual({
      command_id: expect.stringMatching(/^command-/),
      command_type: "nudge_worker",
      correlation_id: "c1",
      deduplicated: false,
      required_permission: null,
      retry_of: command_id,
      task: task.name,
      warnings: [],
    });
    expect(retrying.output.parse(retried)).toEqual(retried);
    expect(await show(command_id)).toEqual(before);
    expect(await show(retried.command_id, true)).toMatchObject({
      state: "pending",
      max_attempts: 3,
      idempotency_key: `retry:${command_id}`,
      payload: { message: "hello", retry_of: command_id },
    });
    expect(await world.telemetryEvent("command_created")).toMatchObject({ correlation: { retry_of: command_id } });
    expect(await world.telemetryEvent("command_retried")).toMatchObject({
      correlation: { command_id, retry_command_id: retried.command_id },
      attributes: { forced: false, side_effect_started: false, state: "failed" },
    });
    expect((await pass(world.ctx)).processed).toMatchObject([
      { command_id: retried.command_id, state: "pull_required", correlation_id: "c1" },
    ]);
  });

  it("answers with the first retry as long as that has not failed, and then retries that", async () => {
    const { task, command_id } = await failed();
    const first = await retry(command_id);
    expect(first.warnings).toEqual(["no_active_binding"]);
    const before = await sequence();
    expect(await retry(command_id)).toEqual({ ...first, deduplicated: true, warnings: [] });
    expect(await sequence()).toEqual(before);
    await pass(world.ctx);
    const second = await retry(command_id);
    expect(second).toMatchObject({ retry_of: first.command_id, deduplicated: false });
    expect(second.command_id).not.toBe(first.command_id);
    await bindTo(task.name);
    await pass(world.ctx);
    expect(await retry(command_id)).toMatchObject({ command_id: second.command_id, deduplicated: true });
    expect(await retry(first.command_id)).toMatchObject({ command_id: second.command_id, deduplicated: true });
  });

  it("makes one command of many retries at once", async () => {
    const { command_id } = await failed();
    const others = Array.from({ length: 3 }, () => world.otherCtx());
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        retryCommand(others[index % 3] ?? world.ctx, { command: command_id, force: false }),
      ),
    );
    await Promise.all(others.map(({ store }) => store.close()));
    expect(new Set(answers.map((answer) => answer.command_id)).size).toBe(1);
    expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
  });

  it("wants force for what the terminal may have got, which is a refusal of policy", async () => {
    const { command_id } = await failed();
    await touch(command_id);
    const before = await sequence();
    await expect(retry(command_id)).rejects.toMatchObject({ code: "side_effect_risk", details: { exit_code: 1 } });
    expect(await sequence()).toEqual(before);
    expect(await retry(command_id, true)).toMatchObject({ retry_of: command_id, deduplicated: false });
    expect(await world.telemetryEvent("command_retried")).toMatchObject({
      attributes: { forced: true, side_effect_started: true },
    });
  });

  it("of a continuation is admitted like a new request, and carries the policy as it is now", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { max_iterations: 4 });
    const { command_id } = await ask(task.name, run_id, 2);
    await pass(world.ctx);
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE runs SET metadata_json = json_set(metadata_json, '$.max_iterations', 5)").run(),
    );
    const of = { task_id: task.id, run_id, iteration: 1, type: "adversarial_check" };
    await receipt(world, { ...of, facts: PROOF });
    const retried = await retry(command_id);
    expect(retried.gate_preview).toEqual({ would_block: false, reason: null, missing_evidence: [] });
    expect(await show(retried.command_id, true)).toMatchObject({
      payload: { loop_policy: { max_iterations: 5 }, ralph_loop: { run_id, requested_iteration: 2 } },
    });
    expect(await world.telemetryEvent("command_retried")).toMatchObject({ run_id });
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", requested_iteration: 2 }]);

    const blocked = await ask(task.name, run_id, 2);
    await pass(world.ctx);
    await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: task.name }));
    await expect(retry(blocked.command_id)).rejects.toMatchObject({ code: "stale_requested_iteration" });
  });

  it("refuses commands that did not fail, that Dispatch does not deliver, and those of closed tasks", async () => {
    const { task, command_id } = await failed();
    const { command_id: waiting } = await nudge(world.ctx, task.name, "m");
    await expect(retry(waiting)).rejects.toMatchObject({ code: "precondition_failed", details: { state: "pending" } });
    await world.store.fast((tx) => tx.sql.hot("UPDATE commands SET type = 'finish_task' WHERE id = ?").run(waiting));
    await expect(retry(waiting)).rejects.toMatchObject({
      code: "precondition_failed",
      details: { command_type: "finish_task" },
    });
    await world.store.fast((tx) => tx.sql.atomic("UPDATE tasks SET state = 'done'").run());
    await expect(retry(command_id)).rejects.toMatchObject({ code: "terminal_state" });
  });

  it("does not take a foreign command under its key for a retry", async () => {
    const { task, command_id } = await failed();
    const { command_id: foreign } = await nudge(world.ctx, task.name, "m");
    await world.store.fast((tx) =>
      tx.sql.hot("UPDATE commands SET idempotency_key = ? WHERE id = ?").run(`retry:${command_id}`, foreign),
    );
    await expect(retry(command_id)).rejects.toMatchObject({
      code: "idempotency_conflict",
      details: { command_id: foreign },
    });
  });
});

describe("commands dead", () => {
  it("groups by reason, the most frequent first, the newest of each shown, with the command lines that help", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id);
    const blocked = await ask(task.name, run_id, 2);
    await pass(world.ctx);
    const unbound: string[] = [];
    for (const message of ["one", "two", "three"]) unbound.push((await failed(message)).command_id);
    const { total, groups } = await dead({ limit: 2 });
    expect(total).toBe(4);
    const path = `--path '${world.ctx.settings.ledger_path}'`;
    expect(groups).toMatchObject([
      {
        error_code: "no_active_binding",
        count: 3,
        commands: [
          { command_id: unbound[2], state: "failed", retry: `conveyor commands retry '${unbound[2]}' ${path}` },
          { command_id: unbound[1] },
        ],
      },
      {
        error_code: "missing_adversarial_check_evidence",
        count: 1,
        commands: [{ command_id: blocked.command_id, command_type: "continue_iteration", state: "blocked" }],
      },
    ]);
    expect(groups[0]?.fix).toEqual([
      `conveyor bind --task 'task-4' --worker <worker> --manager <manager> ${path}`,
      `conveyor bind --task 'task-3' --worker <worker> --manager <manager> ${path}`,
    ]);
    expect(listing.output.parse({ total, groups })).toEqual({ total, groups });
    expect((await dead({ task: task.name })).groups.map(({ error_code }) => error_code)).toEqual([
      "missing_adversarial_check_evidence",
    ]);
  });

  it("leaves out what was retried, what has begun since, and closed tasks unless they are named", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id);
    await ask(task.name, run_id, 2);
    await pass(world.ctx);
    expect((await dead()).total).toBe(1);
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE runs SET metadata_json = json_set(metadata_json, '$.current_iteration', 2)").run(),
    );
    expect((await dead()).total).toBe(0);

    const lost = await failed();
    const retried = await retry(lost.command_id);
    expect((await dead()).total).toBe(0);
    await pass(world.ctx);
    expect((await dead()).groups).toMatchObject([{ commands: [{ command_id: retried.command_id }] }]);
    await world.store.fast((tx) => tx.sql.atomic("UPDATE tasks SET state = 'done'").run());
    expect((await dead()).total).toBe(0);
    expect((await dead({ task: lost.task.name })).groups).toMatchObject([
      { fix: [], commands: [{ command_id: retried.command_id, retry: null }] },
    ]);
    await expect(dead({ task: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
  });

  it("finds a reason for what left no result or a damaged payload", async () => {
    const touched = await failed();
    await touch(touched.command_id);
    const spent = await failed();
    const odd = await failed();
    await world.store.fast((tx) => {
      tx.sql.atomic("UPDATE commands SET result_json = NULL").run();
      tx.sql.hot("UPDATE commands SET attempts = max_attempts WHERE id = ?").run(spent.command_id);
      tx.sql
        .hot("UPDATE commands SET payload_json = '[]', type = 'continue_iteration' WHERE id = ?")
        .run(odd.command_id);
    });
    const { groups } = await dead();
    const found = groups.map(({ error_code, commands }) => [error_code, commands.map(({ command_id }) => command_id)]);
    expect(Object.fromEntries(found)).toEqual({
      stale_side_effect: [touched.command_id],
      attempts_exhausted: [spent.command_id],
      unknown: [odd.command_id],
    });
    const stale = groups.find(({ error_code }) => error_code === "stale_side_effect");
    expect(stale?.commands[0]?.retry).toContain("--force");
  });
});
