import { operations, type TelemetryEvent } from "@conveyor/contracts";
import { retention } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reader } from "../testing/reader.ts";
import { createWorld, type World } from "../testing/world.ts";
import { onEvent as followTelemetry } from "./on-event.ts";

describe("following telemetry", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const follow = (input: Record<string, unknown> = {}, after?: string) =>
    new Reader<TelemetryEvent | null>(world.ctx, (ctx) =>
      followTelemetry(ctx, operations.telemetry.onEvent.input.parse(input), after),
    );
  const tell = (summary: string, event_type = "probe") => world.anyTelemetry({ event_type, summary });
  const summaries = async (reader: Reader<TelemetryEvent | null>, amount: number) =>
    (await reader.take(amount)).map((event) => event?.summary);

  it("begins with what comes next, and says where that is", async () => {
    await tell("before");
    const reader = follow();
    const mark = await reader.next();
    expect(mark.data).toBeNull();
    const coming = reader.next();
    const other = world.otherCtx();
    await other.store.fast((tx) =>
      tx.tell("dispatch_item_error", { summary: "by another process", attributes: { error: "none" } }),
    );
    await other.store.close();
    const { id, data } = await coming;
    expect(data).toMatchObject({ summary: "by another process", attributes: { error: "none" }, correlation: {} });
    expect(Number(id)).toBeGreaterThan(Number(mark.id));
    expect(await reader.leave()).toEqual([]);
  });

  it("loses nothing for a reader that was cut off before its first event", async () => {
    const reader = follow();
    const mark = await reader.next();
    await reader.leave();
    await tell("while it was away");
    const again = follow({}, mark.id);
    expect(await summaries(again, 1)).toEqual(["while it was away"]);
    await again.leave();
  });

  it("begins with the newest ones when asked to, in their order", async () => {
    for (const summary of ["a", "b", "c"]) await tell(summary);
    await tell("not asked for", "other");
    const reader = follow({ event_type: "probe", backlog: 2 });
    expect((await reader.next()).data).toBeNull();
    expect(await summaries(reader, 2)).toEqual(["b", "c"]);
    await tell("d");
    expect(await summaries(reader, 1)).toEqual(["d"]);
    await reader.leave();
    const nothing = follow({ event_type: "nothing of the kind", backlog: 5 });
    expect((await nothing.next()).data).toBeNull();
    expect(await nothing.leave()).toEqual([]);
  });

  it("goes on after the event it saw last, more than it reads at once", async () => {
    const reader = follow();
    await reader.next();
    const names = Array.from({ length: 230 }, (_, index) => `event ${index}`);
    for (const name of names) await tell(name);
    const seen = [await reader.next(), await reader.next()];
    await reader.leave();
    const again = follow({}, seen[1]?.id);
    expect([...seen.map(({ data }) => data?.summary), ...(await summaries(again, 228))]).toEqual(names);
    await again.leave();
  });

  it("goes on where it was although what it saw and what it did not see were pruned", async () => {
    for (const summary of ["a", "b", "c"]) await tell(summary);
    const reader = follow({ backlog: 3 });
    await reader.next();
    const { id } = await reader.next();
    await reader.leave();
    await world.store.fast((tx) =>
      retention.dropContent(tx, { kind: "telemetry", keep_latest: 1, task_id: null, before: null }),
    );
    await tell("d");
    const again = follow({}, id);
    expect(await summaries(again, 2)).toEqual(["c", "d"]);
    expect(await again.leave()).toEqual([]);
  });

  it.each([
    [{ task: "auth" }],
    [{ actor: "operator" }],
    [{ severity: "warning" }],
    [{ search: "wanted" }],
    [{ search: "wanted.type" }],
  ])("tells only what matches %j", async (input) => {
    const { id: task_id } = await world.task({ name: "auth" });
    const reader = follow(input);
    await reader.next();
    await tell("something else");
    await world.anyTelemetry({
      event_type: "wanted.type",
      summary: "wanted",
      severity: "warning",
      actor: "operator",
      task_id,
    });
    await tell("something else again");
    expect(await summaries(reader, 1)).toEqual(["wanted"]);
    expect(await reader.leave()).toEqual([]);
  });

  it("tells a reader that knows more than the ledger what comes now", async () => {
    await tell("before");
    const reader = follow({}, "900000");
    const coming = reader.next();
    await new Promise((resolve) => setImmediate(resolve));
    await tell("now");
    expect((await coming).data?.summary).toBe("now");
    await reader.leave();
  });

  it.each(["", "yesterday", "1.2"])("refuses to go on after %j", async (id) => {
    await expect(follow({}, id).next()).rejects.toMatchObject({ code: "invalid_input" });
  });
});
