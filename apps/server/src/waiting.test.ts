import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Conveyor, clientOver, type TransportOptions } from "@conveyor/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunningServer } from "./server.ts";
import { until } from "./testing/until.ts";
import { World } from "./testing/world.ts";

const PROCESS = fileURLToPath(new URL("./testing/waiting-process.ts", import.meta.url));

let world: World;
let server: RunningServer;
let conveyor: Conveyor;
beforeEach(async () => {
  world = new World();
  server = await world.server();
  conveyor = clientOver(await world.transport());
  await conveyor.tasks.create({ name: "task", goal: "g" });
  await conveyor.sessions.registerWorker({ name: "worker", codex_session: world.rollout() });
  await conveyor.sessions.registerManager({ name: "manager", codex_session: world.rollout() });
  await conveyor.bindings.bind({ task: "task", worker: "worker", manager: "manager" });
});
afterEach(() => world.end());

function optionsFor(mode: "socket" | "http"): TransportOptions {
  if (mode === "socket") return { path: world.ledger_path, env: { HOME: world.folder } };
  return { server: server.url, token: readFileSync(server.token_file, "utf8").trim() };
}

async function send(message: string): Promise<void> {
  await conveyor.dispatch.enqueueNudgeWorker({ task: "task", message });
  await conveyor.dispatch.run({ once: true });
}

const pending = async () =>
  (await conveyor.inbox.worker({ task: "task" })).items.map(({ payload }) => payload["message"]);

/** A consumer in a process of its own, which waits at the server. */
async function waitingProcess(mode: "socket" | "http"): Promise<{ child: ChildProcess; printed: () => string }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROCESS, JSON.stringify(optionsFor(mode)), "task"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  world.onCleanUp(async () => void child.kill("SIGKILL"));
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += String(text);
  });
  await until(() => printed.includes("waiting"));
  return { child, printed: () => printed };
}

describe.each(["socket", "http"] as const)("a consumer that waits at the server over %s", (mode) => {
  it("gets what comes, and nobody else does", { timeout: 60_000 }, async () => {
    const { child, printed } = await waitingProcess(mode);
    await send("for you");
    await once(child, "exit");
    expect(printed()).toContain('"message":"for you"');
    expect(await pending()).toEqual([]);
  });

  it("takes nothing more once it was killed, however soon a message comes", { timeout: 60_000 }, async () => {
    const { child } = await waitingProcess(mode);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    await send("not lost");
    expect(await pending()).toEqual(["not lost"]);
    const again = clientOver(await world.transport(optionsFor(mode)));
    const taken = await again.inbox.take({ task: "task", role: "worker", wait_seconds: 60 });
    expect(taken?.payload).toMatchObject({ message: "not lost" });
  });

  it("takes nothing more once it was interrupted, and hears that it was", async () => {
    const own = clientOver(await world.transport(optionsFor(mode)));
    const interrupt = new AbortController();
    const input = { task: "task", wait: true, timeout: 600 };
    const waiting = own.inbox.takeWorker(input, { signal: interrupt.signal });
    await own.inbox.worker({ task: "task" });
    interrupt.abort();
    expect(await waiting).toMatchObject({ consumed: null, interrupted: true });
    await send("not lost");
    expect(await pending()).toEqual(["not lost"]);
  });
});
