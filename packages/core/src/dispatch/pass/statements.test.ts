import { operations } from "@conveyor/contracts";
import { FastTx, HandWritten } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session as listSession } from "../../inbox/list.ts";
import { onItem as followInbox } from "../../inbox/on-item.ts";
import { takeManager, takeWorker } from "../../inbox/take.ts";
import { Reader } from "../../testing/reader.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { continuation, events, loopRun, noIngest, notify, nudge, pass, receipt, turn } from "../testing/scenes.ts";
import { runWatch } from "../watch/run.ts";

/** Tables that stay small however long a ledger is used, and rows that are no table. */
const MAY_BE_SCANNED = /^SCAN (json_each|CONSTANT ROW|\d+ CONSTANT ROWS)/;

/**
 * What a statement costs is decided by its plan, and a plan does not depend on how full a ledger is. So the statements that
 * these paths really run are asked for their plans in a small one.
 */
describe("the statements that run for every message", () => {
  let world: World;
  let task_id: string;
  let task: string;
  let manager: string;
  let worker: { id: string; name: string };
  beforeEach(async () => {
    world = createWorld();
    const pair = await world.pair();
    task_id = pair.task.id;
    task = pair.task.name;
    manager = pair.manager.name;
    worker = { id: pair.worker.session_id, name: pair.worker.name };
  });
  afterEach(() => world.close());

  const take = () => takeWorker(world.ctx, operations.inbox.takeWorker.input.parse({ task }));

  /** Everything hand-written that `work` runs, each statement once. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const spies = (["hot", "atomic", "search"] as const).map((mark) => vi.spyOn(HandWritten.prototype, mark));
    try {
      await work();
      const texts = [...new Set(spies.flatMap((spy) => spy.mock.calls.map(([text]) => text)))];
      expect(texts).not.toEqual([]);
      return texts.filter((text) => !text.startsWith("INSERT"));
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  function planOf(text: string): string[] {
    const names = [...text.matchAll(/@(\w+)/g)].map(([, name]) => name as string);
    const statement = world.store.handle.prepare(`EXPLAIN QUERY PLAN ${text}`);
    const marks = Array((text.match(/\?/g) ?? []).length).fill("[]");
    const rows =
      names.length > 0 ? statement.all(Object.fromEntries(names.map((name) => [name, "[]"]))) : statement.all(...marks);
    return (rows as { detail: string }[]).map(({ detail }) => detail);
  }

  const PATHS: Record<string, () => Promise<unknown>> = {
    "queueing a message": () => nudge(world.ctx, task, "go on"),
    "a pass that delivers": async () => {
      await nudge(world.ctx, task, "go on");
      await notify(world.ctx, task, "done");
      expect((await pass(world.ctx)).processed).toHaveLength(2);
    },
    "a pass that reports a finished turn": async () => {
      await events(world, worker.id, turn("t1"));
      expect((await pass(world.ctx)).processed).toHaveLength(1);
    },
    "a pass that continues a loop": async () => {
      const loop = await loopRun(world, task_id);
      await receipt(world, { task_id, run_id: loop.run_id, iteration: 1, type: "adversarial_check" });
      await continuation(world, task_id, loop.run_id, 2);
      expect((await pass(world.ctx)).processed).toHaveLength(1);
      await take();
    },
    "a watcher that finds nothing to do": () =>
      runWatch(world.ctx, operations.dispatch.watch.input.parse({ watch_iterations: 3, interval: 0.01 }), noIngest),
    "taking a message": async () => {
      await nudge(world.ctx, task, "go on");
      await pass(world.ctx);
      expect((await take()).consumed).not.toBeNull();
    },
    "taking nothing": async () => {
      expect((await takeManager(world.ctx, operations.inbox.takeManager.input.parse({ task }))).consumed).toBeNull();
    },
    "looking at an inbox": () =>
      listSession(world.ctx, operations.inbox.session.input.parse({ session: worker.name, limit: 10 })),
    "waiting at an inbox": async () => {
      const input = operations.inbox.takeWorker.input.parse({ task, wait: true, timeout: 0.2, interval: 0.05 });
      await takeWorker(world.ctx, input);
    },
    "following an inbox": async () => {
      const reader = new Reader(world.ctx, (ctx) => followInbox(ctx, { session: manager }, undefined));
      const coming = reader.next();
      await notify(world.ctx, task, "done");
      await pass(world.ctx);
      await coming;
      await reader.leave();
    },
  };

  it.each(Object.entries(PATHS))("%s goes through no table from end to end", async (_name, work) => {
    const statements = await statementsOf(work);
    const scans = statements.flatMap((text) =>
      planOf(text)
        .filter((step) => step.startsWith("SCAN") && !MAY_BE_SCANNED.test(step))
        .map((step) => `${step}: ${text}`),
    );
    expect(scans).toEqual([]);
  });

  it.each(Object.entries(PATHS))("%s has no statement planned anew for its limit", async (_name, work) => {
    const statements = await statementsOf(work);
    expect(statements.filter((text) => /\bLIMIT\s+[@?]\w*(?!\w| *\+)/.test(text))).toEqual([]);
  });

  it("a pass over many commands has the full-text index write once, at the end of their transaction", async () => {
    for (let number = 0; number < 20; number += 1) await nudge(world.ctx, task, `part ${number}`);
    const written = () => numberOf("SELECT count(*) FROM telemetry_events_fts_data");
    const before = written();
    const at_end: { attempts: number; written: number }[] = [];
    const finish = FastTx.prototype.finish;
    const spy = vi.spyOn(FastTx.prototype, "finish").mockImplementation(function (this: FastTx) {
      at_end.push({ attempts: numberOf("SELECT count(*) FROM command_attempts"), written: written() });
      finish.call(this);
    });
    await pass(world.ctx, { limit: 20 }).finally(() => spy.mockRestore());
    expect(at_end).toContainEqual({ attempts: 20, written: before });
    expect(written()).not.toBe(before);
  });

  const numberOf = (sql: string) => Number(world.store.handle.prepare(sql).pluck().get());
});
