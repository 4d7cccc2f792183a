import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { operations } from "@conveyor/contracts";
import { serverFiles } from "@conveyor/files";
import { type ConveyorError, clientOver, connect, type Transport, type TransportOptions } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeRouter, Source } from "./testing/probe-router.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const MODES = ["embedded", "socket", "http"] as const;

async function through(mode: (typeof MODES)[number]): Promise<Transport> {
  if (mode === "embedded") return world.transport();
  const server = await world.server();
  if (mode === "socket") return world.transport();
  return world.transport({ server: server.url, token: readFileSync(server.token_file, "utf8").trim() });
}

describe("a call", () => {
  it.each(MODES)("creates and lists a task in mode %s", async (mode) => {
    const transport = await through(mode);
    const conveyor = clientOver(transport);
    const created = await conveyor.tasks.create({ name: "auth", goal: "Refactor auth" });
    expect(conveyor.mode).toBe(mode);
    expect(created).toEqual({ created: true, id: expect.stringMatching(/^task-/), name: "auth", state: "candidate" });
    const listed = await conveyor.tasks.list({});
    expect(listed).toEqual([
      {
        id: created.id,
        name: "auth",
        agents: [],
        goal: "Refactor auth",
        summary: null,
        state: "candidate",
        budget: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
  });

  it("fails with the same error in every mode", async () => {
    const errors: unknown[] = [];
    const server = await world.server();
    const token = readFileSync(server.token_file, "utf8").trim();
    const transports = [await world.transport(), await world.transport({ server: server.url, token })];
    await clientOver(transports[0] as Transport).tasks.create({ name: "auth", goal: "one" });
    const conflicting = async (transport: Transport) => {
      const error = await clientOver(transport)
        .tasks.create({ name: "auth", goal: "another" })
        .catch((thrown: unknown) => thrown);
      errors.push((error as ConveyorError).toBody());
    };
    for (const transport of transports) await conflicting(transport);
    await server.close();
    const embedded = await world.transport();
    expect(embedded.mode).toBe("embedded");
    await conflicting(embedded);
    expect(errors[0]).toMatchObject({ code: "conflict", details: { kind: "task", name: "auth" } });
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[2]).toEqual(errors[0]);
  });

  it.each(MODES)("names the wrong field of an input in mode %s", async (mode) => {
    const transport = await through(mode);
    const call = transport.call({ path: "tasks.create", kind: "mutation" }, { name: "auth", goal: 7 });
    await expect(call).rejects.toMatchObject({
      name: "ConveyorError",
      code: "invalid_input",
      message: expect.stringContaining("goal"),
    });
  });

  it.each(MODES)("says that an operation does not exist in mode %s", async (mode) => {
    const transport = await through(mode);
    const call = transport.call({ path: "tasks.sing", kind: "query" }, {});
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });

  it("that only reads makes no ledger", async () => {
    const transport = await world.transport();
    await expect(transport.call({ path: "tasks.list", kind: "query" }, {})).rejects.toMatchObject({
      code: "ledger_missing",
    });
  });

  it("that describes its caller runs in the caller's process even when a server runs", async () => {
    await world.server({ router: probeRouter(new Source()) });
    const transport = await world.transport();
    expect(transport.mode).toBe("socket");
    // The server's router has no such procedure, so an answer can only come from this process.
    const { path, kind } = operations.tasks.create;
    const input = { name: "auth", goal: "g" };
    await expect(transport.call({ path, kind }, input)).rejects.toMatchObject({ code: "not_found" });
    expect(await transport.call({ path, kind, here: true }, input)).toMatchObject({ created: true });
  });
});

describe("a named server", () => {
  it("that is not there, is no server, or refuses the token is a typed error", async () => {
    const list = async (options: TransportOptions) => clientOver(await world.transport(options)).tasks.list({});
    const server = await world.server();
    const token = readFileSync(server.token_file, "utf8").trim();
    await expect(list({ server: server.url, token: `${token}x` })).rejects.toMatchObject({ code: "unauthorized" });
    await expect(list({ server: server.url })).rejects.toMatchObject({
      code: "unauthorized",
      hint: expect.any(String),
    });
    const other = createServer((_request, response) => void response.end("<p>hello</p>")).listen(0, "127.0.0.1");
    await once(other, "listening");
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(list({ server: elsewhere, token })).rejects.toMatchObject({ code: "server_unreachable" });
    other.close();
    await expect(list({ server: "nonsense" })).rejects.toMatchObject({ code: "invalid_input" });
    await server.close();
    await expect(list({ server: server.url, token })).rejects.toMatchObject({
      code: "server_unreachable",
      message: expect.stringContaining(server.url),
      hint: expect.stringContaining("conveyor serve"),
    });
  });

  it("is taken from the environment too", async () => {
    const server = await world.server();
    const token = readFileSync(server.token_file, "utf8").trim();
    const env = { CONVEYOR_SERVER: server.url, CONVEYOR_TOKEN: token };
    await using conveyor = await connect({ path: "/nowhere/workerctl.db", env });
    expect(conveyor.mode).toBe("http");
    expect(await conveyor.tasks.list()).toEqual([]);
  });
});

describe("a discovery file", () => {
  it.each([
    ["of another version", { version: "0.0.0" }],
    ["of another protocol", { protocol: 999 }],
    ["of another ledger", { ledger_path: "/elsewhere/workerctl.db" }],
    ["of a dead process whose socket is gone", { pid: 2 ** 22 + 1, socket: "/nowhere/server.sock" }],
    ["whose pid now belongs to another process", { pid_started_at: "1", socket: "/nowhere/server.sock" }],
  ])("%s is passed over without a word", async (_what, changed) => {
    await world.server();
    const { discovery } = serverFiles(world.ledger_path);
    const record = JSON.parse(readFileSync(discovery, "utf8"));
    writeFileSync(discovery, JSON.stringify({ ...record, ...changed }));
    const conveyor = clientOver(await world.transport());
    expect(conveyor.mode).toBe("embedded");
    expect(await conveyor.tasks.create({ name: "auth", goal: "g" })).toMatchObject({ created: true });
    writeFileSync(discovery, JSON.stringify(record));
    expect(await conveyor.tasks.list({})).toHaveLength(1);
  });
});
