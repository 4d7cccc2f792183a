import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CodexInstall, installCodex } from "../support/codex/install.ts";
import { waitUntil } from "../support/scripted-agent/wait.ts";
import { type Running, start, told } from "../support/world/process.ts";
import { REPOSITORY } from "../support/world/world.ts";
import { STEPS } from "./steps.ts";

const LIMIT_MS = 120_000;
/** The install may have to fetch 400 MB. */
const CODEX_LIMIT_MS = 420_000;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "demo-test-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function demo(flags: string[] = [], env: Record<string, string> = {}): Promise<Running> {
  const tsx = join(REPOSITORY, "node_modules/tsx/dist/loader.mjs");
  const argv = [process.execPath, "--import", tsx, join(REPOSITORY, "e2e/demo/run.ts"), ...flags] as [
    string,
    ...string[],
  ];
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const full = { ...Object.fromEntries(inherited), TMPDIR: folder, ...env };
  return start(argv, { cwd: REPOSITORY, env: full, limit_ms: LIMIT_MS });
}

/** The command lines of processes that were started below the test's folder and still run. */
function leftovers(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return environment.includes(folder) ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") : "";
      } catch {
        return ""; // it has ended meanwhile
      }
    })
    .filter((line) => line !== "");
}

/** Nothing runs any more, and the state is where the demo says. */
async function expectCleanEnd(stderr: string): Promise<void> {
  if (existsSync("/proc/self/environ")) {
    await waitUntil(async () => leftovers().length === 0, { what: () => `the end of ${leftovers().join("\n")}` });
  }
  const [, state_root = ""] = /The state lies in (\S+)/.exec(stderr) ?? [];
  expect(existsSync(join(state_root, "workerctl.db"))).toBe(true);
  const [socket] = /conveyor-test-[0-9a-f]+/.exec(stderr) ?? [];
  if (socket !== undefined)
    expect(() => execFileSync("tmux", ["-L", socket, "list-sessions"], { stdio: "pipe" })).toThrow();
}

const happened = (stderr: string) => [...stderr.matchAll(/^ {2}✓ ([^:]+):/gm)].map(([, title]) => title);
const titles = STEPS.map(({ title }) => title);

describe("the demo", () => {
  it("tells the whole story with a worker in a terminal", { timeout: LIMIT_MS }, async () => {
    const ran = await (await demo()).done;
    expect(ran.code, told(ran)).toBe(0);
    expect(happened(ran.stderr)).toEqual(titles);
    expect(ran.stderr).toMatch(/over the WebSocket \d+ ms after Dispatch routed it/);
    expect(ran.stderr).toContain("refused with exit code 1");
    expect(ran.stderr).toContain("the worker said: I changed greet.mjs; its test passes now.");
    expect(ran.stdout).toMatch(/^task: greeting\nstate: done\nmode: timeline$/m);
    expect(ran.stderr).not.toContain("\u001b[");
    await expectCleanEnd(ran.stderr);
  });

  it("takes the inbox road without tmux, and says so", { timeout: LIMIT_MS }, async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    const needed = ["node", "sh", "sed", "mv", "env", "lsof", "ps", "pgrep"];
    for (const name of needed) {
      const found = (process.env["PATH"] ?? "")
        .split(delimiter)
        .map((entry) => join(entry, name))
        .find(existsSync);
      if (found !== undefined) symlinkSync(found, join(tools, name));
    }
    const ran = await (await demo([], { PATH: tools })).done;
    expect(ran.code, told(ran)).toBe(0);
    expect(ran.stderr).toContain("tmux is not installed");
    expect(happened(ran.stderr)).toEqual(titles);
    expect(ran.stderr).toContain("through its inbox");
    await expectCleanEnd(ran.stderr);
  });

  it("stops everything when it is interrupted", { timeout: LIMIT_MS }, async () => {
    const running = await demo();
    await waitUntil(async () => running.stderr.includes("There is a task"), {
      limit_ms: 60_000,
      what: () => running.stderr,
    });
    running.kill("SIGINT");
    const ran = await running.done;
    expect(ran.code, told(ran)).toBe(130);
    expect(happened(ran.stderr).length).toBeLessThan(titles.length);
    await expectCleanEnd(ran.stderr);
  });

  it("ends with an error as soon as something does not happen", { timeout: LIMIT_MS }, async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    symlinkSync("/bin/false", join(tools, "tmux"));
    const ran = await (await demo([], { PATH: `${tools}${delimiter}${process.env["PATH"]}` })).done;
    expect(ran.code, told(ran)).toBe(1);
    expect(happened(ran.stderr)).toEqual(titles.slice(0, 1));
    expect(ran.stderr).toMatch(/^ {2}✗ A worker has started and waits: /m);
  });

  it("refuses flags that it does not have", { timeout: LIMIT_MS }, async () => {
    const ran = await (await demo(["--codecs"])).done;
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("usage:");
  });

  it("prints the address of the web page", { timeout: LIMIT_MS }, async () => {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    symlinkSync("/bin/true", join(tools, "xdg-open"));
    const ran = await (await demo(["--open"], { PATH: `${tools}${delimiter}${process.env["PATH"]}` })).done;
    expect(ran.code, told(ran)).toBe(0);
    expect(ran.stderr).toMatch(/The web page: http:\/\/127\.0\.0\.1:\d+\/login/);
    await expectCleanEnd(ran.stderr);
  });

  it("tells the same story with the real Codex", { timeout: CODEX_LIMIT_MS }, async () => {
    const codex: CodexInstall = await installCodex();
    if (!codex.ok) {
      console.warn(`THE DEMO WITH THE REAL CODEX IS NOT TESTED HERE: ${codex.reason}`);
      return;
    }
    const ran = await (await demo(["--codex"])).done;
    expect(ran.code, told(ran)).toBe(0);
    expect(happened(ran.stderr)).toEqual(titles);
    expect(ran.stderr).toContain(`Codex ${codex.version}`);
    expect(ran.stderr).toContain("the worker said: I changed greet.mjs; its test passes now.");
    await expectCleanEnd(ran.stderr);
  });
});
