import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import type { Ctx } from "../ctx.ts";
import { notify, nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { manager as listManager, session as listSession, worker as listWorker } from "./list.ts";
import { takeManager, takeSession, takeWorker } from "./take.ts";

const ofTask = (task: string, more: Record<string, unknown> = {}) =>
  operations.inbox.worker.input.parse({ task, ...more });
const ofSession = (session: string, more: Record<string, unknown> = {}) =>
  operations.inbox.session.input.parse({ session, ...more });

describe("an inbox", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  /** A pair with messages in the worker's inbox. */
  const withMail = async (...messages: string[]) => {
    const pair = await world.pair();
    for (const message of messages) await nudge(world.ctx, pair.task.name, message);
    await pass(world.ctx, { limit: 100 });
    return pair;
  };

  it("lists the oldest first, counts them all, and writes nothing", async () => {
    const { task, worker, manager } = await withMail("one", "two", "three");
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    const inbox = await listWorker(world.ctx, ofTask(task.name, { limit: 2 }));
    expect(inbox).toMatchObject({
      consumed: null,
      pending_count: 3,
      other_bindings_pending_count: 0,
      session: { id: worker.session_id, name: worker.name, role: "worker" },
      task: { id: task.id, name: task.name },
      wait: {
        elapsed_seconds: expect.any(Number),
        enabled: false,
        interval_seconds: 2,
        poll_count: 1,
        timed_out: false,
        timeout_seconds: 30,
      },
    });
    expect(inbox.items.map((item) => item.payload["message"])).toEqual(["one", "two"]);
    expect(inbox.items[0]).toMatchObject({
      signal_type: "nudge_worker",
      source_session_name: manager.name,
      source_session_role: "manager",
      target_session_name: worker.name,
      target_session_role: "worker",
      task_name: task.name,
      side_effect_started: false,
      consumed_at: null,
      acknowledgement: null,
    });
    expect(inbox.items[0]).not.toHaveProperty("payload_json");
    expect((await listWorker(world.ctx, ofTask(task.name, { limit: 0 }))).items).toEqual([]);
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
    expect(operations.inbox.worker.output.parse(inbox)).toEqual(inbox);
  });

  it("gives each item away once, in order, and then is empty", async () => {
    const { task, worker } = await withMail("one", "two");
    const first = await takeWorker(world.ctx, ofTask(task.name));
    expect(first).toMatchObject({
      consumed: { payload: { message: "one" }, consumed_by_session_id: worker.session_id },
      items: [{ payload: { message: "two" } }],
      pending_count: 1,
    });
    expect((await takeSession(world.ctx, ofSession(worker.name))).consumed).toMatchObject({
      payload: { message: "two" },
    });
    expect(await takeWorker(world.ctx, ofTask(task.name))).toMatchObject({
      consumed: null,
      items: [],
      pending_count: 0,
    });
    const told = await rowsOf<{ n: number }>(
      world,
      "SELECT count(*) AS n FROM telemetry_events WHERE event_type = 'dispatch_inbox_consumed'",
    );
    expect(told).toEqual([{ n: 2 }]);
  });

  it("of the manager holds what the worker sent", async () => {
    const { task, manager } = await world.pair();
    await notify(world.ctx, task.name, "finished the slice");
    await pass(world.ctx);
    expect((await listManager(world.ctx, ofTask(task.name))).items).toMatchObject([
      { payload: { message: "finished the slice" } },
    ]);
    expect((await takeManager(world.ctx, ofTask(task.name))).session.name).toBe(manager.name);
  });

  it("shows the newest acknowledgement of an item", async () => {
    const { task, binding_id } = await withMail("one");
    await world.store.write(async (tx) => {
      for (const status of ["received", "accepted"]) {
        await tx.db.notification_acknowledgements.create({
          data: {
            seq: tx.seq(),
            task_id: task.id,
            binding_id,
            notification_id: 1,
            role: "worker",
            status,
            payload_json: '{"summary":"s"}',
            created_at: tx.now,
          },
        });
      }
    });
    const { items } = await listWorker(world.ctx, ofTask(task.name));
    expect(items[0]?.acknowledgement).toMatchObject({ status: "accepted", payload: { summary: "s" } });
  });

  it("records that the role lives when it is consumed from, also when it is empty, and not when listed", async () => {
    const { task, worker, binding_id } = await world.pair();
    await listWorker(world.ctx, ofTask(task.name));
    expect(await rowsOf(world, "SELECT 1 FROM role_heartbeats")).toEqual([]);
    await takeWorker(world.ctx, ofTask(task.name));
    expect(
      await rowsOf(world, "SELECT session_id, role, source, task_id, binding_id, event_id FROM role_heartbeats"),
    ).toEqual([
      { session_id: worker.session_id, role: "worker", source: "inbox", task_id: task.id, binding_id, event_id: null },
    ]);
    expect(await rowsOf(world, "SELECT last_heartbeat_source FROM sessions WHERE role = 'worker'")).toEqual([
      { last_heartbeat_source: "inbox" },
    ]);
  });

  it("lets a waiting consumer have an item as soon as another process has delivered it", async () => {
    const { task } = await world.pair();
    const waiting = takeWorker(world.ctx, ofTask(task.name, { wait: true, timeout: 3600, interval: 3600 }));
    const other = world.otherCtx();
    await nudge(other, task.name, "wake up");
    await pass(other);
    await other.store.close();
    const inbox = await waiting;
    expect(inbox).toMatchObject({
      consumed: { payload: { message: "wake up" } },
      wait: { enabled: true, timed_out: false },
    });
    expect(await rowsOf(world, "SELECT count(*) AS n FROM role_heartbeats")).toEqual([{ n: 1 }]);
  });

  it("says that the time is up, after one look when there is none", async () => {
    const { task } = await world.pair();
    expect((await listWorker(world.ctx, ofTask(task.name, { wait: true, timeout: 0 }))).wait).toMatchObject({
      timed_out: true,
      poll_count: 1,
    });
    const inbox = await takeWorker(world.ctx, ofTask(task.name, { wait: true, timeout: 0.05, interval: 0.02 }));
    expect(inbox.wait.timed_out).toBe(true);
    expect(inbox.wait.poll_count).toBeGreaterThan(1);
    expect(inbox).not.toHaveProperty("interrupted");
  });

  it("ends a wait with the usual document when it is interrupted", async () => {
    const { task } = await world.pair();
    const stopping = new AbortController();
    const ctx: Ctx = { ...world.ctx, signal: stopping.signal };
    const waiting = takeWorker(ctx, ofTask(task.name, { wait: true, timeout: 3600 }));
    stopping.abort();
    expect(await waiting).toMatchObject({ interrupted: true, consumed: null, wait: { timed_out: false } });
  });

  it("tells a poller of a finished task to stop, and where the rest is", async () => {
    const { task, worker } = await withMail("left over");
    await unbind(world.ctx, { task: task.name });
    await expect(listWorker(world.ctx, ofTask(task.name))).rejects.toMatchObject({ code: "no_active_binding" });
    await world.store.fast((tx) => tx.sql.atomic("UPDATE tasks SET state = 'done'").run());
    await expect(takeWorker(world.ctx, ofTask(task.name))).rejects.toMatchObject({
      code: "terminal_state",
      hint: expect.stringContaining(`session-inbox '${worker.name}'`),
    });
    expect(await listSession(world.ctx, ofSession(worker.name))).toMatchObject({
      pending_count: 1,
      other_bindings_pending_count: 1,
    });
  });

  it("tells a waiting poller when the task ends meanwhile", async () => {
    const { task } = await world.pair();
    const waiting = takeWorker(world.ctx, ofTask(task.name, { wait: true, timeout: 3600, interval: 3600 }));
    const other = world.otherCtx();
    await unbind(other, { task: task.name });
    await other.store.close();
    await expect(waiting).rejects.toMatchObject({ code: "no_active_binding" });
  });

  it("of an unknown task or session is not found", async () => {
    await expect(listWorker(world.ctx, ofTask("nowhere"))).rejects.toMatchObject({ code: "not_found" });
    await expect(listSession(world.ctx, ofSession("nobody"))).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([{ interval: 0 }, { timeout: -1 }, { limit: -1 }, { limit: 1.5 }])("refuses %j", (input) => {
    expect(operations.inbox.takeWorker.input.safeParse({ task: "t", ...input }).success).toBe(false);
  });
});
