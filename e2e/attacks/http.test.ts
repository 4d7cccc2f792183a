import { describe, expect, it } from "vitest";
import { JSON_TYPE, type Received, type Sent, type SignedIn, useTarget } from "./support/target.ts";

const target = useTarget();

/** The typed error of a refusal. */
const codeOf = ({ text }: Received) =>
  (JSON.parse(text) as { error: { data: { conveyor: { code: string } } } }).error.data.conveyor.code;

describe("a name that is not the server's", () => {
  const port = () => target.host.split(":")[1];
  const HOSTS: { what: string; host: () => string }[] = [
    { what: "of another site", host: () => "evil.example" },
    { what: "of another site with our port", host: () => `evil.example:${port()}` },
    { what: "that resolves to this machine", host: () => `127.0.0.1.nip.example:${port()}` },
    { what: "with another port", host: () => "127.0.0.1:1" },
    { what: "without a port", host: () => "127.0.0.1" },
    { what: "below localhost", host: () => `evil.localhost:${port()}` },
    { what: "with a trailing dot", host: () => `localhost.:${port()}` },
    { what: "in other digits", host: () => `2130706433:${port()}` },
    { what: "with user and host", host: () => `127.0.0.1:${port()}@evil.example` },
    { what: "twice in one", host: () => `127.0.0.1:${port()}, evil.example` },
    { what: "of the wildcard address", host: () => `0.0.0.0:${port()}` },
  ];
  it.each(HOSTS)("$what is refused even with the token", async ({ host }) => {
    expect((await target.create({ ...target.bearer, host: host() })).status).toBe(421);
  });

  it("is refused also when it is said twice, or not at all", async () => {
    const twice = `GET / HTTP/1.1\r\nHost: ${target.host}\r\nHost: evil.example\r\n\r\n`;
    expect(await target.talk(twice)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await target.talk("GET /trpc/tasks.list HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await target.talk("GET /trpc/tasks.list HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe("a page of another origin", () => {
  const ORIGINS = [
    "http://evil.example",
    "https://evil.example",
    "null",
    "https://127.0.0.1",
    "http://localhost",
    "http://127.0.0.1:1",
    "file://",
    "chrome-extension://abcdefgh",
    "",
  ];
  it.each(ORIGINS)("%j is refused even with the token", async (origin) => {
    const { status } = await target.create({ ...target.bearer, origin });
    expect(status).toBe(403);
  });

  it.each(["cross-site", "same-site", "nonsense"])("that a browser marks as %s is refused", async (site) => {
    expect((await target.create({ ...target.bearer, "sec-fetch-site": site })).status).toBe(403);
  });

  it("gets no permission by asking first", async () => {
    const { status, headers } = await target.send({
      method: "OPTIONS",
      path: "/trpc/tasks.create",
      headers: { origin: "http://evil.example", "access-control-request-method": "POST" },
    });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a caller without the token", () => {
  const tokenish = (text: string) => ({ authorization: text });
  const TOKENS: { what: string; sent: () => Sent }[] = [
    { what: "with none", sent: () => ({}) },
    { what: "with an empty one", sent: () => ({ headers: tokenish("Bearer ") }) },
    { what: "with a wrong one", sent: () => ({ headers: tokenish("Bearer wrong-wrong-wrong-wrong") }) },
    { what: "with a longer one", sent: () => ({ headers: tokenish(`Bearer ${target.world.token}x`) }) },
    { what: "with a shorter one", sent: () => ({ headers: tokenish(`Bearer ${target.world.token.slice(0, -1)}`) }) },
    { what: "with two", sent: () => ({ headers: tokenish(`Bearer ${target.world.token} ${target.world.token}`) }) },
    { what: "as Basic", sent: () => ({ headers: tokenish(`Basic ${target.world.token}`) }) },
    { what: "with it in the query", sent: () => ({ path: `/trpc/tasks.create?token=${target.world.token}` }) },
    { what: "with it in a cookie", sent: () => ({ headers: { cookie: `conveyor_session=${target.world.token}` } }) },
    { what: "with a session that does not exist", sent: () => ({ path: `/s/${"x".repeat(22)}/trpc/tasks.create` }) },
  ];
  it.each(TOKENS)("$what is refused", async ({ sent }) => {
    const { headers = {}, ...rest } = sent();
    const answer = await target.create(headers, rest);
    expect([answer.status, codeOf(answer)]).toEqual([401, "unauthorized"]);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});

describe("a browser's session", () => {
  const all = ({ cookie, proof }: SignedIn) => ({ cookie, "conveyor-proof": proof });

  it("in parts lets nobody in", async () => {
    const held = await target.signIn();
    const origin = { origin: target.url };
    const path = `${held.base}/trpc/tasks.create`;
    expect((await target.create({ ...origin, cookie: held.cookie }, { path })).status).toBe(401);
    expect((await target.create({ ...origin, "conveyor-proof": held.proof }, { path })).status).toBe(401);
    expect((await target.create({ ...origin, ...all(held) })).status).toBe(401);
    expect((await target.create(all(held), { path })).status).toBe(403);
  });

  it("does not open a second one", async () => {
    const [first, second] = [await target.signIn(), await target.signIn()];
    const mixed = { origin: target.url, cookie: first.cookie, "conveyor-proof": first.proof };
    expect((await target.create(mixed, { path: `${second.base}/trpc/tasks.create` })).status).toBe(401);
  });

  it("needs a login code that was not used: of many at once one wins", async () => {
    const code = (await target.loginUrl()).split("#")[1];
    const answers = await Promise.all(Array.from({ length: 20 }, () => target.logIn(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
    expect((await target.logIn(code)).status).toBe(401);
  });

  it.each([undefined, null, 1, true, [], {}, "", "x", "__proto__", "constructor", "0".repeat(32)])(
    "is not begun by the code %j",
    async (code) => {
      expect((await target.logIn(code)).status).toBe(401);
    },
  );

  it("is not begun from another page, nor by a code in another form", async () => {
    const code = (await target.loginUrl()).split("#")[1];
    expect((await target.logIn(code, { origin: "http://evil.example" })).status).toBe(403);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await target.send({ method: "POST", path: "/login", headers: form, body: `code=${code}` })).status).toBe(
      415,
    );
    expect((await target.send({ path: `/login?code=${code}` })).text).not.toContain("set-cookie");
    expect((await target.logIn(code)).status).toBe(200);
  });
});

describe("a change", () => {
  it.each(["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/jsonx", "text/json"])(
    "sent as %s is refused",
    async (type) => {
      expect((await target.create({ ...target.bearer, "content-type": type })).status).toBe(415);
    },
  );

  const input = encodeURIComponent(JSON.stringify({ name: "theirs", goal: "g" }));
  it.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])("by %s is refused", async (method) => {
    const { status } = await target.send({ method, path: `/trpc/tasks.create?input=${input}`, headers: target.bearer });
    expect(status).toBe(405);
  });

  it("is not smuggled into a batch, nor by another method's name", async () => {
    const path = `/trpc/tasks.list,tasks.create?batch=1&input=${encodeURIComponent(`{"0":{},"1":{"name":"theirs","goal":"g"}}`)}`;
    await target.send({ path, headers: target.bearer });
    const override = { ...target.bearer, "x-http-method-override": "POST" };
    expect((await target.send({ path: `/trpc/tasks.create?input=${input}`, headers: override })).status).toBe(405);
  });
});

describe("a body", () => {
  const post = (body: string) => target.create(target.bearer, { body });
  const BODIES: { what: string; body: string; status: number[] }[] = [
    { what: "that is no JSON", body: "{", status: [400] },
    { what: "with a prototype", body: `{"__proto__":{"goal":"g"},"name":"theirs"}`, status: [400] },
    { what: "with a constructor", body: `{"constructor":{"prototype":{"goal":"g"}},"name":"theirs"}`, status: [400] },
    { what: "that is a list", body: "[]", status: [400] },
    { what: "of nothing", body: "", status: [400] },
    { what: "nested a million deep", body: "[".repeat(1_000_000), status: [400] },
    { what: "with a field that does not exist", body: `{"name":"theirs","goal":"g","admin":true}`, status: [400] },
  ];
  it.each(BODIES)("$what is a typed refusal", async ({ body, status }) => {
    const answer = await post(body);
    expect(status).toContain(answer.status);
    expect(codeOf(answer)).toBe("invalid_input");
  });

  it("that is too long is refused as that", async () => {
    const answer = await post(JSON.stringify({ name: "theirs", goal: "g".repeat(20 * 1024 * 1024) }));
    expect([answer.status, codeOf(answer)]).toEqual([413, "too_large"]);
  });

  it("with ten thousand calls is refused", async () => {
    const names = Array.from({ length: 10_000 }, () => "tasks.list").join(",");
    const bytes = `POST /trpc/${names}?batch=1 HTTP/1.1\r\nHost: ${target.host}\r\n`;
    const rest = `Authorization: ${target.bearer["authorization"]}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;
    expect(await target.talk(bytes + rest)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe("a path", () => {
  const PATHS = [
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/../../main.js",
    "/assets/..%5c..%5cmain.js",
    "/%00",
    "/assets/%00.js",
    "/%zz.js",
    "/.env",
    "/server-token",
    "/assets",
    "/assets/",
    "/../main.js",
  ];
  it.each(PATHS)("%s gives out nothing", async (path) => {
    const { status, text } = await target.send({ path });
    expect([400, 404]).toContain(status);
    expect(text).toContain('"error"');
    expect(text).not.toContain("root:");
  });
});

describe("HTTP that two readers read differently", () => {
  const call = "POST /trpc/tasks.create HTTP/1.1";
  const smuggled = `${call}\r\nHost: 127.0.0.1\r\n\r\n`;
  const REQUESTS: { what: string; head: string[]; body: string }[] = [
    { what: "two lengths", head: ["Content-Length: 0", "Content-Length: 50"], body: smuggled },
    {
      what: "length and chunks",
      head: ["Content-Length: 4", "Transfer-Encoding: chunked"],
      body: `0\r\n\r\n${smuggled}`,
    },
    { what: "an unknown encoding", head: ["Transfer-Encoding: xchunked"], body: `0\r\n\r\n${smuggled}` },
    { what: "a blank before the colon", head: ["Content-Length : 0"], body: smuggled },
    { what: "a folded header", head: ["X-A: a", " b: c"], body: "" },
    { what: "a bad chunk length", head: ["Transfer-Encoding: chunked"], body: "zz\r\n" },
    { what: "a header of a megabyte", head: [`X-A: ${"a".repeat(1_000_000)}`], body: "" },
    { what: "a line feed in a name", head: ["X\nA: b"], body: "" },
  ];
  it.each(REQUESTS)("is refused: $what", async ({ head, body }) => {
    const lines = [call, `Host: ${target.host}`, `Authorization: ${target.bearer["authorization"]}`, ...head];
    expect(await target.talk(`${lines.join("\r\n")}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe("every answer", () => {
  const paths = ["/", "/login", "/healthz", "/readyz", "/nothing", "/api/config", "/trpc/tasks.list", "/favicon.svg"];
  it.each(paths)("of %s forbids what a page of others could do with it, and is kept nowhere", async (path) => {
    const { headers } = await target.send({ path, headers: JSON_TYPE });
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toMatch(/script-src[^;]*unsafe|unsafe-eval/);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});
