import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverFiles } from "@conveyor/files";
import { clientOver } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLoginUrl, serverStatus, stopServer } from "./control.ts";
import { startDetachedServer } from "./detach.ts";
import { startServer } from "./server.ts";
import { until } from "./testing/until.ts";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const SERVE = join(import.meta.dirname, "testing/serve-process.ts");
const TSX = ["--import", import.meta.resolve("tsx")];

/** A server as a process of its own; `said` is its first line of output. */
function serveProcess(): { child: ChildProcess; said: Promise<string> } {
  const child = spawn(process.execPath, [...TSX, SERVE, world.ledger_path], { stdio: ["ignore", "pipe", "ignore"] });
  world.onCleanUp(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const said = once(child.stdout as NodeJS.ReadableStream, "data").then(([chunk]) => String(chunk).trim());
  return { child, said };
}

const REACHABLE = { host: "0.0.0.0", remote: "allowed", token: "a-token-long-enough" } as const;

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("a server", () => {
  it("keeps its files to its owner and the token out of the discovery file", async () => {
    const server = await world.server();
    const files = serverFiles(world.ledger_path);
    expect(modeOf(world.state_root)).toBe("700");
    for (const path of [files.discovery, files.token, files.lock, files.socket, world.ledger_path]) {
      expect([basename(path), modeOf(path)]).toEqual([basename(path), "600"]);
    }
    const token = readFileSync(files.token, "utf8").trim();
    expect(token).toMatch(/^[\w-]{43}$/);
    const discovery = readFileSync(files.discovery, "utf8");
    expect(discovery).not.toContain(token);
    expect(JSON.parse(discovery)).toEqual({
      pid: process.pid,
      pid_started_at: server.pid_started_at,
      socket: files.socket,
      url: server.url,
      version: server.version,
      ledger_path: world.ledger_path,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      protocol: 1,
      dispatch: false,
      durable: false,
    });
  });

  it.each([
    { asked: "nothing", options: {}, durable: false },
    { asked: "the option", options: { durable: true }, durable: true },
    { asked: "the environment", options: { env: { CONVEYOR_DURABLE: "yes" } }, durable: true },
    {
      asked: "the option against the environment",
      options: { durable: true, env: { CONVEYOR_DURABLE: "0" } },
      durable: true,
    },
    {
      asked: "an address that others can reach",
      options: { ...REACHABLE, env: { CONVEYOR_DURABLE: "no" } },
      durable: true,
    },
  ])("waits for the disk as $asked says, and tells so", async ({ options, durable }) => {
    const server = await world.server(options);
    expect(server.durable).toBe(durable);
    expect(await serverStatus({ ledger_path: world.ledger_path })).toMatchObject({ running: true, durable });
    expect(world.logged.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: "server_started", durable }),
    );
    await server.close();
    expect(await serverStatus({ ledger_path: world.ledger_path })).toMatchObject({ running: false, durable: null });
  });

  it("does not start when it is asked in words that mean neither yes nor no", async () => {
    const start = world.server({ env: { CONVEYOR_DURABLE: "maybe" } });
    await expect(start).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("maybe") });
    expect((await world.server()).durable).toBe(false);
  });

  it("leaves only the ledger and the token behind", async () => {
    const server = await world.server();
    await server.close();
    await server.closed;
    const left = readdirSync(world.state_root).filter((name) => !name.startsWith("workerctl.db"));
    expect(left).toEqual(["server-token"]);
  });

  it("puts its socket into a private folder elsewhere when the path is too long or the state root is open to others", async () => {
    const long = join(world.folder, "x".repeat(100), "workerctl.db");
    const open = join(world.folder, "open", "workerctl.db");
    mkdirSync(dirname(open), { mode: 0o755 });
    for (const ledger_path of [long, open]) {
      const server = await world.server({ ledger_path });
      expect(dirname(dirname(server.socket))).toBe(tmpdir());
      expect(modeOf(dirname(server.socket))).toBe("700");
      const transport = await world.transport({ path: ledger_path });
      expect(transport.mode).toBe("socket");
      await server.close();
      expect(existsSync(dirname(server.socket))).toBe(false);
    }
  });

  it("refuses a second one and says who holds the ledger", async () => {
    const server = await world.server();
    const second = startServer({ ledger_path: world.ledger_path, port: 0, log: world.log });
    await expect(second).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(server.url),
      details: { kind: "server", pid: process.pid, url: server.url },
    });
    expect((await serverStatus({ ledger_path: world.ledger_path })).running).toBe(true);
  });

  it("says which port is in use, and leaves nothing behind", async () => {
    const occupant = createServer().listen(0, "127.0.0.1");
    await once(occupant, "listening");
    const { port } = occupant.address() as { port: number };
    const start = world.server({ port });
    await expect(start).rejects.toMatchObject({ code: "port_in_use", message: expect.stringContaining(String(port)) });
    occupant.close();
    expect((await world.server()).url).toContain("127.0.0.1");
  });

  it("binds elsewhere only when it is asked to and has a token of its own", async () => {
    await expect(world.server({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(world.server({ host: "0.0.0.0", remote: "allowed" })).rejects.toMatchObject({ code: "unauthorized" });
    const short = world.server({ host: "0.0.0.0", remote: "allowed", token: "short" });
    await expect(short).rejects.toMatchObject({ code: "invalid_input" });
    const server = await world.server({ host: "0.0.0.0", remote: "allowed", token: "a-token-long-enough" });
    expect(readFileSync(server.token_file, "utf8").trim()).toBe("a-token-long-enough");
  });

  it("ends when its discovery file is gone, since nobody finds it then", async () => {
    const server = await world.server();
    rmSync(serverFiles(world.ledger_path).discovery);
    await server.closed;
    expect(world.logged.join("\n")).toContain("discovery_lost");
  });

  it("starts Dispatch with an open ledger and waits for it at the end", async () => {
    const events: string[] = [];
    const server = await world.server({
      dispatch: (ctx) => {
        events.push(`started on ${basename(ctx.store.path)}`);
        return {
          isAlive: () => true,
          async stop() {
            // An end that takes a moment: whoever does not wait for it is too early.
            await sleep(20);
            events.push("stopped");
          },
        };
      },
    });
    expect(server.dispatch).toBe(true);
    expect(await serverStatus({ ledger_path: world.ledger_path })).toMatchObject({ running: true, dispatch: true });
    await server.close();
    expect(events).toEqual(["started on workerctl.db", "stopped"]);
  });
});

describe("of servers that start at once", () => {
  it("exactly one wins over what a dead one left behind", async () => {
    mkdirSync(world.state_root, { mode: 0o700 });
    const files = serverFiles(world.ledger_path);
    writeFileSync(files.lock, JSON.stringify({ pid: 2 ** 22 + 1, pid_started_at: "1", nonce: "dead" }));
    writeFileSync(files.discovery, JSON.stringify({ pid: 2 ** 22 + 1 }));
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => world.server()));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    const left = readdirSync(world.state_root).filter((name) => name.startsWith("server.lock"));
    expect(left).toEqual(["server.lock"]);
  });

  it("exactly one process wins", async () => {
    const started = [serveProcess(), serveProcess(), serveProcess()];
    const said = await Promise.all(started.map(({ said }) => said));
    expect(said.filter((line) => line.startsWith("http://"))).toHaveLength(1);
    expect(said.filter((line) => line === "conflict")).toHaveLength(2);
  });
});

describe("control", () => {
  it("reports and stops a server over its socket", async () => {
    const server = await world.server();
    const { ledger_path } = world;
    const { pid, url, socket, version, started_at, token_file } = server;
    const status = {
      running: true,
      answers: true,
      pid,
      url,
      socket,
      version,
      ledger_path,
      started_at,
      dispatch: false,
      durable: false,
      token_file,
    };
    expect(await serverStatus({ ledger_path })).toEqual(status);
    expect(await stopServer({ ledger_path })).toEqual({
      ...status,
      running: false,
      answers: false,
      stopped: true,
    });
    await server.closed;
    expect(await serverStatus({ ledger_path })).toMatchObject({ running: false, pid: null });
    expect(await stopServer({ ledger_path })).toMatchObject({ running: false, stopped: false });
  });

  it("hands out a login URL of the running server", async () => {
    const server = await world.server();
    expect(await createLoginUrl({ ledger_path: world.ledger_path })).toMatch(
      new RegExp(`^${server.url}/login#[\\w-]+$`),
    );
    await server.close();
    await expect(createLoginUrl({ ledger_path: world.ledger_path })).rejects.toMatchObject({
      code: "server_unreachable",
    });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends a server process on %s with nothing left behind", async (signal) => {
    const { child, said } = serveProcess();
    await said;
    child.kill(signal);
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    expect(existsSync(serverFiles(world.ledger_path).lock)).toBe(false);
  });

  it("takes over from a server that was killed", async () => {
    const { child, said } = serveProcess();
    await said;
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await serverStatus({ ledger_path: world.ledger_path })).toMatchObject({ running: false });
    const passedOver = await world.transport();
    expect(passedOver.mode).toBe("embedded");
    await clientOver(passedOver).tasks.create({ name: "auth", goal: "g" });
    await world.server();
    expect(await clientOver(passedOver).tasks.list({})).toHaveLength(1);
    expect(passedOver.mode).toBe("socket");
  });

  it("starts a detached server and stops it again", async () => {
    const { ledger_path } = world;
    const argv = [process.execPath, ...TSX, SERVE, ledger_path] as const;
    const status = await startDetachedServer({ ledger_path, argv });
    expect(status).toMatchObject({ running: true, ledger_path });
    expect(status.pid).not.toBe(process.pid);
    expect(modeOf(serverFiles(ledger_path).log)).toBe("600");
    await expect(startDetachedServer({ ledger_path, argv })).rejects.toMatchObject({ code: "conflict" });
    expect(await stopServer({ ledger_path })).toMatchObject({ stopped: true });
    await until(() => !existsSync(serverFiles(ledger_path).lock));
  });

  it("gives a detached server the token of whoever starts it, and not their session or terminal", async () => {
    const { ledger_path } = world;
    const env = {
      ...process.env,
      CONVEYOR_TOKEN: "t".repeat(40),
      CODEX_THREAD_ID: "the caller",
      CODEX_SANDBOX: "seatbelt",
      TMUX_PANE: "%7",
    };
    const { pid } = await startDetachedServer({
      ledger_path,
      argv: [process.execPath, ...TSX, SERVE, ledger_path],
      env,
    });
    const had = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    expect(had).toContain(`CONVEYOR_TOKEN=${env.CONVEYOR_TOKEN}`);
    expect(had.filter((own) => /^(CODEX_(THREAD_ID|SANDBOX)|TMUX_PANE)=/.test(own))).toEqual([]);
    await stopServer({ ledger_path });
  });

  it("says why a detached server did not come up", async () => {
    const { ledger_path } = world;
    mkdirSync(world.state_root, { mode: 0o700 });
    writeFileSync(ledger_path, "this is not a ledger, but text that is long enough to be none\n");
    const start = startDetachedServer({ ledger_path, argv: [process.execPath, ...TSX, SERVE, ledger_path] });
    await expect(start).rejects.toMatchObject({
      code: "side_effect_failed",
      details: { log: serverFiles(ledger_path).log },
    });
  });
});
