import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, it } from "vitest";
import { repository } from "./place.ts";

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

/** `pnpm dev` with a folder of its own and on any free port. */
function startDev(): Running {
  const folder = mkdtempSync(join(tmpdir(), "conveyor-dev-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
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
