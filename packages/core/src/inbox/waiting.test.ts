import { type InboxDocument, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../bindings/unbind.ts";
import type { Ctx } from "../ctx.ts";
import { nudge, pass } from "../dispatch/testing/scenes.ts";
import { createWorld, type World } from "../testing/world.ts";
import { worker as listWorker } from "./list.ts";
import { takeSession, takeWorker } from "./take.ts";

/** Longer than any test: a wait that ends was woken. */
const NEVER = { wait: true, timeout: 3600, interval: 3600 };

describe("waiting at an inbox", () => {
  let world: World;
  let callers: AbortController[];
  beforeEach(() => {
    world = createWorld();
    callers = [];
  });
  afterEach(async () => {
    for (const caller of callers) caller.abort();
    await world.close();
  });

  /** A caller of its own, who can go away. */
  const caller = (): { ctx: Ctx; leave: () => void } => {
    const controller = new AbortController();
    callers.push(controller);
    return { ctx: { ...world.ctx, signal: controller.signal }, leave: () => controller.abort() };
  };
  const takeInput = (task: string, more = {}) => operations.inbox.takeWorker.input.parse({ task, ...NEVER, ...more });
  const listInput = (task: string) => operations.inbox.worker.input.parse({ task, ...NEVER });
  const pairs = async (amount: number) => {
    const names = Array.from({ length: amount }, (_, index) => `task-${index}`);
    for (const task of names) await world.pair({ task });
    return names;
  };
  /** Let everybody who was started get to where it sleeps. */
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await world.store.peek(() => undefined);
    }
  };
  const unconsumed = () =>
    world.store.peek((tx) =>
      tx.sql.search("SELECT count(*) AS n FROM routed_notifications WHERE consumed_at IS NULL").get(),
    );

  it("costs those nothing for whom there is nothing: of many consumers only the addressed one looks again", async () => {
    const tasks = await pairs(30);
    const waiting = tasks.flatMap((task) => {
      const { ctx, leave } = caller();
      return [
        { task, leave, ended: takeWorker(ctx, takeInput(task)) },
        { task, leave, ended: listWorker(ctx, listInput(task)) },
      ];
    });
    await settle();
    for (let other = 0; other < 40; other += 1) await world.task();
    await nudge(world.ctx, "task-7", "for you");
    await pass(world.ctx);
    const [taken] = waiting.filter(({ task }) => task === "task-7");
    expect((await taken?.ended)?.consumed).toMatchObject({ task_name: "task-7" });
    await settle();
    for (const { leave } of waiting) leave();
    const looks = new Map<string, number>();
    for (const { task, ended } of waiting) looks.set(task, (looks.get(task) ?? 0) + (await ended).wait.poll_count);
    looks.delete("task-7");
    // Two callers each: a look to begin with, one more if others began meanwhile, and one in the end. Not one per commit.
    expect(Math.max(...looks.values())).toBeLessThanOrEqual(6);
  });

  it("is woken by what another process delivers", async () => {
    await pairs(2);
    const ended = takeWorker(caller().ctx, takeInput("task-1"));
    await settle();
    const other = world.otherCtx();
    await nudge(other, "task-1", "from elsewhere");
    await pass(other);
    await other.store.close();
    expect((await ended).consumed?.payload).toMatchObject({ message: "from elsewhere" });
  });

  it("gives each of several consumers of one inbox another message, and lets the others wait on", async () => {
    await pairs(1);
    const taking = Array.from({ length: 5 }, () => takeWorker(caller().ctx, takeInput("task-0")));
    await settle();
    for (const message of ["a", "b", "c"]) await nudge(world.ctx, "task-0", message);
    await pass(world.ctx);
    await settle();
    for (const controller of callers) controller.abort();
    const documents = await Promise.all(taking);
    const taken = documents.flatMap(({ consumed }) => (consumed === null ? [] : [consumed.payload["message"]]));
    expect(taken.sort()).toEqual(["a", "b", "c"]);
    expect(documents.filter(({ interrupted }) => interrupted)).toHaveLength(2);
  });

  it("ends with a typed error when the binding ends meanwhile", async () => {
    await pairs(1);
    const ended = takeWorker(caller().ctx, takeInput("task-0"));
    await settle();
    await unbind(world.ctx, { task: "task-0" });
    await expect(ended).rejects.toMatchObject({ code: "no_active_binding" });
  });

  it("ends when its time is up or its caller goes away, and says which", async () => {
    await pairs(1);
    const over = await takeWorker(caller().ctx, takeInput("task-0", { timeout: 0.05 }));
    expect([over.wait.timed_out, over.interrupted]).toEqual([true, undefined]);
    const { ctx, leave } = caller();
    const ended = takeWorker(ctx, takeInput("task-0"));
    await settle();
    leave();
    expect(await ended).toMatchObject({ consumed: null, interrupted: true, wait: { timed_out: false } });
  });

  it("ends when the ledger is closed", async () => {
    await pairs(1);
    const other = world.otherCtx();
    const ended = takeWorker(other, takeInput("task-0")).catch((error: unknown) => error);
    await settle();
    await other.store.close();
    expect(await ended).toMatchObject({ code: "internal" });
  });

  describe("of a caller who has gone away", () => {
    /** Keep everybody else out of the ledger until the returned function is called. */
    const occupy = async () => {
      let release!: () => void;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let isIn!: () => void;
      const entered = new Promise<void>((resolve) => {
        isIn = resolve;
      });
      const held = world.store.write(() => {
        isIn();
        return released;
      });
      await entered;
      return async () => {
        release();
        await held;
      };
    };

    it.each([true, false])("takes nothing, although it was about to (wait: %s)", async (wait) => {
      await pairs(1);
      await nudge(world.ctx, "task-0", "not lost");
      await pass(world.ctx);
      const { ctx, leave } = caller();
      const leaveLedger = await occupy();
      const ended = takeWorker(ctx, takeInput("task-0", { wait }));
      await new Promise((resolve) => setImmediate(resolve));
      leave();
      await leaveLedger();
      const document: InboxDocument = await ended;
      expect(document).toMatchObject({ consumed: null, pending_count: 1 });
      expect(document.interrupted).toBe(wait ? true : undefined);
      expect(await unconsumed()).toEqual({ n: 1 });
    });

    it("takes nothing when it went away in the moment in which the message came", async () => {
      await pairs(1);
      const { ctx, leave } = caller();
      const ended = takeSession(ctx, operations.inbox.takeSession.input.parse({ session: "task-0-worker", ...NEVER }));
      await settle();
      const leaveLedger = await occupy();
      const delivered = nudge(world.ctx, "task-0", "not lost").then(() => pass(world.ctx));
      leave();
      await leaveLedger();
      await delivered;
      expect(await ended).toMatchObject({ consumed: null, interrupted: true });
      expect(await unconsumed()).toEqual({ n: 1 });
      const next = await takeWorker(world.ctx, takeInput("task-0"));
      expect(next.consumed?.payload).toMatchObject({ message: "not lost" });
    });
  });
});
