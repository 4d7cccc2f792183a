import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { worker as listWorker } from "../../inbox/list.ts";
import { takeWorker } from "../../inbox/take.ts";
import { asShown } from "../../testing/as-shown.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { commands as listCommands } from "../commands.ts";
import { enqueueNudgeWorker } from "../enqueue-message.ts";
import { notify, nudge, pass, rowsOf } from "../testing/scenes.ts";

const poll = (task: string) => operations.inbox.worker.input.parse({ task });
const states = (document: { processed: { state: string }[] }) => document.processed.map(({ state }) => state);

describe("a dispatch pass", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("plans without changing anything, delivers once, and hands the message to one reader", async () => {
    const { task, worker } = await world.pair();
    const queued = await nudge(world.ctx, task.name, "Run the parser tests", { correlation_id: "slice-4" });

    const dry = await pass(world.ctx, { dry_run: true });
    expect(dry.processed).toEqual([
      {
        command_id: queued.command_id,
        command_type: "nudge_worker",
        correlation_id: "slice-4",
        dry_run: true,
        state: "planned",
        task: task.id,
      },
    ]);
    expect(await rowsOf(world, "SELECT 1 FROM command_attempts")).toEqual([]);

    const real = await pass(world.ctx, { dispatcher_id: "d1" });
    expect(real.processed).toEqual([
      {
        attempt_id: 1,
        command_id: queued.command_id,
        command_type: "nudge_worker",
        correlation_id: "slice-4",
        delivery_mode: "pull_required",
        dispatcher_id: "d1",
        dry_run: false,
        notification_id: 1,
        permission_check: null,
        side_effect_completed: false,
        side_effect_started: false,
        state: "pull_required",
        target_session: worker.name,
      },
    ]);
    expect(states(await pass(world.ctx))).toEqual([]);

    const taken = await takeWorker(world.ctx, poll(task.name));
    expect(taken.consumed).toMatchObject({
      id: 1,
      correlation_id: "slice-4",
      payload: { message: "Run the parser tests" },
      acknowledgement: null,
    });
    expect((await takeWorker(world.ctx, poll(task.name))).consumed).toBeNull();

    const asked = operations.dispatch.commands.input.parse({ attempts: true });
    const [command] = await asShown("dispatch.commands", listCommands, world.ctx, asked);
    expect(command).toMatchObject({ state: "succeeded", attempts: 1, max_attempts: 3, task_name: task.name });
    expect(command?.attempt_history).toMatchObject([
      { id: 1, dispatcher_id: "d1", state: "succeeded", side_effect_started: false },
    ]);
    expect(command?.payload).not.toHaveProperty("message");
  });

  it("tells every step of a pull delivery in telemetry, without the message", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "a private instruction");
    const before = (await world.telemetryTypes()).length;
    await pass(world.ctx);
    expect((await world.telemetryTypes()).slice(before)).toEqual([
      "dispatch_command_claimed",
      "dispatch_command_attempted",
      "dispatch_signal_pull_required",
      "dispatch_command_succeeded",
    ]);
    const told = await rowsOf<{ text: string }>(
      world,
      "SELECT attributes_json || correlation_json || summary AS text FROM telemetry_events",
    );
    expect(told.filter(({ text }) => text.includes("private"))).toEqual([]);
    expect(await world.telemetryEvent("dispatch_command_succeeded")).toMatchObject({
      actor: "dispatch",
      severity: "info",
      correlation: { attempt_id: 1, command_type: "nudge_worker", dispatcher_id: "dispatch-local" },
      attributes: { error: null, side_effect_started: false, result: { state: "pull_required" } },
    });
  });

  it("delivers in the order in which messages were queued, up to its limit", async () => {
    const { task } = await world.pair();
    for (const text of ["one", "two", "three"]) await nudge(world.ctx, task.name, text);
    expect(states(await pass(world.ctx, { limit: 2 }))).toEqual(["pull_required", "pull_required"]);
    const { items } = await listWorker(world.ctx, poll(task.name));
    expect(items.map((item) => item.payload["message"])).toEqual(["one", "two"]);
  });

  it("leaves alone what is not available yet", async () => {
    const { task } = await world.pair();
    const input = operations.dispatch.enqueueNudgeWorker.input.parse({
      task: task.name,
      message: "later",
      available_at: "2999-01-01T00:00:00Z",
    });
    await enqueueNudgeWorker(world.ctx, input);
    expect(states(await pass(world.ctx))).toEqual([]);
  });

  it("only takes the type that was asked for", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "to the worker");
    await notify(world.ctx, task.name, "to the manager");
    const { processed } = await pass(world.ctx, { type: "notify_manager" });
    expect(processed.map(({ command_type }) => command_type)).toEqual(["notify_manager"]);
  });

  it("fails a message of a task without binding and says why", async () => {
    const task = await world.task();
    const queued = await nudge(world.ctx, task.name, "anybody there?");
    expect(queued.warnings).toEqual(["no_active_binding"]);
    const { processed } = await pass(world.ctx);
    expect(processed).toMatchObject([
      {
        state: "failed",
        error_code: "no_active_binding",
        error_type: "TaskLifecycleError",
        notification_id: null,
        required_permission: null,
      },
    ]);
    expect(await rowsOf(world, "SELECT state FROM commands")).toEqual([{ state: "failed" }]);
  });

  it("asks for the permission at dispatch time and delivers once an alias is granted", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "open the PR", { required_permission: "create_pr" });
    const denied = await pass(world.ctx);
    expect(denied.processed).toMatchObject([
      {
        state: "failed",
        error_code: "permission_denied",
        error_type: "DispatchPermissionError",
        error: "manager permission required for dispatch command: create_pr",
      },
    ]);
    expect(await world.telemetryEvent("dispatch_command_permission_checked")).toMatchObject({
      severity: "warning",
      attributes: { allowed: false, configured: false, required_permission: "create_pr" },
    });
    expect(await rowsOf(world, "SELECT 1 FROM routed_notifications")).toEqual([]);

    await world.store.write(async (tx) => {
      const seq = tx.seq();
      const data = {
        task_id: task.id,
        seq,
        updated_seq: seq,
        supervision_mode: "guided",
        guidelines_json: "[]",
        acceptance_criteria_json: "[]",
        reference_paths_json: "[]",
        created_at: tx.now,
        updated_at: tx.now,
      };
      await tx.db.manager_configs.create({ data: { ...data, permissions_json: '{"repo":["open_pr"]}' } });
    });
    await nudge(world.ctx, task.name, "open the PR", { required_permission: "create_pr" });
    const granted = await pass(world.ctx);
    expect(granted.processed).toMatchObject([
      {
        state: "pull_required",
        permission_check: { allowed: true, configured: true, required_permission: "create_pr" },
      },
    ]);
  });
});
