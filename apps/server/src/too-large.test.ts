import { readFileSync } from "node:fs";
import { clientOver } from "@conveyor/sdk";
import { MAX_REQUEST_BYTES } from "@conveyor/sdk/link";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningServer } from "./server.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const tokenOf = (server: RunningServer) => readFileSync(server.token_file, "utf8").trim();

/** A caller over each transport of a server. */
async function callers(server: RunningServer) {
  return {
    socket: clientOver(await world.transport()),
    http: clientOver(await world.transport({ server: server.url, token: tokenOf(server) })),
  };
}

async function pair(conveyor: ReturnType<typeof clientOver>) {
  await conveyor.tasks.create({ name: "auth", goal: "g" });
  await conveyor.sessions.registerWorker({ name: "w", codex_session: world.rollout() });
  await conveyor.sessions.registerManager({ name: "m", codex_session: world.rollout() });
  await conveyor.bindings.bind({ task: "auth", worker: "w", manager: "m" });
}

describe.each(["socket", "http"] as const)("over %s", (transport) => {
  it("an answer that the caller could not read is refused, and nothing is taken", async () => {
    const server = await world.server({ max_answer_bytes: 64 * 1024 });
    const conveyor = (await callers(server))[transport];
    await pair(conveyor);
    await conveyor.dispatch.enqueueNudgeWorker({ task: "auth", message: "m".repeat(100_000) });
    await conveyor.dispatch.run({ no_ingest: true });
    const take = conveyor.inbox.takeWorker({ task: "auth" });
    await expect(take).rejects.toMatchObject({ code: "too_large", details: { most_bytes: 64 * 1024 } });
    await server.close();
    const own = clientOver(await world.transport());
    const taken = await own.inbox.takeWorker({ task: "auth" });
    expect(own.mode).toBe("embedded");
    expect(taken.consumed?.payload["message"]).toHaveLength(100_000);
  });

  it("a list that is too long is refused by name, and the connection goes on", async () => {
    const server = await world.server({ max_answer_bytes: 16 * 1024 });
    const conveyor = (await callers(server))[transport];
    for (const name of ["one", "two"]) await conveyor.tasks.create({ name, goal: "g".repeat(10_000) });
    await expect(conveyor.tasks.list({})).rejects.toMatchObject({ code: "too_large" });
    expect(await conveyor.sessions.list({})).toEqual([]);
    expect(conveyor.mode).toBe(transport);
  });

  it("a call that no server reads is refused before it is sent", async () => {
    const server = await world.server();
    const conveyor = (await callers(server))[transport];
    const call = conveyor.tasks.create({ name: "long", goal: "g".repeat(MAX_REQUEST_BYTES) });
    await expect(call).rejects.toMatchObject({ code: "too_large", details: { most_bytes: MAX_REQUEST_BYTES } });
    expect(await conveyor.tasks.list({})).toEqual([]);
  });
});
