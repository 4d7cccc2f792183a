import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { useTarget } from "./support/target.ts";

const target = useTarget();

const address = (path = "/trpc") => `${target.url.replace("http", "ws")}${path}`;

/** Try to open a WebSocket; answers with the HTTP status of a refusal, or 101. */
function upgrade(options: ClientOptions, { path = "/trpc", protocols = [] as string[] } = {}): Promise<number> {
  const socket = new WebSocket(address(path), protocols, options);
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => resolve(0));
  });
}

/** A connection of a client that has the token. */
async function opened(): Promise<WebSocket> {
  const socket = new WebSocket(address(), { headers: target.bearer });
  socket.on("error", () => {});
  await once(socket, "open");
  return socket;
}

describe("an upgrade", () => {
  const UPGRADES: { what: string; headers: () => Record<string, string>; path?: string; status: number }[] = [
    { what: "without a token", headers: () => ({}), status: 401 },
    { what: "with a wrong token", headers: () => ({ authorization: "Bearer wrong-wrong-wrong" }), status: 401 },
    {
      what: "with the token in a cookie",
      headers: () => ({ cookie: `conveyor_session=${target.world.token}` }),
      status: 401,
    },
    {
      what: "of a page of another origin",
      headers: () => ({ ...target.bearer, origin: "http://evil.example" }),
      status: 403,
    },
    { what: "of a page of no origin", headers: () => ({ ...target.bearer, origin: "null" }), status: 403 },
    {
      what: "marked as cross-site",
      headers: () => ({ ...target.bearer, "sec-fetch-site": "cross-site" }),
      status: 403,
    },
    { what: "under another name", headers: () => ({ ...target.bearer, host: "evil.example" }), status: 421 },
    { what: "for another path", headers: () => target.bearer, path: "/", status: 404 },
    { what: "below our path", headers: () => target.bearer, path: "/trpc/", status: 404 },
    { what: "under a session that is none", headers: () => ({}), path: `/s/${"x".repeat(22)}/trpc`, status: 401 },
  ];
  it.each(UPGRADES)("$what is refused before it happens", async ({ headers, path, status }) => {
    expect(await upgrade({ headers: headers() }, { path: path ?? "/trpc" })).toBe(status);
  });

  it("needs the cookie, the path and the proof of one session, and our Origin", async () => {
    const { base, cookie, proof } = await target.signIn();
    const path = `${base}/trpc`;
    const proven = ["conveyor", `conveyor.proof.${proof}`];
    const origin = target.url;
    expect(await upgrade({ headers: { cookie, origin } }, { path })).toBe(401);
    expect(await upgrade({ headers: { cookie, origin } }, { protocols: proven })).toBe(401);
    expect(await upgrade({ headers: { origin } }, { path, protocols: proven })).toBe(401);
    expect(await upgrade({ headers: { cookie, origin } }, { path, protocols: ["conveyor", "conveyor.proof.x"] })).toBe(
      401,
    );
    expect(await upgrade({ headers: { cookie } }, { path, protocols: proven })).toBe(403);
    expect(await upgrade({ headers: { cookie, origin } }, { path, protocols: proven })).toBe(101);
  });
});

describe("a frame", () => {
  const masked = (first: number, second: number, ...rest: number[]) =>
    Buffer.from([first, second | 0x80, 0, 0, 0, 0, ...rest]);
  const FRAMES: { what: string; bytes: Buffer }[] = [
    { what: "with reserved bits", bytes: masked(0xf1, 0) },
    { what: "of an unknown kind", bytes: masked(0x83, 0) },
    { what: "that is not masked", bytes: Buffer.from([0x81, 1, 0x61]) },
    { what: "that continues nothing", bytes: masked(0x80, 0) },
    {
      what: "that claims to be longer than anything",
      bytes: Buffer.from([0x81, 0xff, 0x7f, ...Array.from({ length: 7 }, () => 0xff)]),
    },
    { what: "of text that is none", bytes: masked(0x81, 2, 0xc3, 0x28) },
    { what: "that closes with a code that is none", bytes: masked(0x88, 2, 0x00, 0x01) },
    { what: "that closes with one byte", bytes: masked(0x88, 1, 0x03) },
    {
      what: "of control that is too long",
      bytes: Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0, ...Array.from({ length: 126 }, () => 0)]),
    },
    { what: "of control in parts", bytes: masked(0x09, 0) },
    { what: "of noise", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n") },
  ];
  const handshake = (more: string) =>
    `GET /trpc HTTP/1.1\r\nHost: ${target.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n${more}\r\n`;

  it.each(FRAMES)("$what ends its own connection only", async ({ bytes }) => {
    const { socket, answered } = target.open(handshake(`Authorization: ${target.bearer["authorization"]}\r\n`));
    await answered(/^HTTP\/1\.1 101/);
    const ended = new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
    socket.write(bytes);
    await ended;
  });

  it.each(FRAMES)("$what does no harm after a refusal", async ({ bytes }) => {
    const { socket, answered } = target.open(handshake(""));
    await answered(/^HTTP\/1\.1 401/);
    socket.write(bytes);
  });
});

describe("a message", () => {
  const MESSAGES: { what: string; text: string }[] = [
    { what: "that is no JSON", text: "{" },
    { what: "of null", text: "null" },
    { what: "without a number", text: '{"method":"query","params":{"path":"tasks.list"}}' },
    { what: "of an unknown method", text: '{"id":1,"method":"eval","params":{"path":"tasks.list"}}' },
    { what: "for a path that is none", text: '{"id":1,"method":"query","params":{"path":"__proto__.x"}}' },
    { what: "for a path of the prototype", text: '{"id":1,"method":"mutation","params":{"path":"constructor"}}' },
    {
      what: "with a prototype",
      text: '{"id":1,"method":"mutation","params":{"path":"tasks.create","input":{"__proto__":{"name":"theirs"}}}}',
    },
    {
      what: "of a thousand calls",
      text: JSON.stringify(
        Array.from({ length: 1000 }, (_, id) => ({ id, method: "query", params: { path: "tasks.list", input: {} } })),
      ),
    },
  ];
  it.each(MESSAGES)("$what is answered with an error", async ({ text }) => {
    const socket = await opened();
    socket.send(text);
    const [answer] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(String(answer))).toHaveProperty("error");
    socket.terminate();
  });
});

describe("a client that has the token and does not read", () => {
  /** Resident memory of the server, in MiB. */
  const memory = () => {
    const status = readFileSync(`/proc/${target.world.server?.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  };
  const query = (id: number) => JSON.stringify({ id, method: "query", params: { path: "tasks.list", input: {} } });
  const FLOODS: { what: string; message: (id: number) => string }[] = [
    { what: "queries", message: query },
    { what: "pings in text", message: () => "PING" },
    { what: "nonsense", message: () => "[" },
  ];
  it.runIf(process.platform === "linux").each(FLOODS)("fills nobody's memory with $what", async ({ message }) => {
    const socket = await opened();
    const before = memory();
    socket.pause();
    // The server stops reading, so that what is sent waits at the sender.
    for (let id = 0; id < 20_000 && socket.bufferedAmount < 2 * 1024 * 1024; id += 1) {
      socket.send(message(id));
      if (id % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await target.expectUnharmed();
    // Without a bound it grew by more than 700.
    expect(memory() - before).toBeLessThan(300);
    socket.terminate();
  });

  it("runs no more than 256 calls at once on one connection, and is told so", async () => {
    const socket = await opened();
    const answers: { error?: { data: { conveyor: { code: string } } } }[] = [];
    socket.on("message", (data) => answers.push(JSON.parse(String(data))));
    for (let id = 0; id < 300; id += 1) {
      const input = { task: "nothing", wait: true, timeout: 5 };
      socket.send(JSON.stringify({ id, method: "query", params: { path: "inbox.listWorker", input } }));
    }
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    expect(answers.every(({ error }) => error !== undefined)).toBe(true);
    socket.terminate();
  });
});
