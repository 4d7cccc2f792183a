import { appendFileSync, renameSync } from "node:fs";
import { type DispatchResult, operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unbind } from "../../bindings/unbind.ts";
import type { Ctx } from "../../ctx.ts";
import { Arrivals } from "../../testing/arrivals.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { startDispatchLoop } from "../background.ts";
import { freshDispatcher } from "../liveness.ts";
import { noIngest, nudge, rowsOf } from "../testing/scenes.ts";
import { startProcess } from "../testing/spawn.ts";
import { runWatch } from "./run.ts";

const watchInput = (input: Record<string, unknown>) => operations.dispatch.watch.input.parse(input);

describe("a watching dispatcher", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("ends when its ledger is taken away, instead of waiting for it or going on with another", async () => {
    const watching = runWatch(world.ctx, watchInput({ interval: 0.05, dispatcher_id: "d1" }), noIngest);
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers")).length === 1);
    renameSync(world.store.path, `${world.store.path}.moved`);
    await expect(watching).rejects.toMatchObject({ code: "ledger_replaced", details: { found: "gone" } });
    renameSync(`${world.store.path}.moved`, world.store.path);
  });

  it("stops after its iterations, having told of each, and leaves the registry", async () => {
    const document = await runWatch(
      world.ctx,
      watchInput({ watch_iterations: 2, interval: 0.05, dry_run: true, dispatcher_id: "d1" }),
      noIngest,
    );
    expect(document).toMatchObject({
      iterations: 2,
      watch: true,
      dry_run: true,
      processed: [],
      processed_count: 0,
      dispatcher_id: "d1",
    });
    expect(document).not.toHaveProperty("stopped_by");
    const types = await world.telemetryTypes();
    expect(types.filter((type) => type === "dispatch_watch_heartbeat")).toHaveLength(2);
    expect(types.at(-1)).toBe("dispatch_watch_stopped");
    const [row] = await rowsOf(
      world,
      "SELECT dispatcher_id, iteration, watch, dry_run, pid, stopped_at IS NOT NULL AS stopped FROM dispatchers",
    );
    expect(row).toEqual({ dispatcher_id: "d1", iteration: 2, watch: 1, dry_run: 1, pid: process.pid, stopped: 1 });
  });

  it("refuses to be once and forever", async () => {
    await expect(runWatch(world.ctx, watchInput({ once: true }), noIngest)).rejects.toMatchObject({
      code: "conflicting_flags",
    });
  });

  it("delivers a message as soon as another process has queued it, long before its interval", async () => {
    const { task } = await world.pair();
    const stopping = new AbortController();
    const results = new Arrivals<DispatchResult>();
    const ctx: Ctx = { ...world.ctx, signal: stopping.signal };
    const watching = runWatch(ctx, watchInput({ interval: 3600 }), noIngest, results.put);
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers")).length === 1);
    const other = world.otherCtx();
    await nudge(other, task.name, "now");
    await other.store.close();
    await results.reached(1);
    stopping.abort("SIGINT");
    expect(await watching).toMatchObject({
      stopped_by: "SIGINT",
      processed_count: 1,
      processed: [{ state: "pull_required" }],
    });
  });

  it("reports a finished turn as soon as the rollout has grown, long before its interval", async () => {
    const rollout = world.rollout({ thread_id: "22222222-2222-4222-8222-222222222222" });
    await world.pair({ worker: { codex_session: rollout } });
    const results = new Arrivals<DispatchResult>();
    const loop = startDispatchLoop(world.ctx, {
      dispatcher_id: "server",
      interval: 3600,
      lease_seconds: 60,
      limit: 10,
      onResult: results.put,
    });
    await world.until(
      async () =>
        (await rowsOf(world, "SELECT 1 FROM telemetry_events WHERE event_type = 'dispatch_watch_heartbeat'")).length >
        0,
    );
    const record = (payload: object) =>
      `${JSON.stringify({ timestamp: world.host.clock.iso(), type: "event_msg", payload })}\n`;
    appendFileSync(
      rollout,
      record({ type: "task_started", turn_id: "t" }) + record({ type: "task_complete", turn_id: "t" }),
    );
    await results.reached(1);
    await loop.stop();
    expect(results.all).toMatchObject([{ signal_type: "worker_task_complete", state: "pull_required" }]);
    expect(await freshDispatcher(world.ctx, "server")).toBeUndefined();
  });

  it("in its own process ends with its document when it is asked to terminate", async () => {
    const { task } = await world.pair();
    await nudge(world.ctx, task.name, "before the end");
    const { child, ended } = startProcess(world, {
      action: "watch",
      input: watchInput({ dispatcher_id: "d9", interval: 3600 }),
    });
    await world.until(
      async () => (await rowsOf(world, "SELECT 1 FROM commands WHERE state = 'succeeded'")).length === 1,
    );
    expect(await freshDispatcher(world.ctx, "d9")).toMatchObject({ dispatcher_id: "d9", pid: child.pid, watch: 1 });
    expect(await freshDispatcher(world.ctx, "another")).toBeUndefined();

    const second = await runWatch(world.ctx, watchInput({ dispatcher_id: "d9", exclusive: true }), noIngest);
    expect(second).toMatchObject({ already_running: true, iterations: 0, processed: [] });

    child.kill("SIGTERM");
    const { code, document } = await ended;
    expect(code).toBe(0);
    expect(document).toMatchObject({ stopped_by: "SIGTERM", processed_count: 1, watch: true });
    expect(
      await rowsOf(world, "SELECT stopped_at IS NOT NULL AS stopped FROM dispatchers WHERE dispatcher_id = 'd9'"),
    ).toEqual([{ stopped: 1 }]);
    expect(await freshDispatcher(world.ctx, "d9")).toBeUndefined();
  });

  it("that serves bound tasks ends as soon as the last of them is no longer bound", async () => {
    const pairs = [await world.pair(), await world.pair()];
    const input = watchInput({ dispatcher_id: "d9", interval: 3600, while_bound: true });
    let ended = false;
    const watching = runWatch(world.ctx, input, noIngest).finally(() => {
      ended = true;
    });
    await world.until(async () => (await freshDispatcher(world.ctx, "d9")) !== undefined);
    await unbind(world.ctx, { task: pairs[0]?.task.name ?? "" });
    await nudge(world.ctx, pairs[1]?.task.name ?? "", "still served");
    await world.until(
      async () => (await rowsOf(world, "SELECT 1 FROM commands WHERE state = 'succeeded'")).length === 1,
    );
    expect(ended).toBe(false);
    await unbind(world.ctx, { task: pairs[1]?.task.name ?? "" });
    expect(await watching).toMatchObject({ stopped_by: "no_bound_task", processed_count: 1 });
    expect(await freshDispatcher(world.ctx, "d9")).toBeUndefined();
    const [stopped] = await rowsOf(
      world,
      "SELECT attributes_json ->> 'reason' AS reason FROM telemetry_events WHERE event_type = 'dispatch_watch_stopped'",
    );
    expect(stopped).toEqual({ reason: "no_bound_task" });
    expect(await runWatch(world.ctx, input, noIngest)).toMatchObject({ iterations: 1, stopped_by: "no_bound_task" });
  });

  it("stays alone of several that start at once and are to be alone, also where one was killed before", async () => {
    const input = watchInput({ dispatcher_id: "only", interval: 3600, exclusive: true });
    for (const starters of [4, 3]) {
      const started = Array.from({ length: starters }, () => startProcess(world, { action: "watch", input }));
      const left = new Set(started);
      const documents = new Arrivals<unknown>();
      for (const one of started) {
        void one.ended.then(({ document }) => {
          left.delete(one);
          documents.put(document);
        });
      }
      await documents.reached(starters - 1);
      const [stayed] = left;
      expect(documents.all).toMatchObject(Array(starters - 1).fill({ already_running: true, iterations: 0 }));
      expect(await freshDispatcher(world.ctx, "only")).toMatchObject({ pid: stayed?.child.pid });
      stayed?.child.kill("SIGKILL");
      await stayed?.ended;
    }
    expect(await rowsOf(world, "SELECT count(*) AS n FROM dispatchers")).toEqual([{ n: 2 }]);
  });

  it("takes over at once from one of the same id that was killed", async () => {
    const { child, ended } = startProcess(world, {
      action: "watch",
      input: watchInput({ dispatcher_id: "d1", interval: 3600 }),
    });
    await world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers")).length === 1);
    child.kill("SIGKILL");
    await ended;
    const document = await runWatch(
      world.ctx,
      watchInput({ dispatcher_id: "d1", exclusive: true, watch_iterations: 1 }),
      noIngest,
    );
    expect(document).toMatchObject({ iterations: 1 });
    expect(document).not.toHaveProperty("already_running");
  });
});
