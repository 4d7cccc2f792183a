import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { serverFiles } from "@conveyor/files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { World } from "./testing/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const CLIENT = join(import.meta.dirname, "testing/client-process.ts");
const SERVE = join(import.meta.dirname, "testing/serve-process.ts");
const NOBODY = 65_534;

interface Outcome {
  mode: string;
  created: unknown;
  listed: unknown;
}

/** Nothing is forbidden to root, so where the tests run as root all of the scene belongs to somebody else. */
const isRoot = process.getuid?.() === 0;

/** Run a program of this folder on the world's ledger; with few rights where it shall be forbidden something. */
function start(program: string, rights: "own" | "few"): ChildProcess & { stdout: Readable } {
  const drop = rights === "few" && isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const argv = ["--import", import.meta.resolve("tsx"), program, world.ledger_path];
  const temporary = mkdtempSync(join(tmpdir(), "conveyor-test-"));
  chmodSync(temporary, 0o777);
  world.onCleanUp(async () => rmSync(temporary, { recursive: true, force: true }));
  const env = { PATH: process.env["PATH"], HOME: temporary, TMPDIR: temporary };
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"], env, ...drop });
  world.onCleanUp(async () => void child.kill("SIGKILL"));
  return child;
}

/** Run the client to its own end. */
async function runClient(rights: "own" | "few"): Promise<Outcome> {
  return JSON.parse(await text(start(CLIENT, rights).stdout)) as Outcome;
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
    if (isRoot) chownSync(world.folder, NOBODY, NOBODY);
    await once(start(SERVE, "few").stdout, "data");
    const { socket } = serverFiles(world.ledger_path);
    const files = readdirSync(world.state_root).map((name) => join(world.state_root, name));
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
