import { operations } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { record as recordDecision } from "../decisions/record.ts";
import { enqueueNudgeWorker } from "../dispatch/enqueue-message.ts";
import { events, nudge, pass, turn } from "../dispatch/testing/scenes.ts";
import { acknowledge } from "../inbox/acknowledge.ts";
import { takeManager, takeWorker } from "../inbox/take.ts";
import { cycle } from "../observation/cycle.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { trace as showTrace } from "./trace.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** What core hides because its words depend on it is all that the marks of the contract would hide. */
async function trace(correlation_id: string, more: { task?: string; include_content?: boolean } = {}) {
  const input = operations.audit.trace.input.parse({ correlation_id, ...more });
  const answer = await showTrace(world.ctx, input);
  expect(await asShown("audit.trace", async () => answer, world.ctx, input)).toEqual(answer);
  return answer;
}
const take = (task: string) => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));
const answer = (task: string, status: string, more: object = {}) =>
  acknowledge(
    world.ctx,
    operations.inbox.acknowledge.input.parse({
      ...{
        task,
        notification_id: 1,
        role: "worker",
        status,
        payload: { summary: "tests pass", text: "private words" },
      },
      ...more,
    }),
  );

/** A message that was queued, delivered, taken and answered twice. */
async function answered(correlation_id = "slice-1") {
  const { task } = await world.pair();
  const { command_id } = await nudge(world.ctx, task.name, "a private instruction", { correlation_id });
  await pass(world.ctx);
  await answer(task.name, "received");
  await take(task.name);
  await answer(task.name, "accepted");
  return { task, command_id };
}

describe("trace", () => {
  it("tells what happened to a message in the order of the ledger, with how long each step took", async () => {
    const { task, command_id } = await answered();
    const told = await trace("slice-1");
    expect(told.entries.map(({ kind, details }) => (kind === "telemetry" ? details["event_type"] : kind))).toEqual([
      "command",
      "command_created",
      "command_attempt",
      "dispatch_command_claimed",
      "routed_notification",
      "dispatch_command_attempted",
      "dispatch_signal_pull_required",
      "dispatch_command_succeeded",
      "notification_acknowledgement",
      "dispatch_inbox_ack_recorded",
      "dispatch_inbox_consumed",
      "notification_acknowledgement",
      "dispatch_inbox_ack_recorded",
    ]);
    const order = told.entries.map(({ seq }) => seq);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(told).toMatchObject({
      correlation_id: "slice-1",
      tasks: [{ id: task.id, name: task.name }],
      entry_count: told.entries.length,
      truncated: false,
      latencies: [{ command_id, notification_id: 1, type: "nudge_worker" }],
      correlation_chains: [{ command_id, attempt_ids: [1], routed_notification_ids: [1] }],
    });
    for (const step of ["enqueue_to_claim_ms", "enqueue_to_deliver_ms", "deliver_to_consume_ms", "consume_to_ack_ms"]) {
      expect(told.latencies[0]).toHaveProperty(step, expect.any(Number));
    }
    expect(operations.audit.trace.output.parse(told)).toEqual(told);
  });

  it("hides what was said unless it is asked for", async () => {
    await answered();
    expect(JSON.stringify(await trace("slice-1"))).not.toMatch(/private/);
    const { entries } = await trace("slice-1", { include_content: true });
    const payloads = (wanted: string) =>
      entries.filter(({ kind }) => kind === wanted).map(({ details }) => details["payload"]);
    expect(payloads("command")).toEqual([{ message: "a private instruction" }]);
    expect(payloads("routed_notification")).toMatchObject([{ message: "a private instruction" }]);
    expect(payloads("notification_acknowledgement")).toEqual(
      Array(2).fill({ summary: "tests pass", text: "private words" }),
    );
  });

  it("leaves out what bears another id", async () => {
    const { task } = await answered();
    await nudge(world.ctx, task.name, "something else", { correlation_id: "slice-2" });
    await pass(world.ctx);
    const { entries, latencies } = await trace("slice-2");
    expect(entries.map(({ kind }) => kind).filter((kind) => kind !== "telemetry")).toEqual([
      "command",
      "command_attempt",
      "routed_notification",
    ]);
    expect(latencies).toMatchObject([{ notification_id: 2, deliver_to_consume_ms: null, consume_to_ack_ms: null }]);
    expect((await trace("slice-1")).latencies).toHaveLength(1);
  });

  it("follows a report of a finished turn to the cycle that took it and the decision of that cycle", async () => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, turn("turn-1"));
    const { processed } = await pass(world.ctx);
    const correlation_id = String(processed[0]?.correlation_id);
    await takeManager(world.ctx, operations.inbox.takeManager.input.parse({ task: task.name }));
    const { cycle_id } = await cycle(world.ctx, operations.observation.cycle.input.parse({ task: task.name }));
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE routed_notifications SET consumed_manager_cycle_id = ?").run(cycle_id),
    );
    const { id } = await recordDecision(world.ctx, {
      task: task.name,
      decision: "wait",
      reason: "tests run",
      cycle_id,
    });
    const { entries, correlation_chains } = await trace(correlation_id);
    expect(correlation_chains).toMatchObject([{ manager_cycle_id: cycle_id, manager_decision_id: id }]);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "observe", source_id: cycle_id }),
        expect.objectContaining({ kind: "decision", source_id: id, summary: "wait: tests run" }),
      ]),
    );
  });

  it("names the decision behind a command, but not one of another task", async () => {
    const { task } = await world.pair();
    const stranger = await world.pair();
    const { id } = await recordDecision(world.ctx, { task: task.name, decision: "nudge", reason: "go on" });
    for (const { name } of [task, stranger.task]) {
      const input = { task: name, message: "go", correlation_id: "both", max_attempts: 3 };
      const { command_id } = await enqueueNudgeWorker(world.ctx, input);
      const payload = canonicalJson({ message: "go", manager_decision: { decision_id: id } });
      await world.store.fast((tx) =>
        tx.sql.hot("UPDATE commands SET payload_json = ? WHERE id = ?").run(payload, command_id),
      );
    }
    const { entries, correlation_chains, tasks } = await trace("both");
    expect(tasks.map(({ name }) => name)).toEqual([task.name, stranger.task.name]);
    expect(correlation_chains.map(({ manager_decision_id }) => manager_decision_id)).toEqual([id, null]);
    expect(entries.filter(({ kind }) => kind === "decision")).toMatchObject([{ source_id: id }]);
  });

  it("shows one task of several that use the id", async () => {
    const first = await world.pair();
    const second = await world.pair();
    for (const { task } of [first, second]) await nudge(world.ctx, task.name, "go", { correlation_id: "both" });
    await pass(world.ctx);
    const { tasks, entries, latencies } = await trace("both", { task: second.task.name });
    expect(tasks).toEqual([{ id: second.task.id, name: second.task.name }]);
    expect(latencies).toHaveLength(1);
    const touched = new Set(entries.map(({ details }) => details["task_id"]).filter((id) => id !== undefined));
    expect(touched).toEqual(new Set([second.task.id]));
  });

  it("finds an id that only an answer bears", async () => {
    const { task } = await answered();
    await answer(task.name, "accepted", { correlation_id: "answer-1", payload: { summary: "more" } });
    const { entries, tasks } = await trace("answer-1");
    expect(entries.map(({ kind }) => kind)).toEqual(["notification_acknowledgement", "telemetry"]);
    expect(tasks.map(({ name }) => name)).toEqual([task.name]);
  });

  it("finds an id that only telemetry bears, when the task is named", async () => {
    const { name, id } = await world.task();
    await world.anyTelemetry({
      event_type: "dispatch_signal_suppressed",
      summary: "s",
      task_id: id,
      correlation: { correlation_id: "lost" },
    });
    const { entries, tasks, latencies } = await trace("lost", { task: name });
    expect(entries).toMatchObject([{ kind: "telemetry", summary: "dispatch_signal_suppressed: s" }]);
    expect([tasks, latencies]).toEqual([[{ id, name }], []]);
  });

  it("shows the newest when one id was used for more than fits, and says so", { timeout: 30_000 }, async () => {
    const { task } = await world.pair();
    await world.store.fast((tx) => {
      for (let index = 0; index < 1001; index += 1) {
        tx.sql
          .hot(
            `INSERT INTO commands (id, seq, updated_seq, idempotency_key, created_at, updated_at, task_id, type, state, correlation_id, payload_json)
           VALUES (@id, @seq, @seq, @id, @now, @now, @task_id, 'nudge_worker', 'pending', 'everything', '{}')`,
          )
          .run({ id: `command-${index}`, seq: tx.seq(), now: tx.now, task_id: task.id });
      }
    });
    const { entries, truncated } = await trace("everything");
    expect(truncated).toBe(true);
    expect([entries.length, entries[0]?.source_id, entries.at(-1)?.source_id]).toEqual([
      1000,
      "command-1",
      "command-1000",
    ]);
  });

  it("does not know an id that nobody used, nor a task that does not exist", async () => {
    const { name } = await world.task();
    const missing = { code: "not_found", details: { kind: "correlation_id", correlation_id: "nothing" } };
    await expect(trace("nothing")).rejects.toMatchObject(missing);
    await expect(trace("nothing", { task: name })).rejects.toMatchObject({
      ...missing,
      message: expect.stringContaining(name),
    });
    await expect(trace("nothing", { task: "nobody" })).rejects.toMatchObject({
      code: "not_found",
      details: { kind: "task" },
    });
  });
});
