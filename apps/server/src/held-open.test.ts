import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { serverFiles } from "@conveyor/files";
import { PROTOCOL, SocketConnection } from "@conveyor/sdk/link";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { serverStatus, stopServer } from "./control.ts";
import { connectionBudget } from "./descriptors.ts";
import type { RunningServer } from "./server.ts";
import { until } from "./testing/until.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const tokenOf = (server: RunningServer) => readFileSync(server.token_file, "utf8").trim();

/**
 * A client that never hangs up by itself. `gone` resolves when the server has cut it, which shows when it goes on sending:
 * a connection that was only ended still takes what it sends.
 */
class Holder {
  readonly socket: Socket;
  received = "";
  readonly gone: Promise<unknown>;

  constructor(server: RunningServer, words: string) {
    const { hostname, port } = new URL(server.url);
    this.socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk) => {
      this.received += String(chunk);
    });
    this.socket.on("connect", () => words !== "" && this.socket.write(words));
    this.gone = goneAfterEnd(this.socket);
    world.onCleanUp(async () => void this.socket.destroy());
  }
}

function goneAfterEnd(socket: Socket): Promise<void> {
  socket.on("end", () => {
    const poke = setInterval(() => socket.write("x"), 50);
    socket.on("close", () => clearInterval(poke));
  });
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

const call = async (server: RunningServer) =>
  (
    await fetch(`${server.url}/trpc/tasks.list?input=%7B%7D`, {
      headers: { authorization: `Bearer ${tokenOf(server)}` },
    })
  ).status;

/** What a client may send and then hold the connection open. */
const HELD: { what: string; words: (host: string) => string }[] = [
  { what: "an upgrade without a token", words: (host) => upgradeText(host) },
  { what: "an upgrade of a foreign page", words: (host) => upgradeText(host, "Origin: http://evil.example\r\n") },
  { what: "an upgrade for a path that is none", words: (host) => upgradeText(host).replace("/trpc", "/nothing") },
  { what: "garbage", words: () => "\x16\x03\x01 no HTTP at all\r\n\r\n" },
  { what: "a call without a token whose body never comes", words: (host) => halfCall(host) },
];

const upgradeText = (host: string, more = "") =>
  `GET /trpc HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n${more}\r\n`;

const halfCall = (host: string) =>
  `POST /trpc/tasks.create HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;

describe("a connection that its client holds open", () => {
  it.each(HELD)("after $what is answered and cut", async ({ words }) => {
    const server = await world.server();
    const holder = new Holder(server, words(new URL(server.url).host));
    await holder.gone;
    expect(holder.received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await call(server)).toBe(200);
  });

  it("keeps nobody else out, however many there are and whatever they sent", async () => {
    const server = await world.server({ max_connections: 8 });
    const { host } = new URL(server.url);
    const flood = ["", "GET / HTTP/1.1\r\n", upgradeText(host), halfCall(host), "garbage\r\n\r\n"];
    for (let round = 0; round < 8; round += 1) {
      for (const words of flood) new Holder(server, words);
      expect(await call(server)).toBe(200);
    }
  });

  it("does not cost those their place who have shown a token", async () => {
    const server = await world.server({ max_connections: 8 });
    const live = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, {
      headers: { authorization: `Bearer ${tokenOf(server)}` },
    });
    await once(live, "open");
    const silent = Array.from({ length: 30 }, () => new Holder(server, ""));
    await Promise.all(silent.slice(0, 20).map(({ gone }) => gone));
    expect(live.readyState).toBe(WebSocket.OPEN);
    live.terminate();
  });

  it("does not keep the server from ending", async () => {
    const server = await world.server();
    const { host } = new URL(server.url);
    const live = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, {
      headers: { authorization: `Bearer ${tokenOf(server)}` },
    });
    live.on("error", () => {});
    await once(live, "open");
    // It never answers the closing handshake.
    live.pause();
    const holders = ["", "GET / HT", upgradeText(host), halfCall(host)].map((words) => new Holder(server, words));
    await until(() => holders.every(({ socket }) => !socket.connecting));
    expect(await stopServer({ ledger_path: world.ledger_path })).toMatchObject({ stopped: true });
    await Promise.all(holders.map(({ gone }) => gone));
    expect(await serverStatus({ ledger_path: world.ledger_path })).toMatchObject({ running: false, answers: false });
    live.terminate();
  });
});

describe("a frame that breaks the protocol", () => {
  const bad = Buffer.from([0xff, 0xff, 0xff, 0xff]);

  it("ends its own connection only", async () => {
    const server = await world.server();
    const holder = new Holder(
      server,
      upgradeText(new URL(server.url).host, `Authorization: Bearer ${tokenOf(server)}\r\n`),
    );
    await until(() => holder.received.startsWith("HTTP/1.1 101"));
    holder.socket.write(bad);
    await holder.gone;
    expect(await call(server)).toBe(200);
  });

  it("does no harm on a connection that was one too many", async () => {
    const server = await world.server({ max_connections: 4 });
    const { host } = new URL(server.url);
    const words = upgradeText(host, `Authorization: Bearer ${tokenOf(server)}\r\n`);
    const first = [new Holder(server, words), new Holder(server, words)];
    await until(() => first.every(({ received }) => received.startsWith("HTTP/1.1 101")));
    const surplus = new Holder(server, words);
    await until(() => surplus.received.startsWith("HTTP/1.1 503"));
    surplus.socket.write(bad);
    await surplus.gone;
    expect(await call(server)).toBe(200);
  });
});

describe("the unix socket", () => {
  it("still says who is there and can still be asked to end when all places are taken", async () => {
    const server = await world.server({ max_connections: 3 });
    const { ledger_path } = world;
    const hello = { protocol: PROTOCOL, version: server.version, ledger_path };
    const taken = await Promise.all(
      Array.from({ length: 3 }, () => SocketConnection.open({ socket: server.socket, hello })),
    );
    await expect(SocketConnection.open({ socket: server.socket, hello })).rejects.toThrow("busy");
    expect(await serverStatus({ ledger_path })).toMatchObject({ running: true, answers: true });
    expect(await stopServer({ ledger_path })).toMatchObject({ stopped: true });
    for (const connection of taken) connection.close();
  });

  it("cuts a client that it refused and that does not hang up", async () => {
    const server = await world.server();
    const socket = connect({ path: server.socket, allowHalfOpen: true });
    socket.on("error", () => {});
    socket.write(`${JSON.stringify({ hello: { protocol: 999 } })}\n`);
    socket.resume();
    await goneAfterEnd(socket);
  });
});

describe("a server that holds the ledger and takes no calls", () => {
  it("is reported as that, not as none", async () => {
    const server = await world.server();
    const { ledger_path } = world;
    // As it is while a server ends: the claim stands, the discovery file is gone.
    const ending = server.close();
    expect(await serverStatus({ ledger_path })).toMatchObject({
      running: true,
      answers: false,
      pid: process.pid,
      url: null,
    });
    await ending;
    expect(await serverStatus({ ledger_path })).toMatchObject({ running: false });
    expect(serverFiles(ledger_path).lock).not.toBe("");
  });
});

describe("the places of a listener", () => {
  it.each([
    [undefined, 1024],
    [1_000_000, 1024],
    [1024, 464],
    [256, 80],
    [64, 16],
  ])("with %j files allowed are %j", (limit, places) => {
    if (limit === undefined) expect(connectionBudget()).toBeGreaterThanOrEqual(16);
    else expect(connectionBudget(limit)).toBe(places);
  });
});
