import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runEnvironment } from "./environment.ts";
import { type RunRequest, run } from "./run.ts";
import { findSandbox } from "./sandbox.ts";
import { seatbeltProfile } from "./seatbelt.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-run-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ENGINE = await findSandbox(process.env);
const CONFINED = ENGINE.engine === "bubblewrap";

const program = (script: string, more: Partial<RunRequest> = {}) =>
  run({
    argv: ["bash", "-c", script],
    env: runEnvironment(process.env, { tmpdir: folder }),
    time_limit_ms: 20_000,
    sandbox: "none",
    confinement: { writable: [folder], hidden: [], network: false, cwd: folder },
    ...more,
  });

/** Whether a process runs: one that has ended and was not collected yet does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function untilEnded(pid: number): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each(["none", ...(CONFINED ? (["auto"] as const) : [])] as const)("a run with sandbox %s", (sandbox) => {
  it("tells exit code, both streams, and the hash of what came", async () => {
    const result = await program("echo out; echo err >&2; exit 3", { sandbox });
    expect(result).toMatchObject({ ending: "exited", exit_code: 3, problem: null, left_processes: false });
    expect(result.stdout).toMatchObject({ head: "out\n", tail: "out\n", bytes: 4 });
    expect(result.stderr.head).toBe("err\n");
    expect(result.stdout.sha256).toBe(createHash("sha256").update("out\n").digest("hex"));
    expect(result.output.bytes).toBe(8);
    expect(result.sandbox).toBe(sandbox === "none" ? "none" : "bubblewrap");
  });

  it("ends the whole group when the time is over, also who ignores SIGTERM", async () => {
    const script =
      "trap '' TERM; (trap '' TERM; echo $BASHPID > child; while :; do sleep 0.1; done) & echo $$ > own; wait; while :; do sleep 0.1; done";
    const result = await program(script, { sandbox, time_limit_ms: 700, grace_ms: 200 });
    expect(result).toMatchObject({ ending: "timed_out", exit_code: null });
    // In a process space of its own the numbers mean nothing out here; that it resolved says that all pipes are closed.
    if (sandbox === "none") {
      await untilEnded(Number(readFileSync(join(folder, "child"), "utf8")));
      await untilEnded(Number(readFileSync(join(folder, "own"), "utf8")));
    }
  });

  it("ends what was left in the background, so that nothing changes after the verdict", async () => {
    const result = await program("(sleep 1; echo late > late) & exit 0", { sandbox });
    expect(result).toMatchObject({ ending: "exited", exit_code: 0 });
    // Longer than it would have waited: that nothing happens is what is looked for.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(existsSync(join(folder, "late"))).toBe(false);
  });

  it("does not wait for who left the group and holds the pipes", async () => {
    const result = await program("setsid sleep 3 & exit 0", { sandbox });
    expect(result.ending).toBe("exited");
    expect(result.duration_ms).toBeLessThan(2_500);
  });

  it("gives no terminal and an empty input", async () => {
    const result = await program("cat; tty; cat /dev/tty", { sandbox });
    expect(result.stdout.head).toContain("not a tty");
    expect(result).toMatchObject({ ending: "exited", exit_code: 1 });
  });

  it("is cancelled by its caller", async () => {
    const caller = new AbortController();
    const running = program("echo > begun; sleep 60", { sandbox, grace_ms: 100, signal: caller.signal });
    while (!existsSync(join(folder, "begun"))) await new Promise((resolve) => setTimeout(resolve, 10));
    caller.abort();
    expect(await running).toMatchObject({ ending: "cancelled", exit_code: null });
    expect(await program("true", { sandbox, signal: caller.signal })).toMatchObject({ ending: "cancelled" });
  });
});

describe("a run", () => {
  it("hashes a gigabyte and keeps its ends", async () => {
    const before = process.memoryUsage().rss;
    const result = await program("echo begin; head -c 1G /dev/zero; echo end", { time_limit_ms: 120_000 });
    expect(result.output.bytes).toBe(1024 ** 3 + 10);
    expect(result.output.head.startsWith("begin\n")).toBe(true);
    expect(result.output.tail.endsWith("end\n")).toBe(true);
    expect(result.output.head.length + result.output.tail.length).toBeLessThanOrEqual(80 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
  });

  it("says that a program, or its folder, is not there", async () => {
    expect(await program("", { argv: ["no-such-program-anywhere"] })).toMatchObject({
      ending: "not_started",
      problem: expect.stringContaining("no-such-program-anywhere"),
    });
    expect(await program("", { argv: ["./not-there"] })).toMatchObject({ ending: "not_started" });
    expect(await program("", { argv: [folder] })).toMatchObject({ ending: "not_started" });
    const confinement = { writable: [], hidden: [], network: true, cwd: join(folder, "gone") };
    expect(await program("true", { confinement })).toMatchObject({ ending: "not_started" });
  });

  it("tells a death by a signal from an exit", async () => {
    expect(await program("kill -SEGV $$")).toMatchObject({
      ending: "signalled",
      exit_code: null,
      exit_signal: "SIGSEGV",
    });
  });

  it("gives the input to who reads it, and does not mind who does not", async () => {
    expect((await program("cat", { input: "hello" })).stdout.head).toBe("hello");
    expect(await program("exit 0", { input: "x".repeat(1024 * 1024) })).toMatchObject({ exit_code: 0 });
  });

  it("cuts no character in two", async () => {
    const result = await program("printf 'a€€€€'", { tail_bytes: 4 });
    expect(result.output.tail).toBe("€");
  });
});

describe.skipIf(!CONFINED)(`behind bubblewrap (${ENGINE.problem ?? "works here"})`, () => {
  it("cannot read what is hidden, by no path and through no link", async () => {
    const state = join(folder, "project", ".state");
    const home = join(folder, "home");
    for (const path of [state, join(home, "work")]) mkdirSync(path, { recursive: true });
    writeFileSync(join(state, "ledger.db"), "secret-state");
    writeFileSync(join(home, "token"), "secret-home");
    writeFileSync(join(home, "work", "mine"), "mine");
    writeFileSync(join(folder, "rollout.jsonl"), "secret-rollout");
    const script = `ln -s ${state} link; cat ${state}/ledger.db link/ledger.db .state/ledger.db ${home}/token ${folder}/rollout.jsonl /proc/*/root/${home}/token
      echo stolen > ${state}/new; cat ${home}/work/mine; echo written > ${home}/work/new; ls -la ${state}`;
    const result = await program(script, {
      sandbox: "required",
      confinement: {
        writable: [join(folder, "project"), join(home, "work")],
        hidden: [state, home, join(folder, "rollout.jsonl"), join(folder, "not-there")],
        network: false,
        cwd: join(folder, "project"),
      },
    });
    expect(result.output.head).not.toContain("secret-");
    expect(result.stdout.head).toContain("mine");
    expect(existsSync(join(state, "new"))).toBe(false);
    expect(readFileSync(join(home, "work", "new"), "utf8")).toBe("written\n");
  });

  it("writes nowhere but where it may", async () => {
    mkdirSync(join(folder, "project"));
    const confinement = {
      writable: [join(folder, "project")],
      hidden: [],
      network: false,
      cwd: join(folder, "project"),
    };
    const result = await program(`echo a > ok; echo b > ${folder}/outside; echo c > ${process.cwd()}/outside`, {
      sandbox: "auto",
      confinement,
    });
    expect(existsSync(join(folder, "project", "ok"))).toBe(true);
    expect(existsSync(join(folder, "outside"))).toBe(false);
    expect(result.exit_code).not.toBe(0);
  });

  it("reaches a server of this machine only when it may", async () => {
    const server = createServer((socket) => socket.end("hello\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const script = `cat < /dev/tcp/127.0.0.1/${port}`;
    const confinement = { writable: [folder], hidden: [], cwd: folder };
    const without = await program(script, { sandbox: "auto", confinement: { ...confinement, network: false } });
    const within = await program(script, { sandbox: "auto", confinement: { ...confinement, network: true } });
    await new Promise((resolve) => server.close(resolve));
    expect(without).toMatchObject({ exit_code: 1 });
    expect(without.stdout.bytes).toBe(0);
    expect(within.stdout.head).toBe("hello\n");
  });

  it("sees no process but its own", async () => {
    const result = await program("ls -d /proc/[0-9]* | wc -l", { sandbox: "auto" });
    expect(Number(result.stdout.head)).toBeLessThan(8);
  });
});

describe("where no sandbox works", () => {
  const env = { PATH: join(tmpdir(), "nothing-is-here") };

  it("says so and runs, unless one is required", async () => {
    const echo = { argv: ["/bin/echo", "hi"], env };
    expect(await program("", { ...echo, sandbox: "auto" })).toMatchObject({
      sandbox: "none",
      sandbox_problem: expect.any(String),
      exit_code: 0,
    });
    await expect(program("", { ...echo, sandbox: "required" })).rejects.toMatchObject({ code: "unsupported_platform" });
  });

  it("knows none for other systems", async () => {
    expect(await findSandbox({}, "win32")).toMatchObject({ engine: "none", problem: expect.stringContaining("win32") });
  });
});

describe("the profile for macOS", () => {
  it("hides after it allows, and quotes names", () => {
    const profile = seatbeltProfile(
      { writable: ["/w"], hidden: ['/w/st"ate', "/f"], network: false, cwd: "/w" },
      (path) => (path === "/f" ? "file" : "folder"),
    );
    expect(profile.indexOf('(subpath "/w")')).toBeLessThan(profile.indexOf('(subpath "/w/st\\"ate")'));
    expect(profile).toContain('(literal "/f")');
    expect(profile).toContain("(deny network*)");
  });
});

describe("the environment of a run", () => {
  it("holds a few variables of ours, those named and those set, and nothing that no child may have", () => {
    const ours = {
      PATH: "/bin",
      HOME: "/h",
      LANG: "C",
      SECRET: "s",
      CI: "1",
      CONVEYOR_TOKEN: "t",
      TERM: "xterm",
      TMUX: "x",
    };
    const wanted = { tmpdir: "/t", pass: ["CI", "CONVEYOR_TOKEN", "TMUX", "NOT_THERE", "a b"], set: { LANG: "de" } };
    expect(runEnvironment(ours, wanted)).toEqual({
      PATH: "/bin",
      HOME: "/h",
      LANG: "de",
      TMPDIR: "/t",
      TERM: "dumb",
      CI: "1",
    });
    expect(runEnvironment(ours, { tmpdir: "/t", without_home: true })).not.toHaveProperty("HOME");
  });
});
