import { readFileSync } from "node:fs";
import { clientOver, type Transport, type TransportOptions } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningServer } from "./server.ts";
import { probeRouter, Source } from "./testing/probe-router.ts";
import { until } from "./testing/until.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

function remoteOptions(server: RunningServer): TransportOptions {
  return { server: server.url, token: readFileSync(server.token_file, "utf8").trim() };
}

/** Collect the ids of a stream's items until it was told to stop. */
function collect(transport: Transport, path: string, input: object) {
  const stop = new AbortController();
  const ids: string[] = [];
  const run = async () => {
    for await (const { id } of transport.subscribe({ path, kind: "subscription" }, input, { signal: stop.signal }))
      ids.push(id);
  };
  const ended = run();
  const end = () => {
    stop.abort();
    return ended;
  };
  return { ids, end };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe("a live stream", () => {
  it.each(["socket", "http"] as const)(
    "loses and repeats nothing over a restart of the server over %s",
    async (mode) => {
      const source = new Source();
      const first = await world.server({ router: probeRouter(source) });
      const transport = await world.transport(mode === "http" ? remoteOptions(first) : {});
      const port = Number(new URL(first.url).port);
      source.add(3);
      const stream = collect(transport, "inbox.onItem", { session: "worker" });
      await until(() => stream.ids.length === 3);
      const restarting = first.close();
      source.add(4);
      await restarting;
      const second = world.server({ router: probeRouter(source), port });
      source.add(2);
      await second;
      await until(() => stream.ids.length >= 9);
      source.add(1);
      await until(() => stream.ids.length >= 10);
      await stream.end();
      expect(stream.ids).toEqual(numbers(10));
    },
  );

  it.each(["socket", "http"] as const)("that is read slowly is complete over %s", async (mode) => {
    const source = new Source();
    const server = await world.server({ router: probeRouter(source) });
    const transport = await world.transport(mode === "http" ? remoteOptions(server) : {});
    source.add(1500);
    const ids: string[] = [];
    for await (const { id } of transport.subscribe(
      { path: "inbox.onItem", kind: "subscription" },
      { session: "worker" },
    )) {
      ids.push(id);
      // A reader that is slower than the source.
      if (ids.length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      if (ids.length === 1500) break;
    }
    expect(ids).toEqual(numbers(1500));
    await until(() => source.running === 0);
  });

  it("changes over to the own process when its server ends, and to the next server when one comes", async () => {
    const first = await world.server();
    const transport = await world.transport();
    const conveyor = clientOver(transport);
    const seen: string[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const task of conveyor.tasks.onChange({}, { signal: stop.signal })) seen.push(task.name);
    })();
    await conveyor.tasks.create({ name: "one", goal: "g" });
    await until(() => seen.length === 1);
    await first.close();
    expect(transport.mode).toBe("embedded");
    await conveyor.tasks.create({ name: "two", goal: "g" });
    await until(() => seen.length === 2);
    await world.server();
    await conveyor.tasks.create({ name: "three", goal: "g" });
    expect(transport.mode).toBe("socket");
    await until(() => seen.length === 3);
    stop.abort();
    await reading;
    expect(seen).toEqual(["one", "two", "three"]);
  });

  it.each(["socket", "http"] as const)(
    "that begins with what comes next misses nothing over a restart, although it had nothing to tell before, over %s",
    async (mode) => {
      const first = await world.server();
      const port = Number(new URL(first.url).port);
      const here = clientOver(await world.transport());
      await here.tasks.create({ name: "before", goal: "g" });
      const conveyor = clientOver(await world.transport(mode === "http" ? remoteOptions(first) : {}));
      const created = { event_type: "task_created" };
      const events = conveyor.telemetry.onEvent(created)[Symbol.asyncIterator]();
      const coming = events.next();
      // Begun later on the same connection: when it has an item the first stream has long begun.
      const later = conveyor.telemetry.onEvent({ ...created, backlog: 1 })[Symbol.asyncIterator]();
      expect((await later.next()).value).toMatchObject({ summary: expect.stringContaining("before") });
      await first.close();
      await here.tasks.create({ name: "meanwhile", goal: "g" });
      await world.server({ port });
      await here.tasks.create({ name: "after", goal: "g" });
      expect((await coming).value).toMatchObject({ summary: expect.stringContaining("meanwhile") });
      expect((await events.next()).value).toMatchObject({ summary: expect.stringContaining("after") });
      await Promise.all([events.return?.(), later.return?.()]);
    },
  );

  it("begins behind the item it is told", async () => {
    const source = new Source();
    await world.server({ router: probeRouter(source) });
    source.add(5);
    const conveyor = clientOver(await world.transport());
    const items = conveyor.inbox.onItem({ session: "worker" }, { after: "3" })[Symbol.asyncIterator]();
    expect((await items.next()).value).toMatchObject({ id: 4 });
    await items.return?.();
  });

  it("ends without an error when its reader aborts, in every mode", async () => {
    const source = new Source();
    const server = await world.server({ router: probeRouter(source) });
    source.add(1);
    for (const options of [{}, remoteOptions(server)]) {
      const stream = collect(await world.transport(options), "inbox.onItem", { session: "worker" });
      await until(() => stream.ids.length === 1);
      await stream.end();
      expect(stream.ids).toEqual(["1"]);
    }
    await until(() => source.running === 0);
  });

  it("fails at once when the named server is not there or refuses the token", async () => {
    const nobody = await world.transport({ server: "http://127.0.0.1:9", token: "x".repeat(20) });
    await expect(collect(nobody, "inbox.onItem", {}).end()).resolves.toBeUndefined();
    const next = (transport: Transport) =>
      transport.subscribe({ path: "inbox.onItem", kind: "subscription" }, {})[Symbol.asyncIterator]().next();
    await expect(next(nobody)).rejects.toMatchObject({ code: "server_unreachable" });
    const server = await world.server();
    const stranger = await world.transport({ server: server.url, token: "x".repeat(20) });
    await expect(next(stranger)).rejects.toMatchObject({ code: "unauthorized" });
    const anonymous = await world.transport({ server: server.url });
    await expect(next(anonymous)).rejects.toMatchObject({ code: "unauthorized" });
  });
});
