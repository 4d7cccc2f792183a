import { spawn } from "node:child_process";
import { once } from "node:events";
import { operations } from "@conveyor/contracts";
import { dispatchRows } from "@conveyor/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { announceServer } from "../testing/announce-server.ts";
import { createWorld, type World } from "../testing/world.ts";
import { overview } from "./overview.ts";
import { stopDispatcher } from "./stop-dispatcher.ts";
import { rowsOf } from "./testing/scenes.ts";
import { startProcess } from "./testing/spawn.ts";

const watchInput = (dispatcher_id: string) =>
  operations.dispatch.watch.input.parse({ dispatcher_id, interval: 3600, no_ingest: true });

const stop = (world: World, dispatcher_id: string, timeout = 15) =>
  stopDispatcher(world.ctx, operations.dispatch.stopDispatcher.input.parse({ dispatcher_id, timeout }));

const registered = (world: World, count: number) =>
  world.until(async () => (await rowsOf(world, "SELECT 1 FROM dispatchers WHERE stopped_at IS NULL")).length === count);

/** An entry of the registry that some process left. */
function enter(
  world: World,
  of: { id: string; pid: number; pid_started_at: string | null; host?: string; watch?: boolean },
) {
  const instance_id = world.host.ids.next("instance");
  return world.store.fast((tx) =>
    dispatchRows.registerDispatcher(tx, {
      ...{ dispatcher_id: of.id, instance_id, pid: of.pid, pid_started_at: of.pid_started_at },
      ...{ host: of.host ?? world.host.hostname, host_id: of.host ?? world.host.host_id },
      ...{ interval_seconds: 2, watch: of.watch ?? true, dry_run: false },
    }),
  );
}

describe("dispatch stop", () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  it("ends every watcher of the id and no other, and tells before and after", async () => {
    const [one, two, other] = ["d1", "d1", "d2"].map((id) =>
      startProcess(world, { action: "watch", input: watchInput(id) }),
    );
    await registered(world, 3);
    const stopped = await stop(world, "d1");
    expect(stopped).toMatchObject({ dispatcher_id: "d1", stopped_count: 2 });
    expect(stopped.dispatchers.map(({ pid }) => pid).sort()).toEqual([one?.child.pid, two?.child.pid].sort());
    for (const process of [one, two]) {
      expect(await process?.ended).toMatchObject({ code: 0, document: { stopped_by: "SIGTERM" } });
    }
    expect((await overview(world.ctx, operations.dispatch.overview.input.parse({}))).dispatchers).toMatchObject([
      { dispatcher_id: "d2", state: "active" },
      { dispatcher_id: "d1", state: "stopped" },
      { dispatcher_id: "d1", state: "stopped" },
    ]);
    const types = await world.telemetryTypes();
    expect(types.filter((type) => type.startsWith("dispatch_stop"))).toEqual([
      ...["dispatch_stop_requested", "dispatch_stop_requested", "dispatch_stop_finished", "dispatch_stop_finished"],
    ]);
    expect(types.indexOf("dispatch_stop_requested")).toBeLessThan(types.indexOf("dispatch_watch_stopped"));
    other?.child.kill("SIGTERM");
    await other?.ended;
    expect(await stop(world, "d1")).toEqual({ dispatcher_id: "d1", dispatchers: [], stopped_count: 0 });
  });

  it("closes the entry of one that was killed, and says so", async () => {
    const { child, ended } = startProcess(world, { action: "watch", input: watchInput("d1") });
    await registered(world, 1);
    child.kill("SIGKILL");
    await ended;
    expect(await stop(world, "d1")).toMatchObject({
      stopped_count: 0,
      dispatchers: [{ pid: child.pid, outcome: "was_dead" }],
    });
    expect(await rowsOf(world, "SELECT 1 FROM dispatchers WHERE stopped_at IS NULL")).toEqual([]);
  });

  it("signals no process that only got the pid of a dispatcher", async () => {
    const bystander = spawn("sleep", ["600"]);
    await once(bystander, "spawn");
    await enter(world, { id: "d1", pid: bystander.pid as number, pid_started_at: "2020-01-01T00:00:00.000Z" });
    expect(await stop(world, "d1")).toMatchObject({ stopped_count: 0, dispatchers: [{ outcome: "was_dead" }] });
    await enter(world, { id: "d2", pid: bystander.pid as number, pid_started_at: null });
    await expect(stop(world, "d2")).rejects.toMatchObject({ code: "host_denied" });
    expect(await world.host.processes.isAlive(bystander.pid as number)).toBe(true);
    bystander.kill();
    await once(bystander, "close");
    expect(bystander.signalCode).toBe("SIGTERM");
  });

  it("leaves a server alone, whatever the name under which it dispatches", async () => {
    const server = spawn("sleep", ["600"]);
    await once(server, "spawn");
    const pid = server.pid as number;
    const pid_started_at = await world.host.processes.startTime(pid);
    await enter(world, { id: "dispatch-server", pid, pid_started_at });
    const refused = { code: "conflict", hint: expect.stringContaining("serve --stop") };
    await expect(stop(world, "dispatch-server")).rejects.toMatchObject(refused);
    await enter(world, { id: "d1", pid, pid_started_at });
    announceServer(world.ctx.settings.ledger_path, { pid });
    await expect(stop(world, "d1")).rejects.toMatchObject(refused);
    const own = await world.host.processes.startTime(process.pid);
    await enter(world, { id: "here", pid: process.pid, pid_started_at: own });
    await expect(stop(world, "here")).rejects.toMatchObject(refused);
    expect(await world.host.processes.isAlive(pid)).toBe(true);
    expect(await world.telemetryTypes()).not.toContain("dispatch_stop_requested");
    server.kill();
    await once(server, "close");
  });

  it("does not take a single pass for a watcher", async () => {
    const pid_started_at = await world.host.processes.startTime(process.pid);
    await enter(world, { id: "d1", pid: process.pid, pid_started_at, watch: false });
    expect(await stop(world, "d1")).toMatchObject({ dispatchers: [] });
  });

  it("refuses one on another machine, and an id that nobody has used", async () => {
    await enter(world, { id: "far", pid: 1, pid_started_at: null, host: "elsewhere" });
    await expect(stop(world, "far")).rejects.toMatchObject({
      code: "host_denied",
      message: expect.stringContaining("elsewhere"),
    });
    await expect(stop(world, "nobody")).rejects.toMatchObject({
      code: "not_found",
      hint: "known ids: far",
      details: { known: ["far"] },
    });
    const beside = await world.host.processes.startTime(process.pid);
    await enter(world, { id: "far", pid: 2 ** 22 - 3, pid_started_at: beside });
    const { dispatchers } = await stop(world, "far");
    expect(dispatchers.map(({ outcome }) => outcome)).toEqual(["was_dead", "elsewhere"]);
  });

  it("gives up on one that does not end in time, and says which", async () => {
    const deaf = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});console.log();setInterval(()=>{},1e6)"]);
    await once(deaf.stdout, "data");
    const pid = deaf.pid as number;
    await enter(world, { id: "d1", pid, pid_started_at: await world.host.processes.startTime(pid) });
    await expect(stop(world, "d1", 0.2)).rejects.toMatchObject({ code: "timeout", details: { pids: [pid] } });
    expect(await world.telemetryTypes()).toContain("dispatch_stop_failed");
    deaf.kill("SIGKILL");
    await once(deaf, "close");
  });
});
