import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bind } from "../bindings/bind.ts";
import { unbind } from "../bindings/unbind.ts";
import { nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { finish as finishTask } from "../tasks/finish.ts";
import { createWorld, type World } from "../testing/world.ts";
import { acknowledge, acknowledgements as listAcknowledgements } from "./acknowledge.ts";
import { worker as listWorker } from "./list.ts";
import { takeSession, takeWorker } from "./take.ts";
import { acknowledgeAtOnce } from "./testing/acknowledge-at-once.ts";

type Status = "received" | "accepted" | "blocked";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

const answer = (task: string, status: Status, more: Record<string, unknown> = {}) =>
  operations.inbox.acknowledge.input.parse({
    ...{ task, notification_id: 1, role: "worker", status, payload: { summary: "s" } },
    ...more,
  });
const say = (task: string, status: Status, more: Record<string, unknown> = {}) =>
  acknowledge(world.ctx, answer(task, status, more));
const history = (task: string, notification_id = 1) => listAcknowledgements(world.ctx, { task, notification_id });
const take = (task: string) => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));

/** A pair with one message in the worker's inbox. */
async function delivered() {
  const pair = await world.pair();
  await nudge(world.ctx, pair.task.name, "run the tests", { correlation_id: "slice-1" });
  await pass(world.ctx);
  return pair;
}

/** The same, and the worker has taken it. */
async function taken() {
  const pair = await delivered();
  await take(pair.task.name);
  return pair;
}

/** Everything that the ledger has numbered so far. */
const sequence = () => rowsOf<{ value: number }>(world, "SELECT value FROM ledger_sequence");

describe("inbox-ack", () => {
  it("records received on delivery and accepted after the message was taken", async () => {
    const { task, worker, binding_id } = await delivered();
    const received = await say(task.name, "received", { correlation_id: "slice-1" });
    expect(received).toEqual({
      acknowledgement: {
        id: 1,
        task_id: task.id,
        binding_id,
        notification_id: 1,
        role: "worker",
        status: "received",
        payload: { summary: "s" },
        created_at: expect.stringMatching(/\.\d{3}Z$/),
        correlation_id: "slice-1",
      },
      deduplicated: false,
      notification: {
        binding_id,
        consumed_at: null,
        delivered_at: expect.any(String),
        delivery_mode: "pull_required",
        id: 1,
        signal_type: "nudge_worker",
        state: "delivered",
        target_session_id: worker.session_id,
        target_session_name: worker.name,
        target_session_role: "worker",
        task_id: task.id,
      },
      receipt: {
        event_id: expect.stringMatching(/^telemetry-/),
        event_type: "dispatch_inbox_ack_recorded",
        recorded_at: received.acknowledgement.created_at,
      },
      task: { id: task.id, name: task.name },
    });
    await take(task.name);
    const accepted = await say(task.name, "accepted", { payload: { summary: "done", evidence: ["npm test"] } });
    expect(accepted.acknowledgement).toMatchObject({ id: 2, correlation_id: null });
    const shown = await history(task.name);
    expect(shown.acknowledgements.map(({ status }) => status)).toEqual(["received", "accepted"]);
    expect(shown.latest).toEqual(accepted.acknowledgement);
    expect(shown.notification).toEqual(accepted.notification);
    expect(operations.inbox.acknowledgements.output.parse(shown)).toEqual(shown);
    expect(operations.inbox.acknowledge.output.parse(accepted)).toEqual(accepted);
  });

  it("is empty for a message that nobody has answered, and reading it writes nothing", async () => {
    const { task } = await delivered();
    const before = await sequence();
    expect(await history(task.name)).toMatchObject({ acknowledgements: [], latest: null, notification: { id: 1 } });
    expect(await sequence()).toEqual(before);
  });

  it("tells telemetry who answered how and with which keys, and never the words", async () => {
    const { task, binding_id } = await taken();
    const payload = { summary: "my private words", evidence: ["secret file"], blockers: [] };
    const { receipt } = await say(task.name, "blocked", { payload });
    const event = await world.telemetryEvent("dispatch_inbox_ack_recorded");
    expect(event).toMatchObject({ id: receipt.event_id, actor: "worker", severity: "warning", task_id: task.id });
    expect(event?.correlation).toEqual({
      ...{ command: "inbox-ack", correlation_id: null, notification_id: 1, role: "worker" },
    });
    expect(event?.attributes).toEqual({
      ...{ binding_id, notification_id: 1, role: "worker", signal_type: "nudge_worker", status: "blocked" },
      payload_keys: ["blockers", "evidence", "summary"],
    });
    const told = await rowsOf(world, "SELECT summary, attributes_json FROM telemetry_events");
    expect(JSON.stringify(told)).not.toMatch(/private words|secret file/);
    expect(await world.auditTypes()).not.toContain("dispatch_inbox_ack_recorded");
  });

  it("is shown beside the item in the inbox", async () => {
    const { task } = await delivered();
    const { acknowledgement } = await say(task.name, "received");
    const { items } = await listWorker(world.ctx, operations.inbox.worker.input.parse({ task: task.name }));
    expect(items[0]?.acknowledgement).toEqual(acknowledgement);
  });

  it.each<[Status, Record<string, unknown>]>([
    ["received", { summary: "s" }],
    ["accepted", { evidence: [1, { b: 2, a: 1 }], summary: "s" }],
    ["blocked", {}],
  ])("answers %s with the first record when it is repeated with an equal payload", async (status, payload) => {
    const { task } = await taken();
    const first = await say(task.name, status, { payload });
    const before = await sequence();
    const reordered = Object.fromEntries(Object.entries(payload).reverse());
    expect(await say(task.name, status, { payload: reordered, correlation_id: "other" })).toEqual({
      ...first,
      deduplicated: true,
    });
    expect(await sequence()).toEqual(before);
  });

  it("keeps the same status with another payload as a record of its own", async () => {
    const { task } = await taken();
    await say(task.name, "accepted");
    const second = await say(task.name, "accepted", { payload: { summary: "more evidence" } });
    expect(second).toMatchObject({ deduplicated: false, acknowledgement: { id: 2 } });
    expect((await say(task.name, "accepted")).acknowledgement.id).toBe(3);
  });

  it("answers a repetition without the event that was pruned", async () => {
    const { task } = await delivered();
    const { acknowledgement } = await say(task.name, "received");
    await world.store.fast((tx) => tx.sql.atomic("DELETE FROM telemetry_events").run());
    expect(await say(task.name, "received")).toMatchObject({
      deduplicated: true,
      receipt: { event_id: null, recorded_at: acknowledgement.created_at },
    });
  });

  it.each<[Status, Status, boolean]>([
    ["received", "received", true],
    ["received", "accepted", true],
    ["received", "blocked", true],
    ["blocked", "blocked", true],
    ["blocked", "accepted", true],
    ["accepted", "accepted", true],
    ["blocked", "received", false],
    ["accepted", "received", false],
    ["accepted", "blocked", false],
  ])("after %s, %s is allowed: %s", async (before, after, allowed) => {
    const { task } = await taken();
    await say(task.name, before);
    const next = say(task.name, after, { payload: { summary: "later" } });
    if (allowed) expect((await next).acknowledgement.status).toBe(after);
    else {
      await expect(next).rejects.toMatchObject({ code: "ack_regression", details: { latest_status: before } });
      expect((await history(task.name)).acknowledgements).toHaveLength(1);
    }
  });
});

describe("inbox-ack refuses", () => {
  it("an unknown task, an unknown message and one of another task", async () => {
    const { task } = await delivered();
    const other = await world.pair();
    await expect(say("nobody", "received")).rejects.toMatchObject({ code: "not_found", details: { kind: "task" } });
    for (const [name, notification_id] of [
      [task.name, 99],
      [other.task.name, 1],
    ] as const) {
      const details = { kind: "notification", id: notification_id };
      await expect(say(name, "received", { notification_id })).rejects.toMatchObject({ code: "not_found", details });
      await expect(history(name, notification_id)).rejects.toMatchObject({ code: "not_found", details });
    }
  });

  it("a task without a binding before it looks for the message", async () => {
    await delivered();
    const { name } = await world.task();
    await expect(say(name, "received")).rejects.toMatchObject({ code: "no_active_binding" });
    await expect(history(name, 99)).rejects.toMatchObject({ code: "no_active_binding" });
  });

  it("the other role, and names the one that may", async () => {
    const { task } = await delivered();
    await expect(say(task.name, "accepted", { role: "manager" })).rejects.toMatchObject({
      code: "ack_role_mismatch",
      message: expect.stringContaining("the worker"),
      details: { target_session_role: "worker" },
    });
  });

  it.each(["pending", "failed"])("a message that is %s", async (state) => {
    const { task } = await taken();
    await world.store.fast((tx) => tx.sql.atomic("UPDATE routed_notifications SET state = ?").run(state));
    await expect(say(task.name, "accepted")).rejects.toMatchObject({ code: "ack_not_delivered", details: { state } });
  });

  it("received for a message without a time of delivery", async () => {
    const { task } = await taken();
    await world.store.fast((tx) => tx.sql.atomic("UPDATE routed_notifications SET delivered_at = NULL").run());
    await expect(say(task.name, "received")).rejects.toMatchObject({ code: "ack_not_delivered" });
    expect((await say(task.name, "accepted")).acknowledgement.status).toBe("accepted");
  });

  it.each<Status>(["accepted", "blocked"])(
    "%s before the message was taken, and says how to take it",
    async (status) => {
      const { task, worker } = await delivered();
      await expect(say(task.name, status)).rejects.toMatchObject({
        code: "ack_not_consumed",
        hint: expect.stringContaining(`session-inbox '${worker.name}' --consume-next`),
      });
    },
  );

  it("without writing anything", async () => {
    const { task } = await delivered();
    const before = await sequence();
    await expect(say(task.name, "accepted")).rejects.toMatchObject({ code: "ack_not_consumed" });
    expect(await sequence()).toEqual(before);
    expect(await rowsOf(world, "SELECT 1 FROM notification_acknowledgements")).toEqual([]);
  });

  it.each([{ notification_id: 0 }, { notification_id: 1.5 }, { payload: [] }, { payload: "text" }, { payload: null }])(
    "%j",
    (wrong) => {
      const input = { task: "t", notification_id: 1, role: "worker", status: "received", payload: {}, ...wrong };
      expect(operations.inbox.acknowledge.input.safeParse(input).success).toBe(false);
    },
  );
});

describe("inbox-ack after the binding", () => {
  it("accepts the last message once the task is finished", async () => {
    const { task } = await taken();
    await finishTask(world.ctx, operations.tasks.finish.input.parse({ task: task.name, reason: "merged" }));
    expect((await say(task.name, "accepted")).acknowledgement).toMatchObject({ id: 1, status: "accepted" });
    expect((await history(task.name)).latest?.status).toBe("accepted");
  });

  it("accepts a message of the former binding beside the present one", async () => {
    const { task, worker, manager } = await delivered();
    await unbind(world.ctx, { task: task.name });
    const next = await world.worker({ name: "next-worker" });
    await bind(world.ctx, { task: task.name, worker: next.name, manager: manager.name });
    await takeSession(world.ctx, operations.inbox.takeSession.input.parse({ session: worker.name }));
    expect((await say(task.name, "accepted")).notification.target_session_name).toBe(worker.name);
  });
});

describe("inbox-ack by several processes at once", { timeout: 60_000 }, () => {
  it("keeps one record of equal answers", async () => {
    const { task } = await taken();
    const outcomes = await acknowledgeAtOnce(world, Array(3).fill(answer(task.name, "accepted")));
    expect(outcomes.map(({ id }) => id)).toEqual([1, 1, 1]);
    expect(outcomes.filter(({ deduplicated }) => deduplicated === false)).toHaveLength(1);
    expect((await history(task.name)).acknowledgements).toHaveLength(1);
    expect((await world.telemetryTypes()).filter((type) => type === "dispatch_inbox_ack_recorded")).toHaveLength(1);
  });

  it("never ends behind accepted, whoever comes first", async () => {
    const { task } = await taken();
    const outcomes = await acknowledgeAtOnce(world, [
      answer(task.name, "accepted"),
      answer(task.name, "received"),
      answer(task.name, "blocked"),
    ]);
    expect(outcomes[0]).toMatchObject({ status: "accepted" });
    for (const { refused, status } of outcomes.slice(1))
      expect(refused ?? status).toMatch(/^(ack_regression|received|blocked)$/);
    const { acknowledgements, latest } = await history(task.name);
    expect(latest?.status).toBe("accepted");
    expect(acknowledgements).toHaveLength(outcomes.filter(({ refused }) => refused === undefined).length);
  });
});
