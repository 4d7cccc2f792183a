import { readFileSync } from "node:fs";
import { type Conveyor, clientOver, type StreamItem, type Transport, type TransportOptions } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RunningServer } from "./server.ts";
import { probeRouter, Source } from "./testing/probe-router.ts";
import { until } from "./testing/until.ts";
import { World } from "./testing/world.ts";

const MODES = ["socket", "http"] as const;
const ON_ITEM = { path: "inbox.onItem", kind: "subscription" } as const;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

function tokenOf(server: RunningServer): string {
  return readFileSync(server.token_file, "utf8").trim();
}

function client(server: RunningServer, mode: (typeof MODES)[number]): Promise<Transport> {
  const options: TransportOptions = mode === "http" ? { server: server.url, token: tokenOf(server) } : {};
  return world.transport(options);
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

/** A stream read one item at a time. */
class Reading {
  readonly #items: AsyncIterator<StreamItem>;

  constructor(transport: Transport) {
    this.#items = transport.subscribe(ON_ITEM, { session: "worker" })[Symbol.asyncIterator]();
  }

  async next(): Promise<string> {
    const { done, value } = await this.#items.next();
    if (done) throw new Error("the stream has ended");
    return value.id;
  }

  async leave(): Promise<void> {
    await this.#items.return?.();
  }
}

describe("a WebSocket that is not read", () => {
  it("stops its stream until it is read again, and then gets all of it", async () => {
    const source = new Source(500_000);
    const server = await world.server({ router: probeRouter(source) });
    source.add(150);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, {
      headers: { authorization: `Bearer ${tokenOf(server)}` },
    });
    world.onCleanUp(async () => socket.terminate());
    await new Promise((resolve) => socket.once("open", resolve));
    const ids: string[] = [];
    socket.on("message", (message) => {
      const { result } = JSON.parse(String(message)) as { result?: { type: string; id?: string } };
      if (result?.type === "data") ids.push(String(result.id));
    });
    socket.send(
      JSON.stringify({ id: 1, method: "subscription", params: { path: ON_ITEM.path, input: { session: "worker" } } }),
    );
    await until(() => ids.length >= 1);
    socket.pause();
    let before = -1;
    let looks = 0;
    await until(() => {
      looks = source.made === before ? looks + 1 : 0;
      before = source.made;
      return looks > 30;
    });
    // What the system itself keeps on the way is some ten megabytes.
    expect(source.made - ids.length).toBeLessThan(60);
    expect(source.running).toBe(1);
    socket.resume();
    await until(() => ids.length === 150);
    expect(ids).toEqual(numbers(150));
  });
});

describe.each(MODES)("a reader over %s that falls behind", (mode) => {
  it("has a bounded number of items made for it, however many there are, and loses none", async () => {
    const source = new Source(20_000);
    const server = await world.server({ router: probeRouter(source) });
    const reading = new Reading(await client(server, mode));
    source.add(1);
    const ids = [await reading.next()];
    source.add(2_999);
    // Nobody asks for the next item, yet there is much more to come.
    await until(() => source.running === 0);
    expect(source.made).toBeLessThan(1_500);
    while (ids.length < 3_000) ids.push(await reading.next());
    expect(ids).toEqual(numbers(3_000));
    await reading.leave();
    await until(() => source.running === 0);
  });

  it("is caught up from the ledger", { timeout: 60_000 }, async () => {
    const server = await world.server();
    const conveyor = clientOver(await world.transport());
    await setUp(conveyor);
    const items = clientOver(await client(server, mode))
      .inbox.onItem({ session: "worker" })
      [Symbol.asyncIterator]();
    const messages = Array.from({ length: 600 }, (_, index) => `message ${index}`);
    await send(conveyor, messages.slice(0, 1));
    const received = [(await items.next()).value?.payload["message"]];
    await send(conveyor, messages.slice(1));
    while (received.length < messages.length) received.push((await items.next()).value?.payload["message"]);
    expect(received).toEqual(messages);
    await items.return?.();
  });
});

async function setUp(conveyor: Conveyor): Promise<void> {
  await conveyor.tasks.create({ name: "task", goal: "g" });
  await conveyor.sessions.registerWorker({ name: "worker", codex_session: world.rollout() });
  await conveyor.sessions.registerManager({ name: "manager", codex_session: world.rollout() });
  await conveyor.bindings.bind({ task: "task", worker: "worker", manager: "manager" });
}

async function send(conveyor: Conveyor, messages: readonly string[]): Promise<void> {
  for (const message of messages) await conveyor.dispatch.enqueueNudgeWorker({ task: "task", message });
  await conveyor.dispatch.run({ limit: messages.length });
}

describe("more subscribers than a server takes", () => {
  it("are refused over every connection alike, until one leaves", async () => {
    const source = new Source();
    const server = await world.server({ router: probeRouter(source), max_subscribers: 4 });
    source.add(1);
    const start = async (mode: (typeof MODES)[number]) => new Reading(await client(server, mode));
    const taken = [await start("socket"), await start("socket"), await start("http"), await start("http")];
    for (const reading of taken) expect(await reading.next()).toBe("1");
    for (const mode of MODES) {
      await expect((await start(mode)).next()).rejects.toMatchObject({
        code: "too_many_subscribers",
        details: { limit: 4 },
      });
    }
    expect(source.running).toBe(4);
    const last = [...taken];
    for (const mode of MODES) {
      await last.shift()?.leave();
      await until(() => source.running === 3);
      const instead = await start(mode);
      expect(await instead.next()).toBe("1");
      last.push(instead);
    }
    for (const reading of last) await reading.leave();
    await until(() => source.running === 0);
  });

  it("leave their places when their connection is cut", async () => {
    const source = new Source();
    const server = await world.server({ router: probeRouter(source), max_subscribers: 2 });
    source.add(1);
    const [first, second] = [await client(server, "http"), await client(server, "socket")];
    for (const transport of [first, second]) expect(await new Reading(transport).next()).toBe("1");
    await first.close();
    await second.close();
    await until(() => source.running === 0);
    const again = [new Reading(await client(server, "http")), new Reading(await client(server, "socket"))];
    for (const reading of again) expect(await reading.next()).toBe("1");
    for (const reading of again) await reading.leave();
  });
});
