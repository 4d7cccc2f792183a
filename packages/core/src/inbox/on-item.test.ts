import { type InboxItem, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nudge, pass } from "../dispatch/testing/scenes.ts";
import { Reader } from "../testing/reader.ts";
import { createWorld, type World } from "../testing/world.ts";
import { onItem as followInbox } from "./on-item.ts";
import { takeWorker } from "./take.ts";

describe("following an inbox", () => {
  let world: World;
  let task: string;
  let worker: string;
  beforeEach(async () => {
    world = createWorld();
    const pair = await world.pair();
    task = pair.task.name;
    worker = pair.worker.name;
  });
  afterEach(() => world.close());

  const follow = (input: Record<string, unknown>, after?: string) =>
    new Reader<InboxItem>(world.ctx, (ctx) => followInbox(ctx, operations.inbox.onItem.input.parse(input), after));
  const send = async (...messages: string[]) => {
    for (const message of messages) await nudge(world.ctx, task, message);
    await pass(world.ctx, { limit: 100 });
  };
  const take = () => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));
  const messageOf = (item: InboxItem) => item.payload["message"];

  it("shows what waits, then what comes, each once and in order", async () => {
    await send("taken before", "one", "two");
    await take();
    const reader = follow({ session: worker });
    expect((await reader.take(2)).map(messageOf)).toEqual(["one", "two"]);
    const next = reader.next();
    const other = world.otherCtx();
    await nudge(other, task, "three");
    await pass(other);
    await other.store.close();
    expect(messageOf((await next).data)).toBe("three");
    expect(await reader.leave()).toEqual([]);
  });

  it("goes on after the last item it saw, with more than it reads at once", async () => {
    const messages = Array.from({ length: 45 }, (_, index) => `m${index}`);
    await send(...messages);
    const first = follow({ task, role: "worker" });
    const seen = [await first.next(), await first.next()];
    await first.leave();
    const second = follow({ task, role: "worker" }, seen[1]?.id);
    expect((await second.take(43)).map(messageOf)).toEqual(messages.slice(2));
    await second.leave();
  });

  it("shows what was delivered while it looked elsewhere, although somebody took it already", async () => {
    await send("first");
    const reader = follow({ session: worker });
    await reader.take(1);
    await send("second");
    await take();
    await take();
    expect(messageOf((await reader.next()).data)).toBe("second");
    await reader.leave();
  });

  it("shows a message that was put off at the time of its delivery", async () => {
    await send("early");
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE routed_notifications SET state = 'pending', delivered_seq = NULL").run(),
    );
    await send("late");
    const reader = follow({ session: worker });
    expect((await reader.take(1)).map(messageOf)).toEqual(["late"]);
    await world.store.fast((tx) =>
      tx.sql
        .atomic("UPDATE routed_notifications SET state = 'delivered', delivered_seq = ? WHERE id = 1")
        .run(tx.seq()),
    );
    expect((await reader.take(1)).map(messageOf)).toEqual(["early"]);
    await reader.leave();
  });

  it.each([
    [{}, "usage"],
    [{ session: "s", task: "t", role: "worker" }, "usage"],
    [{ task: "t" }, "usage"],
    [{ session: "nobody" }, "not_found"],
  ])("refuses %j", async (input, code) => {
    await expect(follow(input).next()).rejects.toMatchObject({ code });
  });

  it("refuses to go on after something that is no id", async () => {
    await expect(follow({ session: worker }, "yesterday").next()).rejects.toMatchObject({ code: "invalid_input" });
  });
});
