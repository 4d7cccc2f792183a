import { readFileSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { clientOver, type Transport } from "@conveyor/sdk";
import { PROTOCOL, VERSION } from "@conveyor/sdk/link";
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

function remote(server: RunningServer): Promise<Transport> {
  return world.transport({ server: server.url, token: readFileSync(server.token_file, "utf8").trim() });
}

const REMOTE_MODES = ["socket", "http"] as const;

async function probe(mode: (typeof REMOTE_MODES)[number], source: Source): Promise<Transport> {
  const server = await world.server({ router: probeRouter(source) });
  return mode === "socket" ? world.transport() : remote(server);
}

describe("a waiting call", () => {
  it.each(REMOTE_MODES)("that is aborted still hands over its document over %s", async (mode) => {
    const source = new Source();
    const conveyor = clientOver(await probe(mode, source));
    const interrupt = new AbortController();
    const answer = conveyor.inbox.takeWorker({ task: "auth", wait: true }, { signal: interrupt.signal });
    await until(() => source.running === 1);
    interrupt.abort();
    expect(await answer).toMatchObject({ consumed: null, interrupted: true });
  });

  it.each(REMOTE_MODES)("does not hold up other calls over %s", async (mode) => {
    const source = new Source();
    const conveyor = clientOver(await probe(mode, source));
    const interrupt = new AbortController();
    const waiting = conveyor.inbox.takeWorker({ task: "auth", wait: true }, { signal: interrupt.signal });
    await until(() => source.running === 1);
    await expect(conveyor.inbox.worker({ task: "auth" })).rejects.toMatchObject({ code: "internal" });
    interrupt.abort();
    await waiting;
  });

  it("ends on the server when its client goes away", async () => {
    const source = new Source();
    const transport = await probe("socket", source);
    const waiting = clientOver(transport).inbox.takeWorker({ task: "auth", wait: true });
    waiting.catch(() => {});
    await until(() => source.running === 1);
    await transport.close();
    await until(() => source.running === 0);
    await expect(waiting).rejects.toMatchObject({ code: "server_unreachable", details: { may_have_run: true } });
  });

  it("is asked again in the own process when the server shuts down under a read", async () => {
    const conveyor = clientOver(await world.transport());
    await conveyor.tasks.create({ name: "auth", goal: "g" });
    const source = new Source();
    const server = await world.server({ router: probeRouter(source) });
    const waiting = conveyor.tasks.list({});
    await until(() => source.running === 1);
    await server.close();
    expect(await waiting).toMatchObject([{ name: "auth" }]);
  });

  it("is refused on a connection that was closed, whatever it is, and closing again is no error", async () => {
    const conveyor = clientOver(await world.transport());
    await conveyor.tasks.create({ name: "auth", goal: "g" });
    await conveyor.close();
    const closed = { code: "precondition_failed", message: "this connection was closed" };
    await expect(conveyor.tasks.list({})).rejects.toMatchObject(closed);
    await expect(conveyor.inbox.take({ task: "auth", role: "manager" })).rejects.toMatchObject(closed);
    await expect(conveyor.tasks.onChange({})[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
    await conveyor.close();
  });

  it("that changes something tells what it has when the server shuts down", async () => {
    const source = new Source();
    const server = await world.server({ router: probeRouter(source) });
    const conveyor = clientOver(await world.transport());
    const waiting = conveyor.inbox.takeWorker({ task: "auth", wait: true });
    await until(() => source.running === 1);
    const [answer] = await Promise.all([waiting, server.close()]);
    expect(answer).toMatchObject({ interrupted: true });
  });
});

describe("an unforeseen failure", () => {
  it("reaches the caller without a stack and the log without its reason", async () => {
    const conveyor = clientOver(await probe("socket", new Source()));
    const error = await conveyor.inbox.worker({ task: "auth" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ConveyorError", code: "internal" });
    expect(world.logged.join("\n")).toContain('"call_failed"');
    expect(world.logged.join("\n")).not.toContain("secret");
  });
});

/** A client that speaks the wire by hand. */
class RawClient {
  readonly socket: Socket;
  received = "";
  closed = false;

  constructor(path: string) {
    this.socket = connectSocket(path);
    this.socket.on("data", (chunk) => {
      this.received += String(chunk);
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.closed = true;
    });
    world.onCleanUp(async () => void this.socket.destroy());
  }

  send(frame: object): void {
    this.socket.write(`${JSON.stringify(frame)}\n`);
  }

  frames(): Record<string, unknown>[] {
    return this.received
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

describe("the unix socket", () => {
  it.each([
    ["protocol", { protocol: PROTOCOL + 1 }],
    ["version", { protocol: PROTOCOL, version: "0.0.0" }],
    ["ledger", { protocol: PROTOCOL, version: VERSION, ledger_path: "/elsewhere/workerctl.db" }],
  ])("refuses a client of another %s before anything is run", async (refused, hello) => {
    const server = await world.server();
    const client = new RawClient(server.socket);
    client.send({ hello });
    await until(() => client.closed);
    expect(client.frames()).toEqual([{ refused }]);
  });

  it("hangs up on what is no frame", async () => {
    const server = await world.server();
    const client = new RawClient(server.socket);
    client.socket.write("GET / HTTP/1.1\r\n\r\n");
    await until(() => client.closed);
    expect(client.received).toBe("");
  });

  it("makes no more items than a slow reader takes", async () => {
    const source = new Source(100_000);
    const server = await world.server({ router: probeRouter(source) });
    source.add(1000);
    const client = new RawClient(server.socket);
    client.send({ hello: { protocol: PROTOCOL } });
    await until(() => client.frames().length === 1);
    client.socket.pause();
    client.send({ id: 1, type: "subscription", path: "inbox.onItem", input: { session: "worker" } });
    let before = -1;
    let looks = 0;
    await until(() => {
      looks = source.made === before && source.made > 0 ? looks + 1 : 0;
      before = source.made;
      return looks > 30;
    });
    expect(source.made).toBeLessThan(100);
    client.socket.resume();
    await until(() => source.made === 1000);
  });

  it("bounds the number of live streams", async () => {
    const source = new Source();
    await world.server({ router: probeRouter(source), max_subscribers: 1 });
    source.add(1);
    const conveyor = clientOver(await world.transport());
    const first = conveyor.inbox.onItem({ session: "worker" })[Symbol.asyncIterator]();
    expect((await first.next()).value).toMatchObject({ id: 1 });
    const second = conveyor.inbox.onItem({ session: "worker" })[Symbol.asyncIterator]();
    await expect(second.next()).rejects.toMatchObject({ code: "too_many_subscribers" });
    await first.return?.();
    await until(() => source.running === 0);
    const third = conveyor.inbox.onItem({ session: "worker" })[Symbol.asyncIterator]();
    expect((await third.next()).value).toMatchObject({ id: 1 });
    await third.return?.();
  });
});
