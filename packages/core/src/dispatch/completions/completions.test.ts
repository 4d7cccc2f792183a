import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../../bindings/bind.ts";
import { unbind } from "../../bindings/unbind.ts";
import { add as addCriterion } from "../../criteria/add.ts";
import { manager as listManager } from "../../inbox/list.ts";
import { verify } from "../../proof/verify.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { run } from "../run.ts";
import { events, notify, pass, rowsOf, turn } from "../testing/scenes.ts";

/** Lines of a turn, at a time of which nothing may depend. */
const turnRecords = (turn_id: string, end: object = {}, timestamp = "2001-01-01T00:00:00.000Z") =>
  [
    { type: "task_started", turn_id },
    { type: "user_message", turn_id, message: "do it" },
    { type: "task_complete", turn_id, last_agent_message: turn_id, ...end },
  ].map((payload) => ({ timestamp, type: "event_msg", payload }));

describe("a finished turn", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const inbox = async (task: string) =>
    (await listManager(world.ctx, operations.inbox.manager.input.parse({ task }))).items;

  it("is read from the rollout by the pass itself and reported exactly once", async () => {
    const thread_id = "11111111-1111-4111-8111-111111111111";
    const rollout = world.rollout({ thread_id });
    const { task, worker, manager, binding_id } = await world.pair({ worker: { codex_session: rollout } });
    const record = (payload: object) =>
      appendFileSync(rollout, `${JSON.stringify({ timestamp: world.host.clock.iso(), type: "event_msg", payload })}\n`);
    record({ type: "task_started", turn_id: "t1" });
    record({ type: "user_message", message: "hello" });
    record({ type: "task_complete", turn_id: "t1", last_agent_message: "all done", duration_ms: 7 });

    const input = operations.dispatch.run.input.parse({ dispatcher_id: "d1" });
    const { processed } = await run(world.ctx, input);
    expect(processed).toMatchObject([
      {
        binding_id,
        delivery_mode: "pull_required",
        dry_run: false,
        notification_id: 1,
        signal_type: "worker_task_complete",
        state: "pull_required",
        target_session: manager.name,
        task: task.name,
      },
    ]);
    expect((await run(world.ctx, input)).processed).toEqual([]);
    expect((await run(world.ctx, input)).processed).toEqual([]);

    const [item, ...others] = await inbox(task.name);
    expect(others).toEqual([]);
    expect(item?.dedupe_key).toBe(`${binding_id}:worker_task_complete:${worker.session_id}:${item?.source_event_id}`);
    expect(item?.payload).toMatchObject({
      signal: "worker_task_complete",
      task: task.name,
      worker_receipt: {
        last_agent_message: "all done",
        duration_ms: 7,
        turn_id: "t1",
        outcome: "completed",
        completed_at: null,
      },
    });
    for (const word of [worker.name, task.name, "appears", "cycle", "acceptance criteria"]) {
      expect(item?.payload["message"]).toContain(word);
    }
    expect(await world.telemetryTypes()).toEqual(
      expect.arrayContaining(["dispatch_signal_detected", "dispatch_signal_pull_required"]),
    );
  });

  it("says how far the task is proven by Conveyor's own checks, where it has any", async () => {
    const { task, worker } = await world.pair({ worker: { cwd: world.cwd } });
    writeFileSync(join(world.cwd, "file"), "1");
    for (const [text, command] of [
      ["passes", "true"],
      ["fails", "false"],
      ["is claimed", null],
    ] as const) {
      const call = { task: task.name, criterion: text, source: "user_requested", status: "accepted" };
      const check = command === null ? { proof: "I say so" } : { check: [command] };
      await addCriterion(world.ctx, operations.criteria.add.input.parse({ ...call, ...check }));
    }
    await verify(world.ctx, operations.proof.verify.input.parse({ task: task.name }));
    await events(world, worker.session_id, turn("one"));
    await pass(world.ctx);
    writeFileSync(join(world.cwd, "file"), "2");
    await events(world, worker.session_id, turn("two"));
    await pass(world.ctx);
    const [first, second] = await inbox(task.name);
    expect(first?.payload["proof"]).toEqual({ verified: 1, stale: 0, failed: 1, claimed: 1 });
    expect(second?.payload["proof"]).toMatchObject({ verified: 0, stale: 1 });
    expect(second?.payload["message"]).toContain("0 of its criteria are verified, 1 stale");
  });

  it("is not reported when it only compacted, was interrupted, or belongs to another thread", async () => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, [
      { subtype: "task_started", turn_id: "compaction" },
      { subtype: "context_compacted", turn_id: "compaction" },
      { subtype: "task_complete", turn_id: "compaction" },
      { subtype: "task_started", turn_id: "stopped" },
      { subtype: "user_message", turn_id: "stopped" },
      { subtype: "turn_aborted", turn_id: "stopped" },
      { subtype: "task_complete", turn_id: "child", payload: { thread_id: "another-thread" } },
      ...turn("work", { error: { codex_error_info: "usage_limit_exceeded" } }),
    ]);
    await pass(world.ctx);
    const items = await inbox(task.name);
    expect(items.map((item) => item.payload["worker_receipt"])).toMatchObject([{ turn_id: "work", outcome: "failed" }]);
  });

  it("from before the worker was registered, or of its binding before, is not reported and is counted", async () => {
    const rollout = world.rollout({ records: turnRecords("old") });
    const { task, worker, manager } = await world.pair({ worker: { codex_session: rollout } });
    const first = await run(world.ctx, operations.dispatch.run.input.parse({}));
    expect(first).toMatchObject({ processed: [], skipped_historical_events: 1 });

    await events(world, worker.session_id, turn("for the first task"));
    await unbind(world.ctx, { task: task.name });
    const next = await world.task({ name: "next" });
    await bind(world.ctx, { task: next.id, worker: worker.name, manager: manager.name });
    expect(await pass(world.ctx)).toMatchObject({ processed: [], skipped_historical_events: 2 });

    await events(world, worker.session_id, turn("for the next task"));
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", task: "next" }]);
  });

  it("is reported though the clock was set back since the worker was registered, bound before, or its file rewritten", async () => {
    const path = world.rollout({ records: turnRecords("history") });
    const { worker, manager } = await world.pair({ task: "one", worker: { codex_session: path } });
    const append = (turn_id: string) =>
      appendFileSync(
        path,
        turnRecords(turn_id)
          .map((record) => `${JSON.stringify(record)}\n`)
          .join(""),
      );
    const look = async () => (await run(world.ctx, operations.dispatch.run.input.parse({}))).processed;
    append("first");
    expect(await look()).toMatchObject([{ state: "pull_required", task: "one" }]);
    append("for the first task, and not read when it ended");
    await unbind(world.ctx, { task: "one" });
    append("while it was bound to nothing");
    const two = await world.task({ name: "two" });
    await bind(world.ctx, { task: two.id, worker: worker.name, manager: manager.name });
    append("second");
    expect(await look()).toMatchObject([{ task: "two" }, { task: "two" }]);
    expect((await inbox("two")).map(({ payload }) => payload["worker_receipt"])).toMatchObject([
      { turn_id: "while it was bound to nothing" },
      { turn_id: "second" },
    ]);
    writeFileSync(`${path}.new`, `\n${readFileSync(path, "utf8")}`);
    renameSync(`${path}.new`, path);
    append("third");
    expect(await look()).toMatchObject([{ task: "two" }]);
    expect(await look()).toEqual([]);
  });

  it("whose end stands there again in another form is reported once", async () => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, turn("t1"));
    await pass(world.ctx);
    await events(world, worker.session_id, [...turn("t1", { last_agent_message: "again" }), ...turn("t2")]);
    await pass(world.ctx);
    expect((await inbox(task.name)).map(({ payload }) => payload["worker_receipt"])).toMatchObject([
      { turn_id: "t1" },
      { turn_id: "t2" },
    ]);
  });

  it("is suppressed when its dedupe key is taken", async () => {
    const { task, worker, manager, binding_id } = await world.pair();
    const ids = await events(world, worker.session_id, turn("t1"));
    const dedupe_key = `${binding_id}:worker_task_complete:${worker.session_id}:${ids[2]}`;
    await world.store.write(async (tx) => {
      const ends = { source_session_id: worker.session_id, target_session_id: manager.session_id };
      await tx.db.routed_notifications.create({
        data: {
          ...ends,
          seq: tx.seq(),
          task_id: task.id,
          binding_id,
          correlation_id: "c",
          signal_type: "other",
          dedupe_key,
          created_at: tx.now,
          state: "suppressed",
          payload_json: "{}",
        },
      });
    });
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([{ state: "suppressed", dedupe_key }]);
    expect(processed[0]).not.toHaveProperty("notification_id");
    expect(await world.telemetryEvent("dispatch_signal_suppressed")).toMatchObject({ attributes: { dedupe_key } });
    expect(await inbox(task.name)).toEqual([]);
  });

  it("is taken up by the next dispatcher when the first one died holding it", async () => {
    const { task, worker } = await world.pair();
    await events(world, worker.session_id, turn("t1"));
    await pass(world.ctx);
    await world.store.fast((tx) =>
      tx.sql
        .atomic(
          "UPDATE routed_notifications SET state = 'pending', delivered_at = NULL, claimed_by = 'dead', claim_expires_at = '2020-01-01T00:00:00.000Z'",
        )
        .run(),
    );
    expect((await pass(world.ctx, { dry_run: true })).processed).toMatchObject([{ state: "planned", recovery: true }]);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required", recovered: true }]);
    expect(await inbox(task.name)).toHaveLength(1);
    expect(await world.telemetryTypes()).toContain("dispatch_signal_recovered");
  });

  it("that was being typed when its dispatcher died is given up and never repeated", async () => {
    const { worker } = await world.pair();
    await events(world, worker.session_id, turn("t1"));
    await pass(world.ctx);
    await world.store.fast((tx) =>
      tx.sql
        .atomic(
          "UPDATE routed_notifications SET state = 'pending', side_effect_started = 1, claimed_by = 'dead', claim_expires_at = '2020-01-01T00:00:00.000Z'",
        )
        .run(),
    );
    expect((await pass(world.ctx)).processed).toMatchObject([
      { state: "failed", claimed_by: "dead", error_code: "stale_side_effect", notification_id: 1 },
    ]);
    expect(await world.telemetryEvent("dispatch_signal_failed")).toMatchObject({
      attributes: { side_effect_risk: true },
    });
    expect((await pass(world.ctx)).processed).toEqual([]);
  });

  it("gets through although many messages wait", async () => {
    const { task, worker } = await world.pair();
    for (let index = 0; index < 12; index += 1) await notify(world.ctx, task.name, `message ${index}`);
    await events(world, worker.session_id, turn("t1"));
    const { processed } = await pass(world.ctx, { limit: 10 });
    expect(processed).toHaveLength(10);
    expect(processed.filter(({ signal_type }) => signal_type === "worker_task_complete")).toHaveLength(1);
  });

  it("of a worker whose rollout is gone is told of once per dispatcher and stops nothing", async () => {
    const { task } = await world.pair();
    const failing = async () => {
      throw new Error("the rollout does not exist");
    };
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE sessions SET codex_session_path = '/nowhere/rollout.jsonl'").run(),
    );
    await notify(world.ctx, task.name, "still here");
    expect((await pass(world.ctx, {}, failing)).processed).toMatchObject([{ state: "pull_required" }]);
    expect(
      await rowsOf(world, "SELECT severity FROM telemetry_events WHERE event_type = 'dispatch_ingest_failed'"),
    ).toEqual([{ severity: "warning" }]);
  });
});
