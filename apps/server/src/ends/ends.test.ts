import { readFileSync } from "node:fs";
import { request } from "node:http";
import { allOperations } from "@conveyor/contracts/registry";
import { serverFiles } from "@conveyor/files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RunningServer } from "../server.ts";
import { World } from "../testing/world.ts";
import { openApiDocument } from "./openapi.ts";
import { schemaDocument } from "./schema.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const bearer = () => ({ authorization: `Bearer ${readFileSync(serverFiles(world.ledger_path).token, "utf8").trim()}` });
const ask = (server: RunningServer, path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { ...init, headers: { ...bearer(), ...init.headers } });
const call = (server: RunningServer, path: string, input: object) =>
  ask(server, `/api/calls/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  });
const newTask = (server: RunningServer, name: string) => call(server, "tasks.create", { name, goal: "a private goal" });

describe("plain HTTP calls", () => {
  it("take the input as JSON and answer with the answer itself", async () => {
    const server = await world.server();
    const made = await newTask(server, "auth");
    expect([made.status, await made.json()]).toMatchObject([200, { created: true, name: "auth" }]);
    const listed = await ask(server, `/api/calls/tasks.list?input=${encodeURIComponent('{"limit":1}')}`);
    expect([listed.status, await listed.json()]).toMatchObject([200, [{ name: "auth" }]]);
    expect((await call(server, "tasks.list", {})).status).toBe(200);
  });

  it.each<[string, string, RequestInit, number, string]>([
    ["an unknown call", "/api/calls/tasks.nothing", {}, 404, "not_found"],
    ["a stream", "/api/calls/telemetry.onEvent", {}, 404, "not_found"],
    ["what runs in the caller's own process", "/api/calls/system.serve", {}, 404, "not_found"],
    ["a name of every object", "/api/calls/toString", {}, 404, "not_found"],
    ["a change by GET", "/api/calls/tasks.create", {}, 405, "invalid_input"],
    ["input that is no JSON", "/api/calls/tasks.list?input={", {}, 400, "invalid_input"],
    ["input that is no object", "/api/calls/tasks.list?input=[]", {}, 400, "invalid_input"],
    ["a field that there is not", "/api/calls/tasks.list?input={%22x%22:1}", {}, 400, "invalid_input"],
    ["a task that there is not", "/api/calls/audit.show?input={%22task%22:%22x%22}", {}, 404, "not_found"],
  ])("refuse %s", async (_, path, init, status, code) => {
    const server = await world.server();
    const answer = await ask(server, path, init);
    const { error } = (await answer.json()) as { error: { code: string; hint: unknown } };
    expect([answer.status, error.code]).toEqual([status, code]);
    expect(error.hint).toEqual(expect.any(String));
  });

  it.each(["/api/calls/tasks.list", "/api/openapi.json", "/api/schema", "/api/events", "/metrics"])(
    "and %s need the token",
    async (path) => {
      const server = await world.server();
      expect((await fetch(`${server.url}${path}`)).status).toBe(401);
    },
  );
});

describe("the description of the calls", () => {
  it("is OpenAPI 3.1 with every query and mutation, and nothing in it leads nowhere", async () => {
    const server = await world.server();
    const document = (await (await ask(server, "/api/openapi.json")).json()) as Awaited<
      ReturnType<typeof openApiDocument>
    >;
    expect(document).toEqual(JSON.parse(JSON.stringify(await openApiDocument())));
    expect(document["openapi"]).toBe("3.1.0");
    const paths = document["paths"] as Record<string, { get?: object; post: { operationId: string } }>;
    expect(paths["/api/calls/tasks.list"]).toHaveProperty("get");
    expect(paths["/api/calls/tasks.create"]).not.toHaveProperty("get");
    expect(Object.keys(paths).length).toBeGreaterThan(80);
    const { schemas } = document["components"] as { schemas: Record<string, unknown> };
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref);
    expect(refs.length).toBeGreaterThan(100);
    for (const ref of new Set(refs)) {
      expect(ref).toMatch(/^#\/components\/schemas\//);
      expect(Object.keys(schemas)).toContain(ref.slice("#/components/schemas/".length).split("/")[0]);
    }
    const ids = Object.values(paths).flatMap(
      ({ post, get }) => [post, ...(get ? [get] : [])] as { operationId: string }[],
    );
    expect(new Set(ids.map(({ operationId }) => operationId)).size).toBe(ids.length);
  });
});

describe("the schemas of all answers", () => {
  it("stand under the path of each operation, and real answers fit theirs", async () => {
    const server = await world.server();
    const document = (await (await ask(server, "/api/schema")).json()) as Awaited<ReturnType<typeof schemaDocument>>;
    expect(document).toEqual(JSON.parse(JSON.stringify(await schemaDocument())));
    const served = allOperations().filter(({ kind }) => kind !== "local");
    expect(Object.keys(document.outputs).sort()).toEqual(served.map(({ path }) => path).sort());
    const { id } = (await (await newTask(server, "auth")).json()) as { id: string };
    const fits = (path: string, answer: unknown) =>
      z.fromJSONSchema(document.outputs[path] as Parameters<typeof z.fromJSONSchema>[0]).safeParse(answer).success;
    for (const [path, input] of [
      ["tasks.list", {}],
      ["autonomy.preflightSmoke", { task: id }],
      ["criteria.list", { task: id }],
    ] as const) {
      const answer = await call(server, path, input).then((reply) => reply.json());
      expect([path, fits(path, answer)]).toEqual([path, true]);
      expect([path, fits(path, { other: answer })]).toEqual([path, false]);
    }
  });
});

describe("figures", () => {
  it("count calls, refusals and what the ledger holds, and show nothing of it", async () => {
    const server = await world.server();
    await newTask(server, "auth");
    await call(server, "audit.show", { task: "velvet-otter" });
    const answer = await ask(server, "/metrics");
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await answer.text();
    expect(text).toContain('conveyor_calls_total{operation="tasks.create",kind="mutation",code="ok"} 1');
    expect(text).toContain('conveyor_calls_total{operation="audit.show",kind="query",code="not_found"} 1');
    expect(text).toContain('conveyor_ledger_rows{gauge="tasks",kind="candidate",role=""} 1');
    expect(text).toMatch(/conveyor_call_duration_seconds_count\{operation="tasks.create",kind="mutation"\} 1/);
    expect(text).toMatch(/^conveyor_ledger_bytes \d{5,}$/m);
    expect(text).toContain("conveyor_dispatch_alive 0");
    for (const hidden of ["velvet-otter", "private goal", 'auth"']) expect(text).not.toContain(hidden);
    const again = await (await ask(server, "/metrics")).text();
    expect(again).toContain('conveyor_calls_total{operation="tasks.create",kind="mutation",code="ok"} 1');
  });
});

describe("whether the server is ready", () => {
  it("depends on the Dispatch loop that works beside it", async () => {
    let alive = true;
    const server = await world.server({ dispatch: () => ({ isAlive: () => alive, stop: async () => {} }) });
    const ready = async () => (await fetch(`${server.url}/readyz`)).status;
    expect(await ready()).toBe(200);
    alive = false;
    expect(await ready()).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });
});

/** Reads server-sent events from an open answer. */
class EventReader {
  readonly ended: Promise<void>;
  #text = "";
  #wake: () => void = () => {};
  #request: ReturnType<typeof request>;
  status = 0;

  constructor(server: RunningServer, path: string, headers: Record<string, string> = {}) {
    let end = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#request = request(`${server.url}${path}`, { headers: { ...bearer(), ...headers } }, (response) => {
      this.status = response.statusCode ?? 0;
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        this.#text += chunk;
        this.#wake();
      });
      response.on("close", () => {
        end();
        this.#wake();
      });
    });
    this.#request.on("error", () => end());
    this.#request.end();
  }

  /** The next event. */
  async next(): Promise<{ id: string | undefined; event: string; data: Record<string, unknown> }> {
    for (;;) {
      const at = this.#text.indexOf("\n\n");
      if (at >= 0) {
        const block = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 2);
        const fields = new Map(
          block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
        );
        if (!fields.has("event")) continue;
        return {
          id: fields.get("id"),
          event: fields.get("event") ?? "",
          data: JSON.parse(fields.get("data") ?? "null"),
        };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  leave(): void {
    this.#request.destroy();
  }
}

describe("the event stream", () => {
  it("tells what happens, and goes on where its reader was cut off", async () => {
    const server = await world.server();
    await newTask(server, "before");
    const reader = new EventReader(server, "/api/events?event_type=task_created");
    const ready = await reader.next();
    expect(ready).toMatchObject({ event: "ready", data: {} });
    await newTask(server, "one");
    const first = await reader.next();
    expect(first).toMatchObject({ event: "telemetry", data: { event_type: "task_created" } });
    expect(Number(first.id)).toBeGreaterThan(Number(ready.id));
    reader.leave();
    await newTask(server, "two");
    await newTask(server, "three");
    const again = new EventReader(server, "/api/events?event_type=task_created", { "last-event-id": first.id ?? "" });
    const ids = [await again.next(), await again.next()].map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(ids[0]).toBeGreaterThan(Number(first.id));
    await server.close();
    await again.ended;
  });

  it.each([
    ["/api/events?nothing=1", {}, 400],
    ["/api/events?severity=loud", {}, 400],
    ["/api/events?task=nobody", {}, 404],
    ["/api/events", { "last-event-id": "yesterday" }, 400],
  ])("refuses %s %j", async (path, headers, status) => {
    const server = await world.server();
    await newTask(server, "auth");
    const reader = new EventReader(server, path, headers as Record<string, string>);
    await reader.ended;
    expect(reader.status).toBe(status);
  });
});
