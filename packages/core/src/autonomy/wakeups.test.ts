import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { appPair, beat, dispatcher, plan, prepare, record } from "./testing/scenes.ts";

let world: World;
const clock = fixedClock("2026-01-01T00:00:00.000Z");
beforeEach(() => {
  world = createWorld({ clock });
});
afterEach(() => world.close());

describe("a wake plan", () => {
  it("has a prompt for each role that is not healthy, the manager's first, and writes nothing", async () => {
    await appPair(world);
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    const { status, dispatcher: need, wakeups } = await plan(world.ctx, { task: "login" });
    expect(wakeups.map(({ role, thread }) => [role, thread])).toEqual([
      ["manager", { id: "thr-m", title: null }],
      ["worker", { id: "thr-w", title: null }],
    ]);
    expect(wakeups[0]?.prompt).toContain("This is the role heartbeat of the manager login-manager");
    expect(wakeups[1]?.prompt).toContain("This is the role heartbeat of the worker login-worker");
    expect(wakeups[1]?.reason).toBe("worker login-worker: lease missing, registered but not heard of since");
    expect(need).toEqual({
      state: "missing",
      required: true,
      command: `conveyor dispatch --watch --dispatcher-id 'dispatch-local' --path '${world.ctx.settings.ledger_path}'`,
    });
    expect(status.next_actions).toHaveLength(3);
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
  });

  it("leaves out who is healthy, and keeps the dispatcher that was asked for in every command", async () => {
    await world.pair({ task: "login" });
    await dispatcher(world, "night");
    await beat(world.ctx, { task: "login", role: "manager" });
    const { dispatcher: need, wakeups } = await plan(world.ctx, { task: "login", dispatcher_id: "night" });
    expect(need).toMatchObject({ state: "healthy", required: false });
    expect(wakeups).toMatchObject([{ role: "worker", thread: { id: null, title: null } }]);
    expect(wakeups[0]?.prompt).toMatch(/app-heartbeat 'login' --role 'worker' --dispatcher-id 'night'/);
    expect(wakeups[0]?.prompt).toMatch(/dispatch --watch --watch-iterations 1 --interval 2 --dispatcher-id 'night'/);
    expect(wakeups[0]?.prompt).not.toContain("dispatch-local");
  });
});

describe("a wake dispatch", () => {
  it("has one action for each role: nothing for the healthy, a prompt for the others", async () => {
    await appPair(world);
    await dispatcher(world, "night");
    await beat(world.ctx, { task: "login", role: "manager" });
    const planned = await prepare(world.ctx, { task: "login" });
    expect(planned.actions).toEqual([
      {
        role: "manager",
        status: "skipped_healthy",
        send_ready: false,
        reason: "manager login-manager: lease healthy",
        ...{ reason_code: "lease_healthy", blocker_code: null, reserved_until: null },
        blocker: null,
        prompt: null,
        thread: { id: "thr-m", title: null },
      },
      {
        role: "worker",
        status: "ready_to_send",
        send_ready: true,
        reason: "worker login-worker: lease missing, registered but not heard of since",
        ...{ reason_code: "registered_but_not_heard_of", blocker_code: null, reserved_until: null },
        blocker: null,
        prompt: expect.stringContaining("role heartbeat of the worker login-worker"),
        thread: { id: "thr-w", title: null },
      },
    ]);
    expect(planned.summary).toEqual({
      total_actions: 2,
      ready_to_send: 1,
      skipped: 1,
      blocked: 0,
      dispatcher_required: false,
    });
    expect(operations.autonomy.dispatchWakeup.output.parse(planned)).toEqual(planned);
  });

  it("blocks a prompt whose thread nobody knows, and still has it to paste by hand", async () => {
    await world.pair({ task: "login", worker: { codex_app_thread_id: "thr-w" } });
    const { actions, summary } = await prepare(world.ctx, { task: "login" });
    expect(actions[0]).toMatchObject({
      role: "manager",
      status: "blocked_missing_thread",
      send_ready: false,
      blocker: expect.stringMatching(/no app thread id is registered .*paste the prompt by hand.*register the thread/),
      prompt: expect.stringContaining("role heartbeat of the manager"),
    });
    expect(summary).toMatchObject({ ready_to_send: 1, blocked: 1, dispatcher_required: true });
  });

  it("leaves a receipt and an event under one id, neither of them with a prompt, and a new one each time", async () => {
    const { task, binding_id } = await appPair(world);
    const first = await prepare(world.ctx, { task: task.id });
    const event = await world.telemetryEvent("app_wakeup_dispatch_planned");
    const { event_id } = first.receipt;
    expect(first.receipt).toEqual({
      event_id: event?.id,
      event_type: "app_wakeup_dispatch_planned",
      recorded_at: clock.iso(),
    });
    expect(event).toMatchObject({
      actor: "manager",
      severity: "warning",
      task_id: task.id,
      correlation: { command: "app-wakeup-dispatch", dispatcher_id: "dispatch-local" },
      attributes: { dispatcher: first.dispatcher, status_ok: false, summary: first.summary },
    });
    const kept = [
      { role: "manager", status: "ready_to_send", send_ready: true, thread_id: "thr-m", thread_title: null },
      { role: "worker", status: "ready_to_send", send_ready: true, thread_id: "thr-w", thread_title: null },
    ];
    expect(event?.attributes["actions"]).toMatchObject(kept);
    const row = await world.store.read((tx) => tx.db.wake_dispatches.findUniqueOrThrow({ where: { id: event_id } }));
    expect(row).toMatchObject({
      task_id: task.id,
      binding_id,
      dispatcher_id: "dispatch-local",
      dispatcher_state: "missing",
      dispatcher_required: true,
      dispatcher_command: first.dispatcher.command,
      status_ok: false,
    });
    expect(JSON.parse(row.actions_json)).toMatchObject(kept);
    expect(JSON.parse(row.summary_json)).toEqual(first.summary);
    for (const text of [row.actions_json, JSON.stringify(event)]) expect(text).not.toContain("CONVEYOR POLL");
    const second = await prepare(world.ctx, { task: task.id });
    expect(second.receipt.event_id).not.toBe(event_id);
    expect(await world.auditTypes()).not.toContain("app_wakeup_dispatch_planned");
  });

  it("is no warning when every prompt can be sent and a dispatcher runs", async () => {
    await appPair(world);
    await dispatcher(world, "night");
    await prepare(world.ctx, { task: "login" });
    expect(await world.telemetryEvent("app_wakeup_dispatch_planned")).toMatchObject({
      severity: "info",
      correlation: { dispatcher_id: "night" },
    });
  });

  it("keeps a reserved role from a second prompt until it is recorded, or the time is over", async () => {
    await appPair(world);
    const first = await prepare(world.ctx, { task: "login", reserve: 60 });
    const until = first.actions[1]?.reserved_until;
    expect(first.actions.map(({ status }) => status)).toEqual(["ready_to_send", "ready_to_send"]);
    expect(Date.parse(until ?? "") - Date.parse(clock.iso())).toBe(60_000);
    const of = { task: "login", dispatch_receipt: first.receipt.event_id };
    await record(world.ctx, { ...of, role: "manager", delivery_status: "blocked", reason: "the app refused" });
    const second = await prepare(world.ctx, { task: "login" });
    expect(second.actions).toMatchObject([
      { status: "ready_to_send", send_ready: true, reserved_until: null },
      { status: "skipped_reserved", send_ready: false, prompt: null, blocker_code: "reserved", reserved_until: until },
    ]);
    expect(second.summary).toMatchObject({ ready_to_send: 1, skipped: 1, blocked: 0 });
    const own = { task: "login", role: "worker", dispatch_receipt: second.receipt.event_id };
    const sent = { ...own, delivery_status: "sent", thread_id: "thr-w" };
    await expect(record(world.ctx, sent)).rejects.toMatchObject({ code: "precondition_failed" });
    await record(world.ctx, { ...own, delivery_status: "skipped" });
    const { open_actions } = await plan(world.ctx, { task: "login" });
    expect(open_actions.map(({ dispatch_receipt, role, expired }) => [dispatch_receipt, role, expired])).toEqual([
      [second.receipt.event_id, "manager", true],
      [first.receipt.event_id, "worker", false],
    ]);
    await clock.advance(60_000);
    const third = await prepare(world.ctx, { task: "login" });
    expect(third.actions[1]).toMatchObject({ status: "ready_to_send", send_ready: true });
  });
});
