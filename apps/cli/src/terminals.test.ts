import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./testing/run-cli.ts";

let world: World;
let env: Record<string, string>;
// The path of a tmux socket may have about 100 characters.
const sockets = mkdtempSync(join(tmpdir(), "cv-"));

const tmux = (...args: string[]) =>
  execFileSync("tmux", ["-f", "/dev/null", ...args], {
    env: { PATH: process.env["PATH"], TMUX_TMPDIR: sockets },
    encoding: "utf8",
  });

beforeAll(async () => {
  world = await makeWorld();
  env = { TMUX_TMPDIR: sockets };
  for (const role of ["worker", "manager"]) {
    tmux("new-session", "-d", "-s", role, "-c", world.folder, "sh", "-c", `echo "${role} says hello"; sleep 600`);
    const rollout = join(world.folder, `rollout-2026-01-02T03-04-05-${role}.jsonl`);
    mkdirSync(world.folder, { recursive: true });
    writeFileSync(rollout, `${JSON.stringify({ type: "session_meta", payload: { id: role, cwd: world.folder } })}\n`);
    await ok(`register-${role}`, "--name", role, "--codex-session", rollout, "--tmux-session", role);
  }
  await ok("tasks", "--create", "auth", "--goal", "make it work");
  await ok("bind", "--task", "auth", "--worker", "worker", "--manager", "manager");
});
afterAll(() => {
  // The last test may have ended the server with its last session.
  spawnSync("tmux", ["kill-server"], { env: { PATH: process.env["PATH"], TMUX_TMPDIR: sockets } });
  rmSync(sockets, { recursive: true, force: true });
  world.remove();
});

async function ok(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.cliIn({ env }, ...argv);
  expect({ code, stderr: stderr.replace(/^warning: .*\n/gm, "") }, argv.join(" ")).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe("the commands about terminals, as a person reads them", () => {
  it("say what was captured and show it only when asked", async () => {
    for (const role of ["worker", "manager"]) {
      await expect.poll(() => tmux("capture-pane", "-p", "-t", `=${role}:`)).toContain("hello");
    }
    expect(await ok("transcript-capture", "auth")).toMatch(
      /^worker: capture #1, segment #1, reset, 1 line\nmanager: capture #2, segment #2, reset, 1 line\n$/,
    );
    expect(await ok("transcript-capture", "auth", "--role", "worker")).toBe("worker: capture #3, nothing new\n");
    expect(await ok("transcript-show", "auth")).toMatch(/\(not shown: 1 line, 17 bytes; --include-content shows it\)/);
    expect(await ok("transcript-show", "auth", "--role", "manager", "--include-content")).toMatch(
      /reset\nmanager says hello\n$/,
    );
    expect(await ok("transcript-prune", "auth", "--human", "--dry-run")).toMatch(/^would drop the content of 0 rows/);
    expect(await ok("prune", "--human", "--kind", "segments")).toMatch(/segments: 0 rows, 0 bytes/);
  });

  it("show how a window would be opened", async () => {
    const text = await ok("open-worker", "auth", "--dry-run", "--terminal", "ghostty", "--human");
    expect(text).toContain("would open ghostty on worker (tmux session worker)");
    expect(await ok("open-manager", "auth", "--dry-run", "--human")).toMatch(
      /attach by hand: tmux -S '\S+' attach -t '=manager'\n/,
    );
    expect(await ok("open", "worker", "--dry-run", "--human")).toContain("would open");
  });

  it("take the older name of discover, with its help", async () => {
    expect(await ok("search", "auth")).toBe(await ok("discover", "auth"));
    expect(await ok("search", "--help")).toMatch(/^usage: conveyor discover .*\n[\s\S]*Also called search\./);
  });

  it("say what was stopped and what is left to close", async () => {
    const stopped = await world.cliIn({ env }, "stop", "worker");
    expect(stopped).toMatchObject({ code: 0, stderr: "warning: session_still_bound\n" });
    expect(stopped.stdout).toMatch(
      /^stopped worker \(worker\)\nit is still bound to task auth; close that with: conveyor finish-task 'auth' --stop-worker/,
    );
    expect(await ok("stop-task", "auth", "--stop-worker", "--human")).toBe(
      "stopped task auth: stopped by operator\nworker was not running\nmanager stopped\n",
    );
    const finished = await ok("finish-task", "auth", "--capture-transcript-before-stop", "--human");
    expect(finished).toMatch(
      /^cleaned up after task auth: finished by operator\nworker: not captured: tmux session worker/,
    );
  });
});
