import type { FastTx } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../ctx.ts";
import { createWorld, type World } from "../testing/world.ts";
import { untilThere } from "./bell.ts";

/** Longer than any test. */
const NEVER = 3_600_000;

describe("waiting for something in the ledger", () => {
  let world: World;
  const leavers: AbortController[] = [];
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(async () => {
    for (const leaver of leavers.splice(0)) leaver.abort();
    await world.close();
  });

  /** Wait until there are this many tasks; `asked` tells how often that was looked at. */
  const tasks = (count: number, { ctx = world.ctx, timeout_ms = NEVER, key = `tasks ${count}` } = {}) => {
    const leaver = new AbortController();
    leavers.push(leaver);
    const waiting = { asked: 0, ended: Promise.resolve(""), leave: () => leaver.abort() };
    const isThere = (tx: FastTx) => {
      waiting.asked += 1;
      return (tx.sql.search("SELECT count(*) AS n FROM tasks").get() as { n: number }).n >= count;
    };
    const since = ctx.store.changes.version;
    const own: Ctx = { ...ctx, signal: leaver.signal };
    waiting.ended = untilThere(own, { key, isThere }, { since, timeout_ms });
    return waiting;
  };
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await world.store.peek(() => undefined);
    }
  };

  it("sleeps on while what is committed is for others, and is asked once for all who wait for the same", async () => {
    const first = tasks(2);
    const second = tasks(2);
    const third = tasks(3);
    await world.task();
    await settle();
    expect([first.asked + second.asked, third.asked]).toEqual([1, 1]);
    await world.task();
    expect(await Promise.all([first.ended, second.ended])).toEqual(["changed", "changed"]);
    await world.task();
    expect(await third.ended).toBe("changed");
  });

  it("does not forget who comes in the moment in which the last one leaves", async () => {
    for (let round = 1; round <= 20; round += 1) {
      const leaving = tasks(1000);
      await settle();
      leaving.leave();
      const staying = tasks(round);
      const other = world.otherCtx();
      const seq = await other.store.fast((tx) => tx.seq());
      await other.store.fast((tx) => {
        const row = { id: `task-${seq}`, name: `n${seq}`, now: tx.now, seq: tx.seq() };
        tx.sql
          .hot(
            `INSERT INTO tasks (id, name, goal, state, created_at, updated_at, seq, updated_seq)
           VALUES (@id, @name, 'g', 'candidate', @now, @now, @seq, @seq)`,
          )
          .run(row);
      });
      await other.store.close();
      expect([await leaving.ended, await staying.ended]).toEqual(["aborted", "changed"]);
    }
  });

  it("ends at once for a change that was there before, a time that is up, and a caller who has gone", async () => {
    const since = world.store.changes.version;
    await world.task();
    const never = { key: "never", isThere: () => false };
    expect(await untilThere(world.ctx, never, { since, timeout_ms: NEVER })).toBe("changed");
    expect(await tasks(1000, { timeout_ms: 0 }).ended).toBe("timeout");
    expect(await tasks(1000, { timeout_ms: 20 }).ended).toBe("timeout");
    const gone: Ctx = { ...world.ctx, signal: AbortSignal.abort() };
    expect(await untilThere(gone, never, { since, timeout_ms: NEVER })).toBe("aborted");
  });

  it("leaves it to those who wait to say why a look failed", async () => {
    const waiting = tasks(1000);
    const since = world.store.changes.version;
    const failing = untilThere(
      world.ctx,
      {
        key: "failing",
        isThere: () => {
          throw new Error("no such thing");
        },
      },
      { since, timeout_ms: NEVER },
    );
    await world.task();
    expect(await Promise.all([waiting.ended, failing])).toEqual(["changed", "changed"]);
  });

  it("ends when the ledger is closed", async () => {
    const other = world.otherCtx();
    const waiting = tasks(1000, { ctx: other });
    await settle();
    await other.store.close();
    expect(await waiting.ended).toBe("aborted");
  });
});
