import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { withWorld } from "../support/world/world.ts";

const LIMIT_MS = 60_000;

it("a server runs in the background until it is told to stop", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({ running: false, pid: null });
    const state = await world.ask<"system.serve">("serve", "--detach", "--port", "0");
    expect(state).toMatchObject({ running: true, dispatch: true, ledger_path: world.ledger });
    expect(await world.ask<"system.serverStatus">("serve", "--status")).toEqual(state);

    const { url } = await world.ask<"system.loginUrl">("serve", "--login");
    expect(url.startsWith(`${state.url}/`)).toBe(true);
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
    expect(await world.ask<"system.stopServer">("serve", "--stop")).toMatchObject({ running: false, stopped: true });
    expect(await world.ask<"system.stopServer">("serve", "--stop")).toMatchObject({ stopped: false });
    expect(await world.ask<"tasks.list">("tasks")).toHaveLength(1);
  });
});

it("says of itself, of its server and of the ledger whether what was answered outlives a power cut", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({}, async (world) => {
    const checked = async () => {
      const { checks } = await world.ask<"system.dbDoctor">("db-doctor");
      return checks.find(({ name }) => name === "durability");
    };
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
    expect(await checked()).toMatchObject({ ok: true, durable: false, server_durable: null });

    const state = await world.ask<"system.serve">("serve", "--detach", "--durable", "--no-dispatch", "--port", "0");
    expect(state).toMatchObject({ running: true, durable: true });
    expect(await checked()).toMatchObject({ ok: true, durable: true, server_durable: null });
    const { stdout } = await world.cli("serve", "--status", "--human");
    expect(stdout).toContain("durable: what it answers is on the disk");
    await world.ask<"system.stopServer">("serve", "--stop");
    expect(await world.ask<"system.serverStatus">("serve", "--status")).toMatchObject({ durable: null });
  });
});

it("CONVEYOR_DURABLE is heard by every command that opens the ledger, and refused when it says neither yes nor no", {
  timeout: LIMIT_MS,
}, async () => {
  await withWorld({ env: { CONVEYOR_DURABLE: "yes" } }, async (world) => {
    await world.ask<"tasks.create">("tasks", "--create", "parser", "--goal", "parse everything");
    const { checks } = await world.ask<"system.dbDoctor">("db-doctor");
    expect(checks).toContainEqual(expect.objectContaining({ name: "durability", durable: true, synchronous: "FULL" }));
  });
  await withWorld({ env: { CONVEYOR_DURABLE: "perhaps" } }, async (world) => {
    for (const command of [["tasks"], ["serve", "--port", "0"], ["serve", "--detach", "--port", "0"]]) {
      const { code, error } = await world.refused(...command);
      expect([command, code, error.code]).toEqual([command, 2, "usage"]);
      expect(error.message).toContain('CONVEYOR_DURABLE is "perhaps"');
    }
  });
});

it("two projects serve at once, and a port that is taken is named with who has it", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (first) => {
    await withWorld({}, async (second) => {
      const { url } = await first.ask<"system.serve">("serve", "--detach", "--no-dispatch");
      const taken = await second.cli("serve", "--detach", "--no-dispatch");
      expect([taken.code, taken.stderr]).toEqual([0, expect.stringMatching(/^note: port 8797 is in use/)]);
      const other = await second.ask<"system.serverStatus">("serve", "--status");
      expect([other.running, other.url === url]).toEqual([true, false]);
      await second.ask<"system.stopServer">("serve", "--stop");
      const port = new URL(url ?? "").port;
      for (const how of [[], ["--detach"]]) {
        const refused = await second.refused("serve", "--no-dispatch", "--port", port, ...how);
        expect([how, refused.code, refused.error.code]).toEqual([how, 2, "port_in_use"]);
        expect(refused.error.message).toContain("the Conveyor server of");
        expect(refused.error.details["ledger_path"]).toBe(first.ledger);
        expect(refused.error.hint).toContain("--port 0");
      }
    });
  });
});

it("a port that another program has is an error that says so, in the background as in front", {
  timeout: LIMIT_MS,
}, async () => {
  const occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  const { port } = occupant.address() as { port: number };
  await withWorld({}, async (world) => {
    for (const how of [[], ["--detach"]]) {
      const refused = await world.refused("serve", "--port", String(port), ...how);
      expect([how, refused.code, refused.error.code]).toEqual([how, 2, "port_in_use"]);
      expect(refused.error.message).toContain(`process ${process.pid}`);
    }
  });
  occupant.close();
});

it("a server named on the command line answers only to its token", { timeout: LIMIT_MS }, async () => {
  await withWorld({ mode: "socket" }, async (world) => {
    const server = world.server?.url ?? "";
    const ask = async (env: Record<string, string>) =>
      (await world.begin(["tasks", "--create", "parser", "--goal", "x", "--server", server, "--json"], { env })).done;
    const stranger = await ask({ CONVEYOR_TOKEN: "not-the-token-of-it" });
    expect([stranger.code, stranger.stdout, JSON.parse(stranger.stderr).error.code]).toEqual([2, "", "unauthorized"]);
    expect((await ask({ CONVEYOR_TOKEN: world.token })).code).toBe(0);
    const nobody = await world.refused("tasks", "--server", "http://127.0.0.1:9");
    expect([nobody.code, nobody.error.code]).toEqual([2, "server_unreachable"]);
    expect(nobody.error.hint).toContain("conveyor serve");
  });
});

it("completions are printed for each shell", { timeout: LIMIT_MS }, async () => {
  await withWorld({}, async (world) => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await world.cli("completions", shell);
      expect([shell, code]).toEqual([shell, 0]);
      expect(stdout).toContain("finish-task");
    }
  });
});
