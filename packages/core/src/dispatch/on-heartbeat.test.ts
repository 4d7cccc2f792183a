import { type Dispatcher, operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { dispatchRows } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reader } from "../testing/reader.ts";
import { createWorld, type World } from "../testing/world.ts";
import { onHeartbeat as followDispatchers } from "./on-heartbeat.ts";
import { noIngest } from "./testing/scenes.ts";
import { runWatch } from "./watch/run.ts";

/** No process has this number: it is above what a system gives out. */
const NO_PID = 2 ** 30;

describe("following the dispatchers", () => {
  const clock = fixedClock();
  let world: World;
  beforeEach(() => {
    world = createWorld({ clock });
  });
  afterEach(() => world.close());

  const follow = (after?: string, dispatcher_id?: string) =>
    new Reader<Dispatcher>(world.ctx, (ctx) =>
      followDispatchers(ctx, operations.dispatch.onHeartbeat.input.parse({ dispatcher_id }), after),
    );
  const start = (dispatcher_id: string, more: Partial<dispatchRows.NewDispatcher> = {}) =>
    world.store.fast((tx) =>
      dispatchRows.registerDispatcher(tx, {
        dispatcher_id,
        instance_id: `${dispatcher_id}-1`,
        pid: process.pid,
        pid_started_at: null,
        host: world.host.hostname,
        host_id: world.host.host_id,
        interval_seconds: 2,
        watch: true,
        dry_run: false,
        ...more,
      }),
    );
  const beat = (dispatcher_id: string, iteration: number) =>
    world.store.fast((tx) =>
      dispatchRows.beatDispatcher(tx, {
        dispatcher_id,
        instance_id: `${dispatcher_id}-1`,
        iteration,
        last_processed_count: 1,
        total_processed: iteration,
        last_error: null,
      }),
    );
  const stop = (dispatcher_id: string) =>
    world.store.fast((tx) => dispatchRows.closeDispatcher(tx, dispatcher_id, `${dispatcher_id}-1`));
  const told = ({ dispatcher_id, state, iteration }: Dispatcher) => [dispatcher_id, state, iteration];

  it("begins with those that have not stopped, then tells every start, beat and stop", async () => {
    await start("gone");
    await stop("gone");
    await start("d1");
    await start("crashed", { pid: NO_PID });
    const reader = follow();
    expect((await reader.take(2)).map(told)).toEqual([
      ["d1", "active", 0],
      ["crashed", "stale", 0],
    ]);
    await beat("d1", 1);
    expect((await reader.take(1)).map(told)).toEqual([["d1", "active", 1]]);
    await start("d2");
    expect((await reader.take(1)).map(told)).toEqual([["d2", "active", 0]]);
    const coming = reader.next();
    await stop("d1");
    expect((await coming).data).toMatchObject({ dispatcher_id: "d1", state: "stopped", stopped_at: clock.iso() });
    expect(await reader.leave()).toEqual([]);
  });

  it("shows the registry row whole, with its age and the measure of it", async () => {
    await start("slow", { interval_seconds: 60, dry_run: true });
    await clock.advance(12_900);
    const [item] = await follow().take(1);
    expect(item).toEqual({
      dispatcher_id: "slow",
      instance_id: "slow-1",
      pid: process.pid,
      pid_started_at: null,
      host: world.host.hostname,
      started_at: item?.started_at,
      last_heartbeat_at: item?.started_at,
      iteration: 0,
      interval_seconds: 60,
      watch: true,
      dry_run: true,
      last_processed_count: 0,
      total_processed: 0,
      last_error: null,
      stopped_at: null,
      state: "stale",
      age_seconds: 12,
      stale_after_seconds: 180,
    });
    expect(() => operations.dispatch.onHeartbeat.output.parse(item)).not.toThrow();
  });

  it("tells once when one falls silent, and again when it is heard of", async () => {
    await start("d1");
    await start("patient", { interval_seconds: 60 });
    const reader = follow();
    await reader.take(2);
    const silent = reader.next();
    await clock.advance(31_000);
    await world.task();
    const { id, data } = await silent;
    expect(told(data)).toEqual(["d1", "stale", 0]);
    await reader.leave();

    await clock.advance(4_000);
    const again = follow(id);
    await beat("d1", 7);
    expect((await again.take(1)).map(told)).toEqual([["d1", "active", 7]]);
    await again.leave();
  });

  it("goes on after the item that a reader saw last, losing and repeating nothing", async () => {
    for (const name of ["a", "b", "c", "d"]) await start(name);
    const reader = follow();
    const seen = [await reader.next(), await reader.next()];
    await reader.leave();
    await beat("a", 5);
    await stop("b");
    await stop("d");
    const again = follow(seen[1]?.id);
    expect((await again.take(4)).map(told)).toEqual([
      ["c", "active", 0],
      ["a", "active", 5],
      ["b", "stopped", 0],
      ["d", "stopped", 0],
    ]);
    await start("e");
    expect((await again.take(1)).map(told)).toEqual([["e", "active", 0]]);
    await again.leave();
  });

  it("tells a reader who comes back what fell silent meanwhile, and not what it knows to be silent", async () => {
    await start("crashed", { pid: NO_PID });
    await start("d1");
    const reader = follow();
    await reader.next();
    const { id } = await reader.next();
    await reader.leave();
    await clock.advance(31_000);
    const again = follow(id);
    expect((await again.take(1)).map(told)).toEqual([["d1", "stale", 0]]);
    await start("d2");
    expect((await again.take(1)).map(told)).toEqual([["d2", "active", 0]]);
    await again.leave();
  });

  it("shows everything again to a reader that knows more than the ledger", async () => {
    await start("d1");
    expect((await follow("900000").take(1)).map(told)).toEqual([["d1", "active", 0]]);
  });

  it("follows one name only when asked to", async () => {
    for (const name of ["a", "b"]) await start(name);
    const reader = follow(undefined, "b");
    expect((await reader.take(1)).map(told)).toEqual([["b", "active", 0]]);
    await beat("a", 1);
    await beat("b", 1);
    expect((await reader.take(1)).map(told)).toEqual([["b", "active", 1]]);
    await reader.leave();
  });

  it("follows a real watch to its end", async () => {
    await start("other");
    const reader = follow();
    await reader.next();
    const input = operations.dispatch.watch.input.parse({ dispatcher_id: "real", watch_iterations: 1, interval: 0 });
    await runWatch(world.ctx, input, noIngest);
    const last = await reader.next();
    expect(told(last.data)).toEqual(["real", "stopped", 1]);
    await reader.leave();
  });

  it.each(["", "1.", "x", "1.a"])("refuses to go on after %j", async (id) => {
    await expect(follow(id).next()).rejects.toMatchObject({ code: "invalid_input" });
  });
});
