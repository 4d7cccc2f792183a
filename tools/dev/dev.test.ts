import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { repository } from "./place.ts";

const execute = promisify(execFile);

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const TSX = ["--import", import.meta.resolve("tsx")];

interface Running {
  child: ChildProcess;
  /** Waits for a line that matches and answers with its first group. */
  said(pattern: RegExp): Promise<string>;
  /** Settles when nobody holds the output any more: the process and all that it started are gone. */
  allGone: Promise<unknown>;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "conveyor-dev-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `pnpm dev` with a folder of its own and on any free port. */
function startDev(): Running {
  const folder = makeFolder();
  const child = spawn(process.execPath, [...TSX, join(repository, "tools/dev/dev.ts")], {
    env: { ...process.env, NODE_ENV: "production", CONVEYOR_DEV_FOLDER: folder, CONVEYOR_DEV_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = createInterface({ input: child.stdout });
  const allGone = once(output, "close");
  const lines: string[] = [];
  output.on("line", (line) => lines.push(line));
  cleanUps.push(async () => {
    child.kill("SIGKILL");
    await allGone;
  });
  const said = async (pattern: RegExp) => {
    for (;;) {
      const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
      if (found) return found[1] ?? "";
      await once(output, "line");
    }
  };
  return { child, said, allGone };
}

it("serves the page and the ledger from the sources, and ends everything when it is interrupted", async () => {
  const dev = startDev();
  const url = await dev.said(/^dev: serving (\S+)$/);
  await dev.said(/^dev: the page is built()/);
  expect(await dev.said(/^dev: open (\S+)$/)).toContain(`${url}/login#`);
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('id="root"');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  dev.child.kill("SIGINT");
  expect(await once(dev.child, "exit")).toEqual([0, null]);
  await dev.allGone;
  await expect(fetch(url)).rejects.toThrow();
});

it("leaves no server behind when it is killed", async () => {
  const dev = startDev();
  const url = await dev.said(/^dev: serving (\S+)$/);
  dev.child.kill("SIGKILL");
  await dev.allGone;
  await expect(fetch(url)).rejects.toThrow();
});

it("runs the command line from the sources on its ledger, and what that starts too", async () => {
  const env = { ...process.env, CONVEYOR_DEV_FOLDER: makeFolder(), CONVEYOR_STATE_ROOT: "" };
  const cli = async (...argv: string[]) => {
    const ran = await execute(process.execPath, [join(repository, "tools/dev/conveyor.mjs"), ...argv, "--json"], {
      env,
    });
    return JSON.parse(ran.stdout);
  };
  const server = await cli("serve", "--detach", "--port", "0");
  cleanUps.push(async () => void (await cli("serve", "--stop")));
  expect(server).toMatchObject({ running: true, ledger_path: join(env.CONVEYOR_DEV_FOLDER, "state/workerctl.db") });
  expect(await cli("tasks", "--create", "a", "--goal", "b")).toMatchObject({ created: true });
  expect(await cli("serve", "--status")).toMatchObject({ pid: server.pid, answers: true });
});
