import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { World } from "../support/world/world.ts";

/** Attacks through the files of a state root: another user's, a repository's, planted ones (docs/security.md). */

const SOMEBODY_ELSE = 65_534;
const isRoot = process.getuid?.() === 0;
/** A row runs many commands, one after another. */
const LIMIT_MS = 240_000;
vi.setConfig({ testTimeout: LIMIT_MS });

let world: World;
beforeEach(async () => {
  world = await World.start({ mode: "embedded" });
});
afterEach(() => world.close());

const inRoot = (name: string) => join(world.state_root, name);
const say = (...argv: string[]) => world.cli(...argv);
const begin = () => say("tasks", "--create", "auth", "--goal", "make it work");

/** Where the tests do not run as root nothing can be given away: a root that all may write is refused the same way. */
function giveAway(path: string): void {
  if (isRoot) chownSync(path, SOMEBODY_ELSE, SOMEBODY_ELSE);
  else chmodSync(path, 0o777);
}

describe("a state root of another user", () => {
  const COMMANDS = [
    ["tasks"],
    ["tasks", "--create", "more", "--goal", "g"],
    ["sessions"],
    ["list"],
    ["db-doctor"],
    ["adopt-ledger", "--yes"],
    ["serve", "--status"],
    ["serve", "--stop"],
    ["serve", "--login"],
    ["serve", "--port", "0"],
    ["serve", "--detach", "--port", "0"],
    ["dispatch", "--once"],
    ["dispatch", "--watch", "--watch-iterations", "1"],
    ["import-compat"],
  ];

  it("is believed by none of the commands", async () => {
    await begin();
    giveAway(world.state_root);
    for (const argv of COMMANDS) {
      const { code, error } = await world.refused(...argv);
      expect([argv, code, error.code]).toEqual([argv, 2, "foreign_ledger"]);
      expect(error.hint).not.toBeNull();
    }
  });

  it("is not found by going up from the current folder either", async () => {
    const enclosing = join(world.project, ".codex-workers");
    const below = join(world.project, "deep/er");
    mkdirSync(enclosing);
    mkdirSync(below, { recursive: true });
    giveAway(enclosing);
    const running = await world.begin(["tasks", "--json"], { cwd: below, env: { CONVEYOR_STATE_ROOT: "" } });
    expect(JSON.parse((await running.done).stderr).error).toMatchObject({ code: "foreign_ledger" });
    expect(readdirSync(enclosing)).toEqual([]);
  });

  it("leaves what needs no ledger working", async () => {
    mkdirSync(world.state_root, { mode: 0o700 });
    giveAway(world.state_root);
    for (const argv of [["--version"], ["--help"], ["doctor"], ["completions", "bash"]]) {
      expect((await say(...argv)).stderr).not.toContain("foreign_ledger");
    }
  });

  it("gets not a word said to a server in it", async () => {
    await begin();
    const heard: string[] = [];
    const server = createServer((socket) => socket.on("data", (data) => heard.push(String(data))));
    await new Promise<void>((done) => server.listen(inRoot("server.sock"), done));
    const record = {
      ...{ pid: process.pid, pid_started_at: null, socket: inRoot("server.sock"), url: "http://127.0.0.1:1" },
      ...{ version: (await say("--version")).stdout.trim().split(" ")[1], ledger_path: inRoot("workerctl.db") },
      ...{ started_at: "2026-01-01T00:00:00.000Z", protocol: 1, dispatch: true },
    };
    writeFileSync(inRoot("server.json"), JSON.stringify(record), { mode: 0o600 });
    if (isRoot) chownSync(inRoot("server.sock"), SOMEBODY_ELSE, SOMEBODY_ELSE);
    else chmodSync(inRoot("server.json"), 0o666);
    expect((await say("tasks", "--create", "secret", "--goal", "TOP SECRET")).code).toBe(0);
    server.close();
    expect(heard).toEqual([]);
  });
});

describe("a ledger that came with a repository", () => {
  /** The victim's clone of a repository whose ledger has a message for a session of the name that tmux gives by default. */
  async function clone(): Promise<void> {
    await world.pair("auth");
    const enqueue = ["enqueue-nudge-worker", "auth", "--message", "touch pwned"];
    await world.ask<"dispatch.enqueueNudgeWorker">(...enqueue);
    const git = (...argv: string[]) => execFileSync("git", ["-C", world.root, ...argv], { stdio: "pipe" });
    git("init", "-q");
    git("add", "-f", world.state_root);
  }

  const attempts = async () => {
    const commands = await world.ask<"dispatch.commands">("commands");
    return commands.map((command) => command.attempts);
  };

  it("has nothing done on its behalf until it is adopted, by any command", async () => {
    await clone();
    for (const argv of [
      ["dispatch", "--once"],
      ["dispatch", "--watch", "--watch-iterations", "1"],
      ["serve", "--port", "0"],
    ]) {
      expect((await world.refused(...argv)).error).toMatchObject({ code: "foreign_ledger" });
    }
    expect(await attempts()).toEqual([0]);
    const started = await world.refused("start-worker", "--name", "eve");
    expect(["foreign_ledger", "tool_missing"]).toContain(started.error.code);
    // Without a terminal nobody can be asked.
    expect((await world.refused("adopt-ledger")).error).toMatchObject({
      code: "confirmation_required",
      details: { pending_messages: 1, reason: "tracked_by_git" },
    });
    expect(await world.ask<"system.adoptLedger">("adopt-ledger", "--yes")).toMatchObject({ adopted: true });
    expect((await say("dispatch", "--once")).code).toBe(0);
    expect(await attempts()).toEqual([1]);
  });

  it("signals nobody, whatever number stands in its files", async () => {
    await begin();
    for (const pid of [-1, 0, process.pid, 1]) {
      const mark = { pid, pid_started_at: pid === process.pid ? "1" : null };
      writeFileSync(inRoot("server.lock"), JSON.stringify({ ...mark, nonce: "a".repeat(24) }), { mode: 0o600 });
      const record = { ...mark, socket: inRoot("server.sock"), url: "http://127.0.0.1:1", version: "1.0.0" };
      const more = { ledger_path: inRoot("workerctl.db"), started_at: "2026-01-01T00:00:00.000Z", protocol: 1 };
      writeFileSync(inRoot("server.json"), JSON.stringify({ ...record, ...more }), { mode: 0o600 });
      const { code, stdout } = await say("serve", "--stop", "--json");
      if (pid !== 1 || !isRoot) expect([pid, code, JSON.parse(stdout).stopped]).toEqual([pid, 0, false]);
    }
  });
});

describe("a planted file", () => {
  /** Places that are planted at once: what a server keeps, and what is the ledger's. */
  const PLACES = [["server.json", "server.lock", "server-token", "server.log"], ["workerctl.db"], ["workerctl.db-wal"]];
  /** What may stand in the place of each. Nothing waits for it, and what it points to stays as it is. */
  const KINDS: [string, (path: string) => unknown][] = [
    ["a link", (path) => symlinkSync(join(world.root, "victim"), path)],
    ["a link to nothing", (path) => symlinkSync(join(world.root, "made"), path)],
    ["a link to a device", (path) => symlinkSync("/dev/zero", path)],
    ["a FIFO", (path) => execFileSync("mkfifo", [path])],
    ["a folder", (path) => mkdirSync(path)],
  ];

  it.each(KINDS)("that is %s diverts, blocks and harms no command", async (_what, plant) => {
    for (const names of PLACES) {
      rmSync(world.state_root, { recursive: true, force: true });
      mkdirSync(world.state_root, { mode: 0o700 });
      if (!names.includes("workerctl.db")) await begin();
      writeFileSync(join(world.root, "victim"), "precious");
      for (const name of names) {
        rmSync(inRoot(name), { force: true });
        plant(inRoot(name));
      }
      for (const argv of [["tasks"], ["serve", "--detach", "--port", "0"], ["serve", "--stop"]]) {
        const { code, stderr } = await say(...argv);
        expect([names, argv, code === 0 || stderr.startsWith("error: ")]).toEqual([names, argv, true]);
        expect(stderr).not.toMatch(/something unexpected|^\s+at /m);
      }
      expect(readFileSync(join(world.root, "victim"), "utf8")).toBe("precious");
      expect(existsSync(join(world.root, "made"))).toBe(false);
    }
  });
});

describe("a ledger that others could read", () => {
  it("is closed to them, which is told once", async () => {
    const root = join(world.project, ".codex-workers");
    const env = { CONVEYOR_STATE_ROOT: root };
    const run = async (...argv: string[]) => (await world.begin(argv, { env })).done;
    await run("tasks", "--create", "auth", "--goal", "g");
    chmodSync(root, 0o755);
    chmodSync(join(root, "workerctl.db"), 0o644);
    expect((await run("tasks")).stderr).toMatch(/^warning: other users could read .*workerctl\.db/);
    expect((await run("tasks")).stderr).toBe("");
    expect([root, join(root, "workerctl.db")].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
  });
});

describe("a copied state root", () => {
  it("does not use the server of the one it was copied from", async () => {
    await begin();
    const copy = join(world.root, "copy");
    const server = await world.serve();
    cpSync(world.state_root, copy, { recursive: true, filter: (path) => !path.endsWith(".sock") });
    const running = await world.begin(["serve", "--status", "--json"], { env: { CONVEYOR_STATE_ROOT: copy } });
    expect(JSON.parse((await running.done).stdout)).toMatchObject({ running: false });
    expect(server.running).toBe(true);
  });
});
