import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const CLIENT = join(import.meta.dirname, "testing/client-process.ts");
const NOBODY = 65_534;

interface Outcome {
  mode: string;
  created: unknown;
  listed: unknown;
}

/** Run the client to its own end; root gives up its rights first, because nothing is forbidden to root. */
async function runClient(rights: "own" | "few"): Promise<Outcome> {
  const drop = rights === "few" && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const argv = ["--import", import.meta.resolve("tsx"), CLIENT, world.ledger_path];
  const temporary = mkdtempSync(join(tmpdir(), "conveyor-test-"));
  chmodSync(temporary, 0o777);
  world.onCleanUp(async () => rmSync(temporary, { recursive: true, force: true }));
  const env = { PATH: process.env["PATH"], HOME: temporary, TMPDIR: temporary };
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"], env, ...drop });
  return JSON.parse(await text(child.stdout)) as Outcome;
}

/** Take the right to write away, and give it back when the test ends. */
function makeReadOnly(paths: string[], mode: number): void {
  for (const path of paths) chmodSync(path, mode);
  world.onCleanUp(async () => {
    for (const path of paths) chmodSync(path, 0o700);
  });
}

describe("a client process", () => {
  it("ends by itself although it never closed its connection", async () => {
    expect(await runClient("own")).toEqual({ mode: "embedded", created: "ok", listed: "ok" });
    await world.server();
    expect(await runClient("own")).toEqual({ mode: "socket", created: "ok", listed: "ok" });
  });

  it("that may open no socket reads the ledger itself, and says what it needs in order to write", async () => {
    const { socket } = await world.server();
    await (await world.transport()).call({ path: "tasks.create", kind: "mutation" }, { name: "first", goal: "g" });
    const files = readdirSync(world.state_root).map((name) => join(world.state_root, name));
    chmodSync(world.folder, 0o755);
    makeReadOnly(files, 0o444);
    makeReadOnly([socket], 0o000);
    makeReadOnly([world.state_root], 0o555);
    const { mode, created, listed } = await runClient("few");
    expect(mode).toBe("embedded");
    expect(listed).toBe("ok");
    expect(created).toMatchObject({
      code: "ledger_unwritable",
      message: expect.stringContaining(socket),
      details: { socket, socket_reason: "EACCES" },
    });
    expect((created as { message: string }).message).toContain(world.ledger_path);
  });
});
