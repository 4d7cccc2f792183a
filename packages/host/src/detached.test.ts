import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDetached } from "./detached.ts";
import { until } from "./tmux/testing.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-detached-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (script: string, log = join(folder, "logs", "own.log")) =>
  startDetached({ argv: [process.execPath, "-e", script], log, cwd: folder, env: { HELLO: "world" } });

describe("a program that is started to outlive this one", () => {
  it("leads a process group of its own, in its folder, with its environment and nothing to read", async () => {
    const { pid } = await start(`
      const input = require("node:fs").readFileSync(0, "utf8");
      console.log(JSON.stringify({ cwd: process.cwd(), hello: process.env.HELLO, home: process.env.HOME, input }));
      setTimeout(() => {}, 60000);
    `);
    const log = join(folder, "logs", "own.log");
    await until(async () => readFileSync(log, "utf8").includes("\n"));
    expect(JSON.parse(readFileSync(log, "utf8"))).toEqual({ cwd: folder, hello: "world", input: "" });
    expect(statSync(log).mode & 0o777).toBe(0o600);
    // A signal to the group of that number reaches it only if it leads one.
    process.kill(-pid, "SIGKILL");
  });

  it("is known to have ended while somebody watches", async () => {
    const started = await start("process.exit(3)");
    await until(async () => started.ended() !== undefined);
    expect(started.ended()).toBe("exit code 3");
  });

  it("puts a long log aside and keeps a short one", async () => {
    const log = join(folder, "own.log");
    writeFileSync(log, "short\n", { mode: 0o644 });
    const first = await start("console.log('more')", log);
    await until(async () => first.ended() !== undefined);
    expect(readFileSync(log, "utf8")).toBe("short\nmore\n");
    expect(statSync(log).mode & 0o777).toBe(0o600);
    writeFileSync(log, "x".repeat(1024 * 1024 + 1));
    const second = await start("console.log('new')", log);
    await until(async () => second.ended() !== undefined);
    expect(readFileSync(log, "utf8")).toBe("new\n");
    expect(existsSync(`${log}.1`)).toBe(true);
  });

  it("is refused when it does not exist", async () => {
    const request = { argv: ["/nowhere/at/all"], log: join(folder, "own.log"), cwd: folder, env: {} };
    await expect(startDetached(request)).rejects.toMatchObject({ code: "side_effect_failed" });
  });
});
