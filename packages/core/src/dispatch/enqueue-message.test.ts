import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeManager } from "../inbox/take.ts";
import { asShown } from "../testing/as-shown.ts";
import { createWorld, type World } from "../testing/world.ts";
import { commands as listCommands } from "./commands.ts";
import { enqueueNotifyManager, enqueueNudgeWorker } from "./enqueue-message.ts";
import { rowsOf } from "./testing/scenes.ts";

const input = (fields: Record<string, unknown>) => operations.dispatch.enqueueNotifyManager.input.parse(fields);
const list = (fields: Record<string, unknown> = {}) => operations.dispatch.commands.input.parse(fields);

describe("queueing a message", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("writes a pending command with three attempts and tells of it without the message", async () => {
    const { task } = await world.pair();
    const queued = await enqueueNotifyManager(
      world.ctx,
      input({ task: task.name, message: "- done\n- tests pass", correlation_id: "slice-4" }),
    );
    expect(queued).toEqual({
      command_id: expect.stringMatching(/^command-/),
      command_type: "notify_manager",
      correlation_id: "slice-4",
      deduplicated: false,
      required_permission: null,
      task: task.name,
      warnings: [],
    });
    const [command] = await listCommands(world.ctx, list({ include_content: true }));
    expect(command).toMatchObject({
      state: "pending",
      attempts: 0,
      max_attempts: 3,
      idempotency_key: queued.command_id,
      payload: { message: "- done\n- tests pass" },
    });
    const told = await world.telemetryEvent("command_created");
    expect(told).toMatchObject({ actor: "workerctl", attributes: { state: "pending", required_permission: null } });
    expect(JSON.stringify(told)).not.toContain("tests pass");
  });

  it("carries subject and evidence of a report to the manager, and hides them in the log and in telemetry", async () => {
    const { task } = await world.pair();
    const extra = { subject: "slice 4 done", evidence: { tests: 12 } };
    const fields = { task: task.name, message: "parser done", ...extra, deliver: true, idempotency_key: "k1" };
    const queued = await enqueueNotifyManager(world.ctx, input(fields));
    const { consumed } = await takeManager(world.ctx, operations.inbox.takeManager.input.parse({ task: task.name }));
    expect(consumed).toMatchObject({ id: queued.notification_id, payload: { message: "parser done", ...extra } });
    const log = await asShown("dispatch.commands", listCommands, world.ctx, list());
    expect(JSON.stringify(log)).not.toMatch(/slice 4 done|"tests"/);
    expect(log[0]?.payload).toMatchObject({ subject_byte_count: 12, evidence: { redacted: true } });
    const open = await listCommands(world.ctx, list({ include_content: true }));
    expect(open[0]?.payload).toEqual({ message: "parser done", ...extra });
    expect(await rowsOf(world, "SELECT 1 FROM telemetry_events WHERE attributes_json LIKE '%slice 4%'")).toEqual([]);
    await expect(enqueueNotifyManager(world.ctx, input({ ...fields, subject: "other" }))).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });

  it.each(["x".repeat(201), "two\nlines", " "])("takes no subject of %j", (subject) => {
    expect(() => input({ task: "t", message: "m", subject })).toThrow();
  });

  it("makes a correlation id of its own when none is given", async () => {
    const { task } = await world.pair();
    const { correlation_id } = await enqueueNudgeWorker(world.ctx, input({ task: task.id, message: "go" }));
    expect(correlation_id).toMatch(/^dispatch-/);
  });

  it("answers a repeated key with the first command, also after the task has ended", async () => {
    const { task } = await world.pair();
    const fields = input({ task: task.name, message: "once", idempotency_key: "k1" });
    const first = await enqueueNotifyManager(world.ctx, fields);
    await world.store.fast((tx) => tx.sql.atomic("UPDATE tasks SET state = 'done'").run());
    const events = await world.telemetryTypes();
    const second = await enqueueNotifyManager(world.ctx, fields);
    expect(second).toEqual({ ...first, deduplicated: true });
    expect(await world.telemetryTypes()).toEqual(events);
  });

  it.each([
    ["another message", { message: "other" }],
    ["another permission", { required_permission: "repo.open_pr" }],
    ["another correlation id", { correlation_id: "c2" }],
  ])("refuses a repeated key with %s and names the first command", async (_name, change) => {
    const { task } = await world.pair();
    const fields = { task: task.name, message: "once", idempotency_key: "k1", correlation_id: "c1" };
    const { command_id } = await enqueueNotifyManager(world.ctx, input(fields));
    await expect(enqueueNotifyManager(world.ctx, input({ ...fields, ...change }))).rejects.toMatchObject({
      code: "idempotency_conflict",
      details: { command_id },
    });
  });

  it.each([
    [{ message: " \n" }, "message_required"],
    [{}, "message_required"],
    [{ message: "m", required_permission: "repo.rewrite_history" }, "unknown_permission"],
    [{ message: "m", task: "nowhere" }, "not_found"],
  ])("refuses %j with %s and writes nothing", async (fields, code) => {
    const { task } = await world.pair();
    await expect(enqueueNudgeWorker(world.ctx, input({ task: task.name, ...fields }))).rejects.toMatchObject({ code });
    expect(await rowsOf(world, "SELECT 1 FROM commands WHERE type = 'nudge_worker'")).toEqual([]);
  });

  it("refuses a message about a task that has ended", async () => {
    const { task } = await world.pair();
    await world.store.fast((tx) => tx.sql.atomic("UPDATE tasks SET state = 'failed'").run());
    await expect(enqueueNudgeWorker(world.ctx, input({ task: task.name, message: "m" }))).rejects.toMatchObject({
      code: "terminal_state",
    });
  });
});
