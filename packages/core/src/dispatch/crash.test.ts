import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CrashStep } from "../shared/crash-hook.ts";
import { createWorld, type World } from "../testing/world.ts";
import { Panes } from "./testing/panes.ts";
import { continuation, events, loopRun, nudge, pass, rowsOf, turn } from "./testing/scenes.ts";
import { startProcess } from "./testing/spawn.ts";

describe("a dispatcher that is killed", () => {
  let world: World;
  let panes: Panes;
  beforeEach(() => {
    world = createWorld();
    panes = new Panes(world);
  });
  afterEach(async () => {
    await panes.close();
    await world.close();
  });

  /** Run one pass in a process that dies at this step, and let its leases run out. */
  const killAt = async (abort_at: CrashStep, action: "run" | "take" = "run", more: Record<string, unknown> = {}) => {
    const input =
      action === "run"
        ? operations.dispatch.run.input.parse({ dispatcher_id: "victim", lease_seconds: 1, ...more })
        : operations.inbox.takeWorker.input.parse(more);
    const { signal } = await startProcess(world, { action, input, abort_at, tmux_socket: panes.socket_name }).ended;
    expect(signal).toBe("SIGKILL");
    await world.store.fast((tx) => {
      const past = "2020-01-01T00:00:00.000Z";
      tx.sql("UPDATE commands SET claim_expires_at = ? WHERE claim_expires_at IS NOT NULL").run(past);
      tx.sql("UPDATE routed_notifications SET claim_expires_at = ? WHERE claim_expires_at IS NOT NULL").run(past);
    });
  };
  const commands = () => rowsOf(world, "SELECT state, attempts FROM commands");
  const attempts = () =>
    rowsOf(world, "SELECT state, side_effect_started AS s, side_effect_completed AS c FROM command_attempts");
  const items = () =>
    rowsOf(world, "SELECT id, state, side_effect_started AS s, side_effect_completed AS c FROM routed_notifications");

  it.each(["claimed"] as const)("inside a delivery to an inbox (%s) leaves nothing behind", async (step) => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "hello");
    await killAt(step);
    expect(await commands()).toEqual([{ state: "pending", attempts: 0 }]);
    expect(await attempts()).toEqual([]);
    expect((await pass(world.ctx)).processed).toMatchObject([{ state: "pull_required" }]);
    expect(await items()).toEqual([{ id: 1, state: "delivered", s: 0, c: 0 }]);
  });

  it.each(["item_inserted", "buffer_loaded"] as const)(
    "before the terminal is touched (%s) has its message sent once, by the same item",
    async (step) => {
      await panes.composer("codex-w");
      const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
      await nudge(world.ctx, task.name, "hello");
      await killAt(step);
      expect(await commands()).toEqual([{ state: "attempted", attempts: 1 }]);
      expect(await items()).toEqual([{ id: 1, state: "pending", s: 0, c: 0 }]);
      expect((await pass(panes.ctx)).processed).toMatchObject([
        { state: "requeued", side_effect_started: false, attempt_id: 1 },
        { state: "delivered", notification_id: 1, attempt_id: 2 },
      ]);
      expect(await attempts()).toEqual([
        { state: "abandoned", s: 0, c: 0 },
        { state: "succeeded", s: 1, c: 1 },
      ]);
      expect(panes.received("codex-w").match(/hello/g)).toHaveLength(1);
    },
  );

  it.each([
    ["side_effect_started", 0],
    ["pasted", 1],
  ] as const)(
    "once the terminal may have been touched (%s) leaves a risk that nobody repeats",
    async (step, completed) => {
      await panes.composer("codex-w");
      const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
      await nudge(world.ctx, task.name, "hello");
      await killAt(step);
      const sent = panes.received("codex-w");
      expect((await pass(panes.ctx)).processed).toMatchObject([
        { state: "failed", error_code: "stale_side_effect", side_effect_started: true },
      ]);
      expect(await commands()).toEqual([{ state: "failed", attempts: 1 }]);
      expect(await attempts()).toEqual([{ state: "failed", s: 1, c: completed }]);
      expect(await items()).toEqual([{ id: 1, state: "failed", s: 1, c: completed }]);
      expect((await pass(panes.ctx)).processed).toEqual([]);
      expect(panes.received("codex-w")).toBe(sent);
    },
  );

  it("after everything was recorded has nothing left to do", async () => {
    await panes.composer("codex-w");
    const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
    await nudge(world.ctx, task.name, "hello");
    await killAt("completed");
    expect((await pass(panes.ctx)).processed).toEqual([]);
    expect(await items()).toEqual([{ id: 1, state: "delivered", s: 1, c: 1 }]);
  });

  it("with a report in its hands has the report sent by the next one", async () => {
    await panes.composer("codex-m");
    const { worker } = await world.pair({ manager: { tmux_session: "codex-m" } });
    await events(world, worker.session_id, turn("t1"));
    await killAt("completion_claimed");
    expect(await items()).toEqual([{ id: 1, state: "pending", s: 0, c: 0 }]);
    expect((await pass(panes.ctx)).processed).toMatchObject([
      { state: "delivered", recovered: true, notification_id: 1 },
    ]);
  });

  it("as a consumer takes nothing until the loop has moved too", async () => {
    const { task } = await world.pair();
    const { run_id } = await loopRun(world, task.id, { required_before_continue: [] });
    await continuation(world, task.id, run_id, 2);
    await pass(world.ctx);
    const iteration = async () =>
      JSON.parse((await rowsOf<{ m: string }>(world, "SELECT metadata_json AS m FROM runs"))[0]?.m ?? "{}");
    await killAt("item_consumed", "take", { task: task.name });
    expect(await rowsOf(world, "SELECT consumed_at FROM routed_notifications")).toEqual([{ consumed_at: null }]);
    expect(await iteration()).toMatchObject({ current_iteration: 1 });
    await killAt("consumed", "take", { task: task.name });
    expect(await iteration()).toMatchObject({ current_iteration: 2 });
    expect(await rowsOf(world, "SELECT consumed_at IS NOT NULL AS taken FROM routed_notifications")).toEqual([
      { taken: 1 },
    ]);
  });

  it("gives up after its last attempt when no lease was ever finished", async () => {
    const { task } = await world.pair({ worker: { tmux_session: "codex-w" } });
    await panes.composer("codex-w");
    await nudge(world.ctx, task.name, "hello", { max_attempts: 1 });
    await killAt("item_inserted");
    expect((await pass(panes.ctx)).processed).toMatchObject([{ state: "failed", error_code: "attempts_exhausted" }]);
    expect(await items()).toMatchObject([{ state: "failed", s: 0 }]);
  });
});
