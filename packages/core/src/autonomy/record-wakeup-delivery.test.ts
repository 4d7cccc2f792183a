import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DELIVERY_STATUSES, operations, WAKE_ACTION_STATUSES } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { assertLegalDelivery } from "./delivery-rules.ts";
import { appPair, beat, close, prepare, record } from "./testing/scenes.ts";

describe("the deliveries of an action", () => {
  const legal = [
    ["ready_to_send", "sent"],
    ["ready_to_send", "blocked"],
    ["skipped_healthy", "skipped"],
    ["skipped_reserved", "skipped"],
    ["blocked_missing_thread", "blocked"],
  ];
  const isLegal = (from: string, to: string) => legal.some(([a, b]) => a === from && b === to);
  const action = (status: (typeof WAKE_ACTION_STATUSES)[number], thread_id: string | null = "thr-w") => ({
    role: "worker" as const,
    status,
    send_ready: status === "ready_to_send",
    reason: "",
    blocker: null,
    thread_id,
    thread_title: null,
  });
  const check =
    (status: (typeof WAKE_ACTION_STATUSES)[number], to: (typeof DELIVERY_STATUSES)[number], thread: string | null) =>
    () =>
      assertLegalDelivery(action(status), { status: to, thread_id: thread, reason: "asleep" }, "telemetry-1");

  it.each(WAKE_ACTION_STATUSES.flatMap((from) => DELIVERY_STATUSES.map((to) => [from, to] as const)))(
    "%s → %s",
    (from, to) => {
      if (isLegal(from, to)) expect(check(from, to, "thr-w")).not.toThrow();
      else expect(check(from, to, null)).toThrow(`the worker's action was ${from}, so it cannot be ${to}`);
    },
  );

  it.each(legal)("%s → %s only with the thread of the action, when one is named", (from, to) => {
    expect(check(from as "ready_to_send", to as "sent", "thr-x")).toThrow('for the thread "thr-w", not for "thr-x"');
  });

  it("blocked without a reason only where the reason is known", () => {
    const claim = { status: "blocked", thread_id: null, reason: null } as const;
    expect(() => assertLegalDelivery(action("ready_to_send"), claim, "telemetry-1")).toThrow("needs a reason");
    expect(() => assertLegalDelivery(action("blocked_missing_thread", null), claim, "telemetry-1")).not.toThrow();
  });
});

describe("recording a delivery", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  /** The manager healthy, the worker to be woken; returns the receipt. */
  const prepared = async (task = "login") => {
    await appPair(world, task);
    await beat(world.ctx, { task, role: "manager" });
    return (await prepare(world.ctx, { task })).receipt.event_id;
  };
  const deliveries = () =>
    rowsOf(
      world,
      `SELECT wake_dispatch_id, role, delivery_status, thread_id, reason, source_action_status, source_send_ready, event_id
       FROM wake_deliveries ORDER BY seq`,
    );

  it("keeps what was sent to which thread, as a row and an event under one id", async () => {
    const dispatch_receipt = await prepared();
    const sent = { task: "login", role: "worker", dispatch_receipt, delivery_status: "sent", thread_id: "thr-w" };
    const answer = await record(world.ctx, sent);
    const event = await world.telemetryEvent("app_wakeup_delivery_recorded");
    expect(answer).toMatchObject({
      task: { name: "login" },
      delivery: {
        role: "worker",
        status: "sent",
        thread_id: "thr-w",
        reason: null,
        source_action_status: "ready_to_send",
        source_send_ready: true,
      },
      source: { dispatch_receipt, dispatch_required: true, dispatcher: { state: "missing", required: true } },
      receipt: { event_id: event?.id, event_type: "app_wakeup_delivery_recorded", recorded_at: event?.timestamp },
      duplicate: false,
    });
    expect(answer.source.dispatcher.command).toContain("dispatch --watch --dispatcher-id 'dispatch-local'");
    expect(event).toMatchObject({
      actor: "manager",
      severity: "info",
      correlation: { command: "app-wakeup-record-delivery", dispatch_receipt, role: "worker", thread_id: "thr-w" },
    });
    expect(Object.keys(event?.attributes ?? {}).sort()).toEqual([
      ...["delivery_status", "dispatch_receipt", "dispatch_required", "reason", "role", "source_action_status"],
      ...["source_send_ready", "thread_id", "thread_title"],
    ]);
    expect(await deliveries()).toEqual([
      {
        wake_dispatch_id: dispatch_receipt,
        role: "worker",
        delivery_status: "sent",
        thread_id: "thr-w",
        reason: null,
        source_action_status: "ready_to_send",
        source_send_ready: 1,
        event_id: event?.id,
      },
    ]);
    expect(operations.autonomy.recordWakeupDelivery.output.parse(answer)).toEqual(answer);
  });

  it.each([
    [{ role: "worker", delivery_status: "blocked", reason: "thread is archived" }],
    [{ role: "manager", delivery_status: "skipped", reason: undefined }],
  ])("of what was not sent is a warning (%j)", async (input) => {
    const dispatch_receipt = await prepared();
    await record(world.ctx, { task: "login", dispatch_receipt, ...input });
    expect(await world.telemetryEvent("app_wakeup_delivery_recorded")).toMatchObject({
      severity: "warning",
      attributes: { delivery_status: input.delivery_status, reason: input.reason ?? null },
    });
  });

  it("again with the same facts answers with the first receipt and writes nothing", async () => {
    const dispatch_receipt = await prepared();
    const sent = { task: "login", role: "worker", dispatch_receipt, delivery_status: "sent", thread_id: "thr-w" };
    const first = await record(world.ctx, sent);
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    expect(await record(world.ctx, sent)).toEqual({ ...first, duplicate: true });
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
  });

  it("again with other facts conflicts and keeps the first", async () => {
    const dispatch_receipt = await prepared();
    const of = { task: "login", role: "worker", dispatch_receipt };
    const first = await record(world.ctx, { ...of, delivery_status: "blocked", reason: "asleep" });
    for (const other of [
      { delivery_status: "sent", thread_id: "thr-w" },
      { delivery_status: "blocked", reason: "archived" },
    ]) {
      await expect(record(world.ctx, { ...of, ...other })).rejects.toMatchObject({
        code: "conflict",
        details: { recorded: { delivery_status: "blocked", reason: "asleep" }, event_id: first.receipt.event_id },
      });
    }
    expect(await deliveries()).toHaveLength(1);
  });

  it("goes on after the task was closed, because it says what happened", async () => {
    const dispatch_receipt = await prepared();
    const [task] = await rowsOf<{ id: string }>(world, "SELECT id FROM tasks");
    await close(world, task?.id ?? "");
    const sent = { task: "login", role: "worker", dispatch_receipt, delivery_status: "sent", thread_id: "thr-w" };
    expect((await record(world.ctx, sent)).duplicate).toBe(false);
  });

  it("is checked in order, and each refusal says what was wrong and writes nothing", async () => {
    const dispatch_receipt = await prepared();
    const others = await prepared("other");
    const heartbeat = (await world.telemetryEvent("app_heartbeat"))?.id ?? "";
    await world.store.write(async (tx) => {
      const row = await tx.db.wake_dispatches.findUniqueOrThrow({ where: { id: dispatch_receipt } });
      const copy = (id: string, more: object) =>
        tx.db.wake_dispatches.create({ data: { ...row, id, seq: tx.seq(), ...more } });
      await copy("no-actions", { actions_json: '[{"role":"worker","status":"asleep"}]' });
      await copy("no-summary", { summary_json: "{}" });
      await copy("no-worker", { actions_json: JSON.stringify(JSON.parse(row.actions_json).slice(0, 1)) });
    });
    const before = await rowsOf(world, "SELECT value FROM ledger_sequence");
    const refused = async (input: Record<string, unknown>) => {
      const all = {
        task: "login",
        role: "worker",
        dispatch_receipt,
        delivery_status: "sent",
        thread_id: "x",
        ...input,
      };
      return record(world.ctx, all).then(
        () => "was not refused",
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      );
    };
    expect([
      await refused({ task: "nothing", thread_id: undefined }),
      await refused({ task: "nothing" }),
      await refused({ dispatch_receipt: "telemetry-0" }),
      await refused({ dispatch_receipt: heartbeat }),
      await refused({ dispatch_receipt: others }),
      await refused({ dispatch_receipt: "no-actions" }),
      await refused({ dispatch_receipt: "no-summary" }),
      await refused({ dispatch_receipt: "no-worker" }),
      await refused({ delivery_status: "skipped" }),
      await refused({}),
      await refused({ delivery_status: "blocked", thread_id: undefined }),
      await refused({ role: "manager", thread_id: "thr-m" }),
    ]).toEqual([
      "invalid_input: a prompt that was sent needs the thread it was sent to",
      'not_found: there is no task "nothing"',
      'not_found: there is no wake receipt "telemetry-0"',
      `precondition_failed: ${heartbeat} is the receipt of app_heartbeat, not of a wake dispatch`,
      `precondition_failed: the receipt ${others} is of task "other", not of "login"`,
      "precondition_failed: the receipt no-actions does not say what was prepared",
      "precondition_failed: the receipt no-summary does not say what was prepared",
      "precondition_failed: the receipt no-worker has no action of the worker",
      "precondition_failed: the worker's action was ready_to_send, so it cannot be skipped",
      `precondition_failed: the worker's action was for the thread "thr-w", not for "x"`,
      "precondition_failed: the worker's action was ready_to_send: that it was blocked needs a reason",
      "precondition_failed: the manager's action was skipped_healthy, so it cannot be sent",
    ]);
    expect(await rowsOf(world, "SELECT value FROM ledger_sequence")).toEqual(before);
    expect(await deliveries()).toEqual([]);
  });

  it("does not take a blank reason", () => {
    const { input } = operations.autonomy.recordWakeupDelivery;
    const blank = { task: "t", role: "worker", dispatch_receipt: "r", delivery_status: "blocked", reason: "  " };
    expect(input.safeParse(blank).success).toBe(false);
  });

  /** Record in a process of its own. */
  const inProcess = (input: Record<string, unknown>) => {
    const script = fileURLToPath(new URL("./testing/record-process.ts", import.meta.url));
    const { ledger_path: path, state_root: root } = world.ctx.settings;
    const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify({ path, root, input })], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    return new Promise<Record<string, unknown>>((resolve) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
      child.on("close", () => resolve(JSON.parse(text) as Record<string, unknown>));
    });
  };

  it("by two processes at once leaves one row: the same twice is one record, two different ones are a conflict", async () => {
    const first = await prepared();
    const sent = { task: "login", role: "worker", delivery_status: "sent", thread_id: "thr-w" };
    const same = await Promise.all([1, 2].map(() => inProcess({ ...sent, dispatch_receipt: first })));
    expect(same.map(({ duplicate }) => duplicate).sort()).toEqual([false, true]);
    expect(same[0]?.["receipt"]).toEqual(same[1]?.["receipt"]);
    const second = (await prepare(world.ctx, { task: "login" })).receipt.event_id;
    const different = await Promise.all([
      inProcess({ ...sent, dispatch_receipt: second }),
      inProcess({ ...sent, dispatch_receipt: second, delivery_status: "blocked", reason: "asleep" }),
    ]);
    expect(different.filter(({ code }) => code === "conflict")).toHaveLength(1);
    expect(await deliveries()).toHaveLength(2);
    expect((await world.telemetryTypes()).filter((type) => type === "app_wakeup_delivery_recorded")).toHaveLength(2);
  });
});
