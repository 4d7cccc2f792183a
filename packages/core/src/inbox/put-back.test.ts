import { type InputOf, operations } from "@conveyor/contracts";
import { type FixedClock, fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nudge, pass, rowsOf } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { acknowledge } from "./acknowledge.ts";
import { worker as listWorker } from "./list.ts";
import { onItem as followInbox } from "./on-item.ts";
import { release } from "./release.ts";
import { takeWorker } from "./take.ts";

type Status = InputOf<typeof operations.inbox.acknowledge>["status"];

let clock: FixedClock;
let world: World;
let task: string;
beforeEach(async () => {
  clock = fixedClock("2026-03-01T10:00:00.000Z");
  world = createWorld({ clock });
  ({
    task: { name: task },
  } = await world.pair());
  for (const message of ["first", "second"]) await nudge(world.ctx, task, message);
  await pass(world.ctx);
});
afterEach(() => world.close());

const take = async (ack_within?: number) =>
  (await takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task, ack_within }))).consumed;
const answer = (status: Status) =>
  acknowledge(world.ctx, { task, notification_id: 1, role: "worker", status, payload: {} });
const giveBack = (notification_id = 1, role: "worker" | "manager" = "worker") =>
  release(world.ctx, { task, notification_id, role, reason: "restarting" });
const waiting = async () => {
  const { items } = await listWorker(world.ctx, operations.inbox.worker.input.parse({ task }));
  return items.map(({ id, delivery_count }) => [id, delivery_count]);
};
const returns = () =>
  rowsOf<{ attributes_json: string }>(
    world,
    "SELECT attributes_json FROM telemetry_events WHERE event_type = 'dispatch_inbox_returned' ORDER BY seq",
  );

describe("a message that is taken for a time", () => {
  it("goes back to its old place when it is not answered in time, and is taken again", async () => {
    const first = await take(60);
    expect(first).toMatchObject({ id: 1, ack_due_at: "2026-03-01T10:01:00.000Z", delivery_count: 1 });
    await clock.advance(59_000);
    expect((await take(60))?.id).toBe(2);
    await clock.advance(1_000);
    expect(await take(60)).toMatchObject({ id: 1, delivery_count: 2, ack_due_at: "2026-03-01T10:02:00.000Z" });
    const [told] = await returns();
    expect(JSON.parse(told?.attributes_json ?? "")).toMatchObject({ reason: "not_acknowledged", delivery_count: 2 });
    expect(told?.attributes_json).not.toContain("first");
  });

  it.each<Status>(["accepted", "blocked"])("stays taken once it is answered %s", async (status) => {
    await take(60);
    await answer("received");
    await answer(status);
    await clock.advance(61_000);
    await pass(world.ctx);
    expect(await waiting()).toEqual([[2, 1]]);
    expect(await returns()).toEqual([]);
  });

  it("goes back although it was received, because receiving is no answer", async () => {
    await take(60);
    await answer("received");
    await clock.advance(60_000);
    await pass(world.ctx);
    expect(await waiting()).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it("stays taken for ever when it is taken without a time", async () => {
    expect(await take()).toMatchObject({ id: 1, ack_due_at: null });
    await clock.advance(86_400_000);
    await pass(world.ctx);
    expect(await waiting()).toEqual([[2, 1]]);
  });

  it("comes to followers as a new delivery when a pass of Dispatch puts it back", async () => {
    await take(60);
    await take();
    const after = await world.store.peek((tx) => tx.sql.search("SELECT value FROM ledger_sequence").get());
    const stream = followInbox(world.ctx, { task, role: "worker" }, String((after as { value: number }).value));
    const coming = stream.next();
    await clock.advance(60_000);
    await pass(world.ctx);
    expect((await coming).value?.data).toMatchObject({
      ...{ id: 1, consumed_at: null, delivery_count: 2, delivered_at: "2026-03-01T10:01:00.000Z" },
    });
    await stream.return(undefined);
  });

  it("is given to exactly one of several who come when its time is over", async () => {
    await take(60);
    await take();
    await clock.advance(60_000);
    const others = Array.from({ length: 3 }, () => world.otherCtx());
    const input = operations.inbox.takeWorker.input.parse({ task });
    const taken = await Promise.all(others.map((ctx) => takeWorker(ctx, input)));
    expect(taken.map(({ consumed }) => consumed?.id ?? null).sort()).toEqual([1, null, null]);
    await Promise.all(others.map(({ store }) => store.close()));
  });
});

describe("inbox-release", () => {
  it("puts a taken message back, once, and tells why without its text", async () => {
    await take();
    expect(await giveBack()).toMatchObject({
      released: true,
      delivery_count: 2,
      notification: { id: 1, consumed_at: null },
    });
    expect(await giveBack()).toMatchObject({ released: false, delivery_count: 2 });
    expect(await waiting()).toEqual([
      [1, 2],
      [2, 1],
    ]);
    const told = await returns();
    expect(told.map(({ attributes_json }) => JSON.parse(attributes_json))).toMatchObject([
      { reason: "released", note: "restarting" },
    ]);
  });

  it("refuses a message of the other role, an unknown one, and one that was answered", async () => {
    await take();
    await expect(giveBack(1, "manager")).rejects.toMatchObject({ code: "ack_role_mismatch" });
    await expect(giveBack(99)).rejects.toMatchObject({ code: "not_found" });
    await answer("accepted");
    await expect(giveBack()).rejects.toMatchObject({ code: "precondition_failed" });
    expect(await waiting()).toEqual([[2, 1]]);
  });
});
