import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { RunningServer } from "./server.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A request as written: nothing is added or normalized, not even dots in the path. */
function send(server: RunningServer, { method = "GET", path = "/", headers = {}, body }: Sent = {}): Promise<Received> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function tokenOf(server: RunningServer): string {
  return readFileSync(server.token_file, "utf8").trim();
}

const JSON_TYPE = { "content-type": "application/json" };

function bearer(server: RunningServer): Record<string, string> {
  return { authorization: `Bearer ${tokenOf(server)}` };
}

function create(server: RunningServer, headers: Record<string, string>, goal = "g") {
  return send(server, {
    method: "POST",
    path: "/trpc/tasks.create",
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ name: "auth", goal }),
  });
}

/** Sign in as the login page does; answers with the cookie. */
async function signIn(server: RunningServer): Promise<string> {
  const code = server.createLoginUrl().split("#")[1];
  const headers = { ...JSON_TYPE, origin: server.url };
  const { status, headers: received } = await send(server, {
    method: "POST",
    path: "/login",
    headers,
    body: JSON.stringify({ code }),
  });
  expect(status).toBe(204);
  return received["set-cookie"]?.[0] ?? "";
}

/** Try to open a WebSocket; answers with the HTTP status of a refusal or 101. */
function upgrade(server: RunningServer, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/trpc`, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve(101);
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => {});
  });
}

describe("a request", () => {
  it.each(["evil.example", "evil.example:80", "127.0.0.1:1"])("under the name %j is refused", async (host) => {
    const server = await world.server();
    const { status, text } = await create(server, { ...bearer(server), host });
    expect(status).toBe(421);
    expect(text).not.toContain("task-");
  });

  it("under a loopback name with the right port is served", async () => {
    const server = await world.server();
    const { port } = new URL(server.url);
    expect((await create(server, { ...bearer(server), host: `localhost:${port}` })).status).toBe(200);
  });

  it.each(["http://evil.example", "null", "https://127.0.0.1"])(
    "from a page of %s is refused even with the token",
    async (origin) => {
      const server = await world.server();
      const { status, text } = await create(server, { ...bearer(server), origin });
      expect(status).toBe(403);
      expect(JSON.parse(text).error.data.conveyor).toMatchObject({ code: "forbidden" });
    },
  );

  it("that a browser marks as cross-site is refused", async () => {
    const server = await world.server();
    expect((await create(server, { ...bearer(server), "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  it("without the token, or with another, is refused", async () => {
    const server = await world.server();
    for (const headers of [{}, { authorization: "Bearer " }, { authorization: `Bearer ${tokenOf(server)}x` }]) {
      const { status, text } = await create(server, headers as Record<string, string>);
      expect(status).toBe(401);
      expect(JSON.parse(text).error.data.conveyor).toMatchObject({ code: "unauthorized" });
    }
  });

  it("that changes something must be JSON and POST", async () => {
    const server = await world.server();
    expect((await create(server, { ...bearer(server), "content-type": "text/plain" })).status).toBe(415);
    const input = encodeURIComponent(JSON.stringify({ name: "auth", goal: "g" }));
    const read = await send(server, { path: `/trpc/tasks.create?input=${input}`, headers: bearer(server) });
    expect(read.status).toBe(405);
    const listed = await send(server, { path: "/trpc/tasks.list", headers: bearer(server) });
    expect(JSON.parse(listed.text).error.data.conveyor.code).toBe("invalid_input");
  });

  it("with a body that is too long is refused with a typed error", async () => {
    const server = await world.server({ max_body_bytes: 10_000 });
    const { status, text } = await create(server, bearer(server), "g".repeat(20_000));
    expect(status).toBe(413);
    expect(JSON.parse(text).error.data.conveyor).toMatchObject({ code: "too_large" });
  });

  it.each(["/api/nothing", "/tasks", "/healthz/x", "/index", "/nothing.js", "/assets/", "//"])(
    "for %s, which does not exist, gets JSON and not the page",
    async (path) => {
      const server = await world.server({ web_root: buildPage() });
      const { status, text } = await send(server, { path });
      expect(status).toBe(path === "//" ? 400 : 404);
      expect(JSON.parse(text).error.data.conveyor.code).toBe(path === "//" ? "invalid_input" : "not_found");
    },
  );

  it("of a probe is answered without a token, and tells nothing but the state", async () => {
    const server = await world.server();
    for (const path of ["/healthz", "/readyz"]) {
      const { status, text, headers } = await send(server, { path });
      expect([path, status, text, headers["cache-control"]]).toEqual([path, 200, '{"ok":true}', "no-store"]);
      expect(await send(server, { path, method: "HEAD" })).toMatchObject({ status: 200, text: "" });
      expect((await send(server, { path, method: "POST", headers: JSON_TYPE })).status).toBe(405);
    }
  });

  it("without a token is told how to get in, in words that exist", async () => {
    const server = await world.server();
    const { text } = await send(server, { path: "/trpc/tasks.list" });
    const { hint } = JSON.parse(text).error.data.conveyor as { hint: string };
    expect(hint).toContain("CONVEYOR_TOKEN");
    expect(hint).toContain("conveyor serve --login");
    expect(hint).not.toContain("--token");
  });

  it("leaves no token and no input in the log", async () => {
    const server = await world.server();
    await create(server, bearer(server), "a private goal");
    await create(server, { authorization: "Bearer wrong-token-wrong-token" });
    const log = world.logged.join("\n");
    expect(log).toContain("server_started");
    for (const secret of [tokenOf(server), "wrong-token", "private goal"]) expect(log).not.toContain(secret);
  });
});

describe("a browser", () => {
  it("gets a strict cookie for a login code, once", async () => {
    const server = await world.server();
    const url = server.createLoginUrl();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#[\w-]{32}$/);
    const body = JSON.stringify({ code: url.split("#")[1] });
    const sign = () =>
      send(server, { method: "POST", path: "/login", headers: { ...JSON_TYPE, origin: server.url }, body });
    const first = await sign();
    expect(first.headers["set-cookie"]?.[0]).toMatch(/^conveyor_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(first.headers["set-cookie"]?.[0]).not.toContain(tokenOf(server));
    expect((await sign()).status).toBe(401);
  });

  it("with the cookie may change things only from the server's own page", async () => {
    const server = await world.server();
    const cookie = (await signIn(server)).split(";")[0] ?? "";
    expect((await create(server, { cookie })).status).toBe(403);
    expect((await create(server, { cookie, origin: "http://evil.example" })).status).toBe(403);
    expect((await create(server, { cookie, origin: server.url })).status).toBe(200);
    expect((await send(server, { path: "/trpc/tasks.list?input=%7B%7D", headers: { cookie } })).status).toBe(200);
  });

  it("stays signed in over a restart of the server, until the token is changed", async () => {
    const first = await world.server();
    const port = Number(new URL(first.url).port);
    const cookie = (await signIn(first)).split(";")[0] ?? "";
    await first.close();
    const second = await world.server({ port });
    expect((await create(second, { cookie, origin: second.url })).status).toBe(200);
    await second.close();
    const third = await world.server({ port, token: "another-token-of-some-length" });
    expect((await create(third, { cookie, origin: third.url })).status).toBe(401);
  });

  it("gets a login page whose script the page's own policy allows", async () => {
    const server = await world.server();
    const page = await send(server, { path: "/login" });
    expect(page.text).toContain('<script src="/login.js">');
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(page.headers["content-security-policy"]).not.toMatch(/script-src|unsafe-eval/);
    expect((await send(server, { path: "/login.js" })).headers["content-type"]).toContain("javascript");
  });
});

describe("a WebSocket", () => {
  it("is refused before the upgrade to strangers and foreign pages", async () => {
    const server = await world.server();
    const cookie = (await signIn(server)).split(";")[0] ?? "";
    expect(await upgrade(server, {})).toBe(401);
    expect(await upgrade(server, { authorization: "Bearer nonsense-nonsense" })).toBe(401);
    expect(await upgrade(server, { cookie })).toBe(403);
    expect(await upgrade(server, { cookie, origin: "http://evil.example" })).toBe(403);
    expect(await upgrade(server, { ...bearer(server), host: "evil.example" })).toBe(421);
    expect(await upgrade(server, { cookie, origin: server.url })).toBe(101);
    expect(await upgrade(server, bearer(server))).toBe(101);
  });

  it("with a malformed path is refused without harm to the server", async () => {
    const server = await world.server();
    const headers = { ...bearer(server), connection: "Upgrade", upgrade: "websocket" };
    expect((await send(server, { path: "//", headers })).status).toBe(404);
    expect((await send(server, { path: "//" })).status).toBe(400);
    expect((await create(server, bearer(server))).status).toBe(200);
  });
});

function buildPage(): string {
  const root = join(world.folder, "web");
  mkdirSync(join(root, "assets"), { recursive: true });
  writeFileSync(join(root, "index.html"), "<p>cockpit</p>");
  writeFileSync(join(root, "assets", "app-1a2b.js"), "run();");
  writeFileSync(join(world.folder, "secret.txt"), "secret");
  symlinkSync(join(world.folder, "secret.txt"), join(root, "link.txt"));
  return root;
}

describe("the web client", () => {
  it("is served with its page, types and cache rules", async () => {
    const server = await world.server({ web_root: buildPage() });
    const page = await send(server, { path: "/?task=auth" });
    expect(page).toMatchObject({ status: 200, text: "<p>cockpit</p>", headers: { "cache-control": "no-store" } });
    expect(page.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
    });
    expect(Object.keys(page.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    const script = await send(server, { path: "/assets/app-1a2b.js" });
    expect(script.headers["cache-control"]).toContain("immutable");
    const known = { "if-none-match": script.headers.etag ?? "" };
    expect(await send(server, { path: "/assets/app-1a2b.js", headers: known })).toMatchObject({
      status: 304,
      text: "",
    });
  });

  it.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt", "/assets/%00.js", "/%zz.js"])(
    "does not give out %s",
    async (path) => {
      const server = await world.server({ web_root: buildPage() });
      const { status, text } = await send(server, { path });
      expect(status).toBe(404);
      expect(text).not.toContain("secret");
    },
  );

  it("is replaced by a hint where it was not built", async () => {
    const server = await world.server();
    const { status, text } = await send(server, { path: "/" });
    expect(status).toBe(503);
    expect(text).toContain("not built");
  });
});
