import { expect, it } from "vitest";
import { inEveryMode } from "../support/world/in-every-mode.ts";
import { type World, withWorld } from "../support/world/world.ts";

/** A dispatcher in a terminal of its own on this machine, which has registered itself. */
async function watcher(world: World, dispatcher_id: string, ...flags: string[]) {
  const argv = ["dispatch", "--watch", "--no-ingest", "--dispatcher-id", dispatcher_id, ...flags];
  const running = await world.begin(argv, { env: world.env });
  await expect
    .poll(async () => {
      const { dispatchers } = await world.ask<"dispatch.overview">("dispatch", "status");
      return dispatchers.some((one) => one.dispatcher_id === dispatcher_id && one.state === "active");
    })
    .toBe(true);
  return running;
}

/** The same whatever the world's mode: typed on the machine of the ledger. */
async function here(world: World, ...argv: string[]) {
  const ran = await (await world.begin([...argv, "--json"], { env: { ...world.env, CONVEYOR_SERVER: "" } })).done;
  return { code: ran.code, document: JSON.parse(ran.code === 0 ? ran.stdout : ran.stderr) };
}

inEveryMode("what waits and what became of it shows in the status, its words only to those who ask", async (world) => {
  await world.pair("parser");
  expect(await world.ask<"dispatch.overview">("dispatch", "status")).toMatchObject({
    health: { core_status: "not_observed" },
    chains: [],
  });
  const { command_id } = await world.ask<"dispatch.enqueueNudgeWorker">(
    ...["enqueue-nudge-worker", "parser", "--message", "run the tests", "--correlation-id", "slice-1"],
  );
  await world.ask<"dispatch.run">("dispatch", "--once", "--no-ingest");
  const seen = await world.ask<"dispatch.overview">("dispatch", "status", "--task", "parser");
  expect(seen).toMatchObject({
    health: { queued_count: 0, failed_count: 0 },
    inbox: { pending_count: 1, pull_required_pending_count: 1 },
    chains: [{ command_id, command_state: "succeeded", correlation_id: "slice-1", notification_count: 1 }],
    latency: { sample_size: 1 },
  });
  expect(JSON.stringify(seen)).not.toContain("run the tests");
  expect(await world.ask<"dispatch.showMessage">("dispatch", "show", "1")).toMatchObject({ message: "run the tests" });
  const refused = await world.refused("dispatch", "show", "99");
  expect([refused.code, refused.error.code]).toEqual([2, "not_found"]);
});

it("dispatch prints each item when it happens, and names the signal that ended it", async () => {
  await withWorld({}, async (world) => {
    await world.pair("parser");
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const running = await watcher(world, signal);
      await world.ask<"dispatch.enqueueNudgeWorker">("enqueue-nudge-worker", "parser", "--message", signal);
      await running.printed(/nudge_worker\tpull_required/);
      running.kill(signal);
      const ran = await running.done;
      expect([ran.code, ran.stderr]).toEqual([0, ""]);
      expect(ran.stdout).toMatch(
        new RegExp(`^command-\\S+\\tnudge_worker\\tpull_required\\t\\S+\\nprocessed 1 item\\nstopped by ${signal}\\n$`),
      );
    }
  });
});

it("a dispatcher that works in a server is told by which signal its caller was ended", async () => {
  await withWorld({ mode: "http" }, async (world) => {
    await world.pair("parser");
    const argv = ["dispatch", "--watch", "--no-ingest", "--dispatcher-id", "far", "--json"];
    const running = await world.begin(argv);
    await expect
      .poll(async () => (await world.ask<"dispatch.overview">("dispatch", "status")).health.core_status)
      .toBe("active");
    const refused = await here(world, "dispatch", "stop", "--dispatcher-id", "far");
    expect(refused).toMatchObject({ code: 2, document: { error: { code: "conflict" } } });
    running.kill("SIGINT");
    const ran = await running.done;
    expect(JSON.parse(ran.stdout)).toMatchObject({ stopped_by: "SIGINT", dispatcher_id: "far" });
  });
});

it("a dispatcher is followed while it works and is ended by its id", async () => {
  await withWorld({}, async (world) => {
    const running = await watcher(world, "d1");
    const following = await world.begin(["dispatch", "status", "--follow", "--dispatcher-id", "d1"]);
    await following.printed(/"state":"active"/);
    expect(await here(world, "dispatch", "stop", "--dispatcher-id", "d1")).toMatchObject({
      document: { stopped_count: 1, dispatchers: [{ outcome: "stopped", pid: running.pid }] },
    });
    const ran = await running.done;
    expect([ran.code, ran.stdout]).toEqual([0, "processed 0 items\nstopped by SIGTERM\n"]);
    await following.printed(/"state":"stopped"/);
    following.kill("SIGINT");
    await following.done;
  });
});

it("the Dispatch of a server is not ended by a signal to the server", async () => {
  await withWorld({ mode: "socket", dispatch: "in the server" }, async (world) => {
    await expect
      .poll(async () => (await world.ask<"dispatch.overview">("dispatch", "status")).health.heartbeat?.dispatcher_id)
      .toBe("dispatch-server");
    const refused = await world.refused("dispatch", "stop", "--dispatcher-id", "dispatch-server");
    expect(refused.error).toMatchObject({ code: "conflict", hint: expect.stringContaining("serve --stop") });
    expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({ running: true });
  });
});
