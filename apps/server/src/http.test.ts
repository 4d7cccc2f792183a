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

function create(server: RunningServer, headers: Record<string, string>, { goal = "g", base = "" } = {}) {
  return send(server, {
    method: "POST",
    path: `${base}/trpc/tasks.create`,
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ name: "auth", goal }),
  });
}

/** What a browser that signed in holds: the path of its session, and the headers that its calls carry. */
interface SignedIn {
  base: string;
  cookie: string;
  proof: string;
}

/** Sign in as the login page does. */
async function signIn(server: RunningServer): Promise<SignedIn> {
  const code = server.createLoginUrl().split("#")[1];
  const headers = { ...JSON_TYPE, origin: server.url };
  const {
    status,
    headers: received,
    text,
  } = await send(server, {
    method: "POST",
    path: "/login",
    headers,
    body: JSON.stringify({ code }),
  });
  expect(status).toBe(200);
  return { ...JSON.parse(text), cookie: received["set-cookie"]?.[0]?.split(";")[0] ?? "" };
}

/** Try to open a WebSocket; returns the HTTP status of a refusal or 101. */
function upgrade(server: RunningServer, headers: Record<string, string>, base = "", proof = ""): Promise<number> {
  const protocols = proof === "" ? [] : ["conveyor", `conveyor.proof.${proof}`];
  const socket = new WebSocket(`${server.url.replace("http", "ws")}${base}/trpc`, protocols, { headers });
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
    const { status, text } = await create(server, bearer(server), { goal: "g".repeat(20_000) });
    expect(status).toBe(413);
    expect(JSON.parse(text).error.data.conveyor).toMatchObject({ code: "too_large" });
  });

  it.each([
    "/api/nothing",
    "/nowhere",
    "/tasks/one/two",
    "/sessions/x",
    "/healthz/x",
    "/index",
    "/nothing.js",
    "/assets/",
    "//",
  ])("for %s, which does not exist, gets JSON and not the page", async (path) => {
    const server = await world.server({ web_root: buildPage() });
    const { status, text } = await send(server, { path });
    expect(status).toBe(path === "//" ? 400 : 404);
    expect(JSON.parse(text).error.data.conveyor.code).toBe(path === "//" ? "invalid_input" : "not_found");
  });

  it.each(["/", "/tasks", "/tasks/it%27s%20%2F..%2F..", "/sessions", "/messages?show=held", "/about"])(
    "for %s gets the page, to anybody who asks and with the same policy",
    async (path) => {
      const server = await world.server({ web_root: buildPage() });
      const home = await send(server, { path: "/" });
      const page = await send(server, { path });
      expect([page.status, page.text]).toEqual([200, home.text]);
      expect(page.headers["content-security-policy"]).toBe(home.headers["content-security-policy"]);
      expect(page.headers["cache-control"]).toBe("no-store");
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
    await create(server, bearer(server), { goal: "a private goal" });
    await create(server, { authorization: "Bearer wrong-token-wrong-token" });
    const log = world.logged.join("\n");
    expect(log).toContain("server_started");
    for (const secret of [tokenOf(server), "wrong-token", "private goal"]) expect(log).not.toContain(secret);
  });
});

describe("a browser", () => {
  it("gets a strict cookie for a login code, once, for a path of its own", async () => {
    const server = await world.server();
    const url = server.createLoginUrl();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login#[\w-]{32}$/);
    const body = JSON.stringify({ code: url.split("#")[1] });
    const sign = () =>
      send(server, { method: "POST", path: "/login", headers: { ...JSON_TYPE, origin: server.url }, body });
    const first = await sign();
    const { base, proof } = JSON.parse(first.text) as SignedIn;
    expect(base).toMatch(/^\/s\/[\w-]{22}$/);
    const cookie = first.headers["set-cookie"]?.[0] ?? "";
    expect(cookie).toMatch(/^conveyor_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/s\/[\w-]{22}\/$/);
    expect(cookie).toContain(`Path=${base}/`);
    for (const secret of [tokenOf(server), proof]) expect(cookie).not.toContain(secret);
    expect((await sign()).status).toBe(401);
  });

  /** What another program on this machine might have got hold of, and what it can do with that: nothing. */
  const PARTS: { what: string; headers: (held: SignedIn) => Record<string, string>; base?: string }[] = [
    { what: "nothing", headers: () => ({}) },
    { what: "the path only", headers: () => ({}) },
    { what: "the cookie only", headers: ({ cookie }) => ({ cookie }), base: "" },
    { what: "path and cookie", headers: ({ cookie }) => ({ cookie }) },
    { what: "path and proof", headers: ({ proof }) => ({ "conveyor-proof": proof }) },
    { what: "cookie and a wrong proof", headers: ({ cookie }) => ({ cookie, "conveyor-proof": "x".repeat(43) }) },
    {
      what: "a wrong cookie and the proof",
      headers: ({ proof }) => ({ cookie: "conveyor_session=x", "conveyor-proof": proof }),
    },
    { what: "all three under another path", headers: all, base: `/s/${"x".repeat(22)}` },
    { what: "all three under no path", headers: all, base: "" },
  ];
  function all({ cookie, proof }: SignedIn) {
    return { cookie, "conveyor-proof": proof };
  }

  it.each(PARTS)("with $what is not let in, not even with our Origin", async ({ headers, base }) => {
    const server = await world.server();
    const held = await signIn(server);
    const parts = { ...headers(held), origin: server.url };
    expect((await create(server, parts, { base: base ?? held.base })).status).toBe(401);
    const read = `${base ?? held.base}/trpc/tasks.list?input=%7B%7D`;
    expect((await send(server, { path: read, headers: parts })).status).toBe(401);
  });

  it("that signed in may change things only from the server's own page", async () => {
    const server = await world.server();
    const held = await signIn(server);
    const { base } = held;
    expect((await create(server, all(held), { base })).status).toBe(403);
    expect((await create(server, { ...all(held), origin: "http://evil.example" }, { base })).status).toBe(403);
    expect((await create(server, { ...all(held), origin: server.url }, { base })).status).toBe(200);
    const read = await send(server, { path: `${base}/trpc/tasks.list?input=%7B%7D`, headers: all(held) });
    expect(read.status).toBe(200);
  });

  it("does not lose its session to a cookie of the same name that another program set", async () => {
    const server = await world.server();
    const held = await signIn(server);
    const headers = { ...all(held), cookie: `conveyor_session=theirs; ${held.cookie}`, origin: server.url };
    expect((await create(server, headers, { base: held.base })).status).toBe(200);
  });

  it("has to sign in again when the server was started anew", async () => {
    const first = await world.server();
    const port = Number(new URL(first.url).port);
    const held = await signIn(first);
    const { base } = held;
    await first.close();
    const second = await world.server({ port });
    expect((await create(second, { ...all(held), origin: second.url }, { base })).status).toBe(401);
    expect(await upgrade(second, { cookie: held.cookie, origin: second.url }, base, held.proof)).toBe(401);
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
    const { base, cookie, proof } = await signIn(server);
    expect(await upgrade(server, {})).toBe(401);
    expect(await upgrade(server, { authorization: "Bearer nonsense-nonsense" })).toBe(401);
    expect(await upgrade(server, { cookie, origin: server.url }, base)).toBe(401);
    expect(await upgrade(server, { cookie, origin: server.url }, "", proof)).toBe(401);
    expect(await upgrade(server, { origin: server.url }, base, proof)).toBe(401);
    expect(await upgrade(server, { cookie }, base, proof)).toBe(403);
    expect(await upgrade(server, { cookie, origin: "http://evil.example" }, base, proof)).toBe(403);
    expect(await upgrade(server, { ...bearer(server), host: "evil.example" })).toBe(421);
    expect(await upgrade(server, { cookie, origin: server.url }, base, proof)).toBe(101);
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
