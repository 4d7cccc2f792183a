import { operations } from "@conveyor/contracts";
import { fixedClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../ctx.ts";
import { Arrivals } from "../../testing/arrivals.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { Panes } from "../testing/panes.ts";
import { events, noIngest, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { runWatch } from "../watch/run.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** Let the ledger grow by at most so many pages of 8 KiB, as on a disk that has no more room. */
function leaveRoom(pages: number, { store } = world): void {
  const used = Number(store.handle.pragma("page_count", { simple: true }));
  store.handle.pragma(`max_page_count = ${used + pages}`);
}

const freeTheDisk = ({ store } = world) => store.handle.pragma("max_page_count = 1073741823");

describe("a disk that is full in the middle of a pass", () => {
  it("leaves each message for an inbox either delivered or untouched, and later passes deliver the rest once", async () => {
    const { task } = await world.pair();
    const sent = Array.from({ length: 300 }, (_, index) => `${index} ${"x".repeat(2_000)}`);
    for (const message of sent) await nudge(world.ctx, task.name, message);
    const UNTOUCHED = { state: "pending", attempts: 0, attempt: null, item: null };
    const DONE = { state: "succeeded", attempts: 1, attempt: "succeeded", item: "delivered" };
    for (const room of [300, 20, 20]) {
      leaveRoom(room);
      await expect(pass(world.ctx, { limit: 1_000 })).rejects.toMatchObject({ code: "ledger_unwritable" });
      const kinds = await rowsOf(
        world,
        `SELECT DISTINCT c.state, c.attempts, a.state AS attempt, n.state AS item
         FROM commands c LEFT JOIN command_attempts a ON a.command_id = c.id
         LEFT JOIN routed_notifications n ON n.command_id = c.id ORDER BY c.state`,
      );
      expect(kinds).toEqual([UNTOUCHED, DONE]);
    }
    freeTheDisk();
    await pass(world.ctx, { limit: 1_000 });
    const items = await rowsOf<{ message: string }>(
      world,
      "SELECT json_extract(payload_json, '$.message') AS message FROM routed_notifications ORDER BY delivered_seq",
    );
    expect(items.map(({ message }) => message)).toEqual(sent);
    expect(await rowsOf(world, "SELECT state, count(*) AS n, max(attempts) AS attempts FROM commands")).toEqual([
      { state: "succeeded", n: 300, attempts: 1 },
    ]);
  });

  it("does not have reports of finished turns blamed for it", async () => {
    const { worker } = await world.pair();
    const said = { last_agent_message: "y".repeat(60_000) };
    for (let index = 0; index < 5; index += 1) await events(world, worker.session_id, turn(`t${index}`, said));
    leaveRoom(20);
    await expect(pass(world.ctx)).rejects.toMatchObject({ code: "ledger_unwritable" });
    expect(await rowsOf(world, "SELECT 1 FROM routed_notifications WHERE state <> 'delivered'")).toEqual([]);
    freeTheDisk();
    await pass(world.ctx);
    expect(
      await rowsOf(world, "SELECT count(*) AS n, count(DISTINCT source_event_id) AS e FROM routed_notifications"),
    ).toEqual([{ n: 5, e: 5 }]);
  });

  it("has a watcher wait for its next turn instead of asking without a pause, and go on when there is room", async () => {
    const clock = fixedClock("2026-05-01T00:00:00.000Z");
    const still = createWorld({ clock });
    try {
      const { task } = await still.pair();
      await nudge(still.ctx, task.name, "x".repeat(100_000));
      leaveRoom(0, still);
      const stopping = new AbortController();
      const ctx: Ctx = { ...still.ctx, signal: stopping.signal };
      const results = new Arrivals<string>();
      const input = operations.dispatch.watch.input.parse({ interval: 30 });
      const watching = runWatch(ctx, input, noIngest, ({ state }) => results.put(state));
      await clock.untilSleeping();
      freeTheDisk(still);
      await clock.advance(29_000);
      expect([clock.sleeping(), results.all]).toEqual([1, []]);
      await clock.advance(1_000);
      await results.reached(1);
      expect(results.all).toEqual(["pull_required"]);
      stopping.abort("SIGTERM");
      expect(await watching).toMatchObject({ stopped_by: "SIGTERM", processed_count: 1 });
    } finally {
      await still.close();
    }
  });

  it("is what a bounded watch says when its last pass did not come through", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "x".repeat(100_000));
    leaveRoom(4);
    const input = operations.dispatch.watch.input.parse({ interval: 0, watch_iterations: 2 });
    await expect(runWatch(world.ctx, input, noIngest)).rejects.toMatchObject({ code: "ledger_unwritable" });
    freeTheDisk();
    expect(await runWatch(world.ctx, input, noIngest)).toMatchObject({ iterations: 2, processed_count: 1 });
  });
});

describe("a disk that is full while a message is typed", () => {
  let panes: Panes;
  beforeEach(async () => {
    panes = new Panes(world);
    await panes.composer("codex");
  });
  afterEach(() => panes.close());

  /** The result of a push holds its text, so what a long one leads to does not fit where there is no room. */
  const LONG = `hello ${"x".repeat(200_000)}`;
  const typed = () => (panes.received("codex").match(/hello|appears to have finished/g) ?? []).length;
  const flags = (table: string) =>
    rowsOf(world, `SELECT state, side_effect_started AS s, side_effect_completed AS c FROM ${table}`);

  it("before anything was typed leaves the message for the next pass", async () => {
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(panes.ctx, task.name, LONG);
    leaveRoom(0);
    await expect(pass(panes.ctx)).rejects.toMatchObject({ code: "ledger_unwritable" });
    expect(typed()).toBe(0);
    freeTheDisk();
    expect((await pass(panes.ctx)).processed.at(-1)).toMatchObject({ state: "delivered" });
    expect(typed()).toBe(1);
  });

  it("until the lease is over leaves a risk, and nobody types it again", async () => {
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(panes.ctx, task.name, LONG);
    const passing = pass(panes.ctx, { lease_seconds: 1 });
    const refused = expect(passing).rejects.toMatchObject({
      code: "ledger_unwritable",
      hint: expect.stringContaining("stale_side_effect"),
    });
    await expect.poll(typed, { interval: 5 }).toBe(1);
    leaveRoom(0);
    await refused;
    expect(await flags("command_attempts")).toEqual([{ state: "running", s: 1, c: 1 }]);
    freeTheDisk();
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "failed", error_code: "stale_side_effect", side_effect_started: true, side_effect_completed: true },
    ]);
    expect(await flags("routed_notifications")).toEqual([{ state: "failed", s: 1, c: 1 }]);
    expect((await pass(panes.ctx)).processed).toEqual([]);
    expect(typed()).toBe(1);
  });

  it("for a moment delays only the record of it", async () => {
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(panes.ctx, task.name, LONG);
    const { clock } = panes.ctx.host;
    const sleeps = new Arrivals<number>();
    const sleep: typeof clock.sleep = (ms, signal) => {
      sleeps.put(ms);
      return clock.sleep(ms, signal);
    };
    const passing = pass({ ...panes.ctx, host: { ...panes.ctx.host, clock: { ...clock, sleep } } });
    await expect.poll(typed, { interval: 5 }).toBe(1);
    leaveRoom(0);
    // It sleeps because the first try to write it down was refused.
    await sleeps.reached(1);
    expect(await rowsOf(world, "SELECT state FROM commands")).toEqual([{ state: "attempted" }]);
    freeTheDisk();
    expect((await passing).processed).toMatchObject([{ state: "delivered", side_effect_completed: true }]);
    expect(typed()).toBe(1);
  });
});
