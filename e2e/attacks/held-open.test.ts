import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_PROGRAM, type ServerState, World, withWorld } from "../support/world/world.ts";
import { Target } from "./support/target.ts";

const upgradeText = (host: string) =>
  `GET /trpc HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n";

/** What is said over a connection that is then kept open by a client without the token. */
const HELD: { what: string; words: (host: string) => string }[] = [
  { what: "no byte at all", words: () => "" },
  { what: "one byte", words: () => "G" },
  { what: "half a head", words: (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: ` },
  { what: "a refused upgrade", words: upgradeText },
  { what: "garbage", words: () => "\x00\x01\x02\r\n\r\n" },
  { what: "TLS", words: () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" },
  {
    what: "a login without its body",
    words: (host) =>
      `POST /login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n`,
  },
  { what: "a proxy's request", words: () => "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n" },
  { what: "many requests in one", words: (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(200) },
];

describe("a server that may open few files", () => {
  let world: World;
  let server: ChildProcess;
  const target = new Target();
  beforeAll(async () => {
    world = await World.start();
    const argv = [process.execPath, BUILT_PROGRAM, "serve", "--port", "0", "--no-dispatch", "--json"];
    server = spawn("sh", ["-c", 'ulimit -n 128; exec "$@"', "sh", ...argv], {
      env: world.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [document] = (await once(server.stdout as Readable, "data")) as [Buffer];
    world.server = JSON.parse(String(document)) as ServerState;
    target.world = world;
  });
  afterAll(async () => {
    server.kill("SIGTERM");
    const [code] = await once(server, "exit");
    await target.end();
    expect(code).toBe(0);
  });

  it.each(HELD)("serves others although four hundred connections hold $what", async ({ words }) => {
    const held = Array.from({ length: 400 }, () => target.open(words(target.host)));
    await Promise.all(held.map(({ begun }) => begun));
    await target.expectUnharmed();
    for (const { socket } of held) socket.destroy();
  });
});

describe("a server whose clients hold on", () => {
  it("ends all the same when it is told to, and another can start", async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      const target = new Target();
      target.world = world;
      const held = HELD.map(({ words }) => target.open(words(target.host)));
      await Promise.all(held.map(({ begun }) => begun));
      expect(await world.ask<"system.stopServer">("serve", "--stop")).toMatchObject({ stopped: true });
      expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({ running: false });
      for (const { socket } of held) socket.destroy();
      await world.serve();
    });
  });
});

describe("a signal of another program of the same user", () => {
  it("opens no debugger", async () => {
    await withWorld({ mode: "socket" }, async (world) => {
      const own = new Target();
      own.world = world;
      process.kill(world.server?.pid ?? 0, "SIGUSR1");
      await own.expectUnharmed();
      const debuggers = await fetch("http://127.0.0.1:9229/json/list").then(
        (answer) => answer.text(),
        () => "nobody listens",
      );
      expect(debuggers).not.toContain(BUILT_PROGRAM);
    });
  });
});
