import { operations } from "@conveyor/contracts";
import { type Clock, systemClock } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../../ctx.ts";
import { worker as listWorker } from "../../inbox/list.ts";
import { takeWorker } from "../../inbox/take.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { dispatcherAgeSeconds, freshDispatcher } from "../liveness.ts";
import { APPROVAL_DIALOG, Panes } from "../testing/panes.ts";
import { events, noIngest, nudge, pass, rowsOf, turn } from "../testing/scenes.ts";
import { startProcess } from "../testing/spawn.ts";
import { runWatch } from "../watch/run.ts";

const HOUR_MS = 3_600_000;

/** The machine's clock with an hour hand that a test may turn; what never jumps does not. */
class TurnedClock implements Clock {
  ahead_ms = 0;
  readonly #real = systemClock();
  now = () => new Date(Date.now() + this.ahead_ms);
  iso = () => this.now().toISOString();
  monotonic_ms = () => this.#real.monotonic_ms();
  sleep = (ms: number, signal?: AbortSignal) => this.#real.sleep(ms, signal);
}

let clock: TurnedClock;
let world: World;
beforeEach(() => {
  clock = new TurnedClock();
  world = createWorld({ clock });
});
afterEach(() => world.close());

const TURNS = [
  ["back", -HOUR_MS],
  ["forward", HOUR_MS],
] as const;

describe("a clock that is set", () => {
  it.each(TURNS)("%s while a consumer waits neither shortens nor lengthens the wait", async (_where, by) => {
    const { task } = await world.pair();
    const input = operations.inbox.takeWorker.input.parse({ task: task.name, wait: true, timeout: 0.6, interval: 0.2 });
    const waiting = takeWorker(world.ctx, input);
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM role_heartbeats")).length === 1);
    clock.ahead_ms = by;
    const { wait, consumed } = await waiting;
    expect([consumed, wait.timed_out]).toEqual([null, true]);
    expect(wait.elapsed_seconds).toBeGreaterThanOrEqual(0.6);
    expect(wait.elapsed_seconds).toBeLessThan(600);
  });

  it.each(TURNS)("%s does not keep a waiting consumer from the next message", async (_where, by) => {
    const { task } = await world.pair();
    const input = operations.inbox.takeWorker.input.parse({
      task: task.name,
      wait: true,
      timeout: 3600,
      interval: 3600,
    });
    const waiting = takeWorker(world.ctx, input);
    clock.ahead_ms = by;
    await nudge(world.ctx, task.name, "still here");
    await pass(world.ctx);
    expect((await waiting).consumed).toMatchObject({ payload: { message: "still here" } });
  });

  it.each(TURNS)("%s between two passes of a watcher does not change when the next one comes", async (_where, by) => {
    const { task } = await world.pair();
    const stopping = new AbortController();
    const ctx: Ctx = { ...world.ctx, signal: stopping.signal };
    const watching = runWatch(ctx, operations.dispatch.watch.input.parse({ interval: 0.3 }), noIngest);
    const passes = async () =>
      (await rowsOf<{ n: number }>(world, "SELECT max(iteration) AS n FROM dispatchers"))[0]?.n;
    await world.until(async () => (await passes()) === 1);
    clock.ahead_ms = by;
    await nudge(world.ctx, task.name, "on time");
    const delivered = "SELECT 1 FROM routed_notifications WHERE state = 'delivered'";
    await world.until(async () => (await rowsOf(world, delivered)).length > 0);
    stopping.abort("SIGTERM");
    expect(await watching).toMatchObject({ processed_count: 1 });
  });

  it("back and forth leaves the order of messages as they were queued", async () => {
    const { task } = await world.pair();
    const sent = ["one", "two", "three", "four", "five"];
    for (const [index, text] of sent.entries()) {
      clock.ahead_ms = index % 2 === 0 ? HOUR_MS : -HOUR_MS;
      await nudge(world.ctx, task.name, text);
    }
    for (const by of [HOUR_MS, -HOUR_MS, 0]) {
      clock.ahead_ms = by;
      await pass(world.ctx, { limit: 2 });
    }
    const { items } = await listWorker(world.ctx, operations.inbox.worker.input.parse({ task: task.name }));
    expect(items.map(({ payload }) => payload["message"])).toEqual(sent);
    const taken: unknown[] = [];
    for (const by of [-HOUR_MS, HOUR_MS, 0, HOUR_MS, -HOUR_MS]) {
      clock.ahead_ms = by;
      const input = operations.inbox.takeWorker.input.parse({ task: task.name });
      taken.push((await takeWorker(world.ctx, input)).consumed?.payload["message"]);
    }
    expect(taken).toEqual(sent);
  });

  it("back never makes a dispatcher younger than nothing, and it counts on", async () => {
    clock.ahead_ms = HOUR_MS;
    const stopping = new AbortController();
    const ctx: Ctx = { ...world.ctx, signal: stopping.signal };
    const input = operations.dispatch.watch.input.parse({ dispatcher_id: "d1", interval: 3600 });
    const watching = runWatch(ctx, input, noIngest);
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers WHERE iteration = 1")).length > 0);
    clock.ahead_ms = 0;
    const fresh = await freshDispatcher(world.ctx, "d1");
    expect(fresh).toMatchObject({ pid: process.pid });
    if (fresh !== undefined) expect(dispatcherAgeSeconds(fresh, clock.now())).toBe(0);
    const second = { ...input, exclusive: true, watch_iterations: 1 };
    expect(await runWatch(world.ctx, second, noIngest)).toMatchObject({ already_running: true });
    stopping.abort("SIGTERM");
    await watching;
  });

  it("makes a watcher tell again when its process began, which the system derives from the clock", async () => {
    const stopping = new AbortController();
    const ctx: Ctx = { ...world.ctx, signal: stopping.signal };
    const input = operations.dispatch.watch.input.parse({ dispatcher_id: "d1", interval: 0.05 });
    const watching = runWatch(ctx, input, noIngest);
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers WHERE iteration = 1")).length > 0);
    // What was read before the clock was set.
    await world.store.fast((tx) =>
      tx.sql.atomic("UPDATE dispatchers SET pid_started_at = '2020-01-01T00:00:00.000Z'").run(),
    );
    expect(await freshDispatcher(world.ctx, "d1")).toBeUndefined();
    clock.ahead_ms = -HOUR_MS;
    await world.until(async () => (await freshDispatcher(world.ctx, "d1")) !== undefined);
    stopping.abort("SIGTERM");
    await watching;
  });
});

describe("a clock that is set back after a dispatcher died", () => {
  let panes: Panes;
  beforeEach(() => {
    panes = new Panes(world);
  });
  afterEach(() => panes.close());

  const dieAt = async (abort_at: string) => {
    const input = operations.dispatch.run.input.parse({ dispatcher_id: "victim" });
    const request = {
      action: "run",
      input,
      abort_at,
      tmux_socket: panes.socket_name,
      clock_ahead_ms: HOUR_MS,
    } as const;
    expect((await startProcess(world, request).ended).signal).toBe("SIGKILL");
  };

  it.each([
    ["item_inserted", [{ state: "requeued" }, { state: "delivered", notification_id: 1 }]],
    ["text_typed", [{ state: "failed", error_code: "stale_side_effect" }]],
  ] as const)("(%s) does not make anybody wait for its lease, which ends in an hour", async (step, next) => {
    await panes.composer("codex");
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(world.ctx, task.name, "hello");
    await dieAt(step);
    const [lease] = await rowsOf<{ until: string }>(world, "SELECT claim_expires_at AS until FROM commands");
    expect(Date.parse(lease?.until ?? "")).toBeGreaterThan(Date.now() + HOUR_MS / 2);
    expect((await pass(panes.ctx)).processed).toMatchObject(next);
    expect(panes.received("codex").match(/hello/g)).toHaveLength(1);
  });

  it("does not hold up the report that it had claimed", async () => {
    await panes.composer("codex");
    const { worker } = await world.pair({ manager: { tmux_session: "codex" } });
    await events(world, worker.session_id, turn("t1"));
    await dieAt("completion_claimed");
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "delivered", recovered: true }]);
  });

  it("does not put off by an hour what waited for a pane to become free, but what its sender put off", async () => {
    await panes.composer("codex", APPROVAL_DIALOG);
    const { task, worker } = await world.pair({
      manager: { tmux_session: "codex" },
      worker: { tmux_session: "codex" },
    });
    await events(world, worker.session_id, turn("t1"));
    await nudge(world.ctx, task.name, "hello");
    clock.ahead_ms = HOUR_MS;
    const busy = { state: "requeued", error_code: "pane_not_ready" };
    expect((await pass(panes.ctx)).processed).toMatchObject([busy, busy]);
    clock.ahead_ms = 0;
    const available_at = new Date(Date.now() + HOUR_MS).toISOString();
    await nudge(world.ctx, task.name, "not before", { available_at });
    await panes.ctx.host.tmux.kill("codex");
    await panes.composer("codex");
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "delivered", command_type: "nudge_worker" },
      { state: "delivered", recovered: true },
    ]);
    expect(panes.received("codex")).not.toContain("not before");
  });

  it("leaves what a living dispatcher holds alone", async () => {
    await panes.composer("codex");
    const { task } = await world.pair({ worker: { tmux_session: "codex" } });
    await nudge(world.ctx, task.name, "hello");
    clock.ahead_ms = HOUR_MS;
    const results: unknown[] = [];
    const looking = panes.beforeTyping(async () => {
      clock.ahead_ms = 0;
      results.push(...(await pass(panes.ctx, { dispatcher_id: "other" })).processed);
    });
    expect((await pass(looking)).processed).toMatchObject([{ state: "delivered" }]);
    expect(results).toEqual([]);
  });
});
