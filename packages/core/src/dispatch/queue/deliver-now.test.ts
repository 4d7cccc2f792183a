import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeWorker } from "../../inbox/take.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { enqueueContinueIteration } from "../enqueue-continue-iteration.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "../enqueue-message.ts";
import { APPROVAL_DIALOG, Panes } from "../testing/panes.ts";
import { loopRun, notify, nudge, pass, rowsOf } from "../testing/scenes.ts";

const { enqueueNudgeWorker: nudging, enqueueNotifyManager: notifying } = operations.dispatch;
const continuing = operations.dispatch.enqueueContinueIteration;

describe("queueing with --deliver", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const send = (task: string, more: Record<string, unknown> = {}, ctx = world.ctx) =>
    enqueueNudgeWorker(ctx, nudging.input.parse({ task, message: "go", deliver: true, ...more }));
  const states = () => rowsOf(world, "SELECT type, state FROM commands ORDER BY seq");

  it("puts the message into the inbox in the same call and tells the item", async () => {
    const { task, worker, manager } = await world.pair();
    const sent = await send(task.name, { correlation_id: "c1" });
    expect(sent).toMatchObject({
      deduplicated: false,
      warnings: [],
      notification_id: 1,
      delivery: {
        state: "pull_required",
        command_id: sent.command_id,
        correlation_id: "c1",
        dispatcher_id: "dispatch-local",
        notification_id: 1,
        target_session: worker.name,
      },
    });
    expect(nudging.output.parse(sent)).toEqual(sent);
    const { consumed } = await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task: task.name }));
    expect(consumed).toMatchObject({ id: 1, payload: { message: "go" } });
    const report = await enqueueNotifyManager(
      world.ctx,
      notifying.input.parse({ task: task.name, message: "done", deliver: true }),
    );
    expect(report.delivery).toMatchObject({ state: "pull_required", target_session: manager.name });
    expect((await pass(world.ctx)).processed).toEqual([]);
  });

  it("without the flag only queues, and says nothing of a delivery", async () => {
    const { task } = await world.pair();
    const queued = await send(task.name, { deliver: false });
    expect(queued).not.toHaveProperty("delivery");
    expect(queued).not.toHaveProperty("notification_id");
    expect(await states()).toEqual([{ type: "nudge_worker", state: "pending" }]);
  });

  it("hands over first what waits longer for the same session, and leaves everybody else's alone", async () => {
    const { task } = await world.pair();
    const other = await world.pair();
    await nudge(world.ctx, task.name, "first");
    await nudge(world.ctx, other.task.name, "elsewhere");
    await notify(world.ctx, task.name, "for the manager");
    const later = new Date(Date.now() + 3_600_000).toISOString();
    await send(task.name, { message: "not yet", available_at: later, deliver: false });
    const sent = await send(task.name, { message: "second" });
    expect(sent).toMatchObject({ warnings: ["older_commands_executed"], delivery: { command_id: sent.command_id } });
    const delivered = await rowsOf(
      world,
      "SELECT json_extract(payload_json, '$.message') AS message FROM routed_notifications ORDER BY seq",
    );
    expect(delivered).toEqual([{ message: "first" }, { message: "second" }]);
    expect((await states()).map(({ state }) => state)).toEqual([
      "succeeded",
      "pending",
      "pending",
      "pending",
      "succeeded",
    ]);
  });

  it("tells what a gate holds against it", async () => {
    const { task } = await world.pair();
    expect(await send(task.name, { required_permission: "repo.open_pr" })).toMatchObject({
      notification_id: null,
      delivery: { state: "failed", error_code: "permission_denied", notification_id: null },
    });
    const { run_id } = await loopRun(world, task.id);
    const fields = { task: task.name, loop_run: run_id, requested_iteration: 2, message: "go on", deliver: true };
    const blocked = await enqueueContinueIteration(world.ctx, continuing.input.parse(fields));
    expect(blocked).toMatchObject({
      notification_id: null,
      delivery: { state: "blocked", reason: "missing_adversarial_check_evidence", target_worker_notified: false },
    });
    expect(continuing.output.parse(blocked)).toEqual(blocked);
    const lonely = await world.task({ name: "lonely" });
    expect(await send(lonely.name)).toMatchObject({
      warnings: ["no_active_binding"],
      delivery: { state: "failed", error_code: "no_active_binding" },
    });
  });

  it("answers a repeated key with how the first was delivered, and delivers nothing twice", async () => {
    const { task } = await world.pair();
    const first = await send(task.name, { idempotency_key: "k1" });
    expect(await send(task.name, { idempotency_key: "k1" })).toEqual({ ...first, deduplicated: true });
    expect(await rowsOf(world, "SELECT count(*) AS n FROM command_attempts")).toEqual([{ n: 1 }]);
    const queued = await send(task.name, { idempotency_key: "k2", deliver: false });
    expect(await send(task.name, { idempotency_key: "k2" })).toMatchObject({
      command_id: queued.command_id,
      deduplicated: true,
      delivery: { state: "pull_required" },
    });
  });

  it("says that nobody has delivered yet what is to wait, or what another dispatcher has in hand", async () => {
    const { task } = await world.pair();
    const later = new Date(Date.now() + 3_600_000).toISOString();
    expect(await send(task.name, { available_at: later })).toMatchObject({
      delivery: null,
      notification_id: null,
      warnings: ["not_delivered_yet"],
    });
    const { command_id } = await send(task.name, { idempotency_key: "k1", deliver: false });
    await world.store.fast((tx) =>
      tx.sql
        .hot("UPDATE commands SET state = 'attempted', claimed_by = 'other', claim_expires_at = ? WHERE id = ?")
        .run(later, command_id),
    );
    expect(await send(task.name, { idempotency_key: "k1" })).toMatchObject({
      delivery: null,
      warnings: ["not_delivered_yet"],
    });
  });

  it("delivers each message once when many processes' calls meet, in the order of their queueing", async () => {
    const { task } = await world.pair();
    const others = Array.from({ length: 4 }, () => world.otherCtx());
    const sent = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        send(task.name, { message: `m${index}` }, others[index % 4] ?? world.ctx),
      ),
    );
    await Promise.all(others.map(({ store }) => store.close()));
    expect(new Set(sent.map(({ delivery }) => delivery?.state))).toEqual(new Set(["pull_required"]));
    expect(new Set(sent.map(({ notification_id }) => notification_id)).size).toBe(24);
    const queued = await rowsOf<{ id: string }>(world, "SELECT id FROM commands ORDER BY seq");
    const delivered = await rowsOf<{ id: string }>(
      world,
      "SELECT command_id AS id FROM routed_notifications ORDER BY seq",
    );
    expect(delivered).toEqual(queued);
  });

  describe("for a session with a terminal", () => {
    let panes: Panes;
    beforeEach(() => {
      panes = new Panes(world);
    });
    afterEach(() => panes.close());

    it("types it into the terminal", async () => {
      await panes.composer("codex-w");
      const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
      expect(await send(task.name, { message: "Run the tests" }, panes.ctx)).toMatchObject({
        notification_id: 1,
        delivery: { state: "delivered", delivery_mode: "push", side_effect_completed: true },
      });
      expect(panes.received("codex-w")).toContain("Run the tests");
    });

    it("says honestly that it was put off while the terminal asks a human something", async () => {
      await panes.composer("codex-w", APPROVAL_DIALOG);
      const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
      expect(await send(task.name, {}, panes.ctx)).toMatchObject({
        notification_id: null,
        delivery: { state: "requeued", error_code: "pane_not_ready", side_effect_started: false },
      });
      expect(await states()).toEqual([{ type: "nudge_worker", state: "pending" }]);
    });
  });
});
