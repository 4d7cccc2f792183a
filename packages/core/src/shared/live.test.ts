import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { liveItems } from "./live.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

describe("a live stream", () => {
  it("asks again until there is nothing and then sleeps until somebody writes", async () => {
    const controller = new AbortController();
    const batches = [["a", "b"], ["c"], []];
    const looks: number[] = [];
    const next = async () => {
      const batch = batches.shift() ?? ["after the write"];
      looks.push(batch.length);
      return batch;
    };
    const stream = liveItems({ ...world.ctx, signal: controller.signal }, next);
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i += 1) seen.push((await stream.next()).value);
    expect(seen).toEqual(["a", "b", "c"]);
    const waiting = stream.next();
    await world.task();
    expect(await waiting).toEqual({ done: false, value: "after the write" });
    expect(looks).toEqual([2, 1, 0, 1]);
    controller.abort();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("sees what is written while it looks", async () => {
    let written = false;
    const stream = liveItems(world.ctx, async () => {
      if (written) return ["found"];
      written = true;
      await world.task();
      return [];
    });
    expect((await stream.next()).value).toBe("found");
    await stream.return(undefined);
  });

  it("looks again at its beat although nobody writes", async () => {
    let looks = 0;
    const stream = liveItems(world.ctx, async () => ((looks += 1) < 3 ? [] : [looks]), { beat_ms: 1 });
    expect((await stream.next()).value).toBe(3);
    await stream.return(undefined);
  });

  it("sleeps as it is told to, behind what it has seen", async () => {
    const slept: number[] = [];
    const batches = [[], [], ["found"]];
    const sleep = async ({ since }: { since: number }) => {
      slept.push(world.store.changes.version - since);
      return "changed" as const;
    };
    const stream = liveItems(world.ctx, async () => batches.shift() ?? [], { sleep });
    expect((await stream.next()).value).toBe("found");
    expect(slept).toEqual([0, 0]);
    await stream.return(undefined);
  });

  it("ends at once when its reader goes away, also between two items and during the calm", async () => {
    const controller = new AbortController();
    const ctx = { ...world.ctx, signal: controller.signal };
    const stream = liveItems(ctx, async () => ["first", "second"]);
    await stream.next();
    const calm = liveItems(ctx, async () => ["only"], { calm_ms: 3_600_000 });
    await calm.next();
    const resting = calm.next();
    controller.abort();
    expect((await stream.next()).done).toBe(true);
    expect((await resting).done).toBe(true);
  });

  it("ends when the ledger is closed under it", async () => {
    const other = world.otherCtx();
    const stream = liveItems(other, async () => []);
    const waiting = stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    await other.store.close();
    expect((await waiting).done).toBe(true);
  });
});
