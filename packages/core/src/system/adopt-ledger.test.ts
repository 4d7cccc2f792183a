import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { operations } from "@conveyor/contracts";
import { createHost } from "@conveyor/host";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ctx } from "../ctx.ts";
import { LedgerGuard } from "../shared/ledger-guard.ts";
import { createWorld, type World } from "../testing/world.ts";
import { adoptLedger } from "./adopt-ledger.ts";

let world: World;
let ctx: Ctx;
beforeEach(() => {
  world = createWorld({ env: { ...process.env, XDG_STATE_HOME: undefined, HOME: process.env["XDG_STATE_HOME"] } });
  // The world's own host may do anything; the one under test asks whose ledger it is, as a running program does.
  const { ledger_path } = world.ctx.settings;
  const guard = new LedgerGuard({ ledger_path, host_id: () => host.host_id, env: world.host.env });
  const host = createHost({ env: world.host.env, mayAct: () => guard.assertOwn() });
  ctx = { ...world.ctx, host };
});
afterEach(() => world.close());

const adopt = (input: { yes?: boolean; keep_terminals?: boolean } = {}) =>
  adoptLedger(ctx, operations.system.adoptLedger.input.parse(input));
const belongTo = (host_id: string | null) =>
  world.store.fast((tx) => {
    tx.sql.atomic("UPDATE ledger_info SET value = ? WHERE key = 'host_id'").run(host_id ?? "");
    if (host_id === null) tx.sql.atomic("DELETE FROM ledger_info WHERE key = 'host_id'").run();
    tx.sql.atomic("UPDATE sessions SET host_id = ?").run(host_id);
  });
const git = (...argv: string[]) => execFileSync("git", ["-C", world.root, ...argv], { stdio: "pipe" });
function track(): void {
  git("init", "-q");
  git("add", "-f", "state/workerctl.db");
}
const foreign = (reason: string) => ({ code: "foreign_ledger", details: { reason }, hint: expect.stringMatching(/./) });
const terminals = () =>
  world.store.peek((tx) => tx.sql.search("SELECT name, tmux_session, pid FROM sessions ORDER BY seq").all());

const PANE = { session: "a", pane_id: null, agent: { process: null, isProgram: () => true } };

describe("a ledger that is not this host's", () => {
  /** Everything that acts on what runs. None of it may go through. */
  const ACTS: [string, (ctx: Ctx) => Promise<unknown>][] = [
    ["starting", ({ host }) => host.tmux.start({ session: "a", cwd: world.cwd, argv: ["true"] })],
    ["ending", ({ host }) => host.tmux.kill("a")],
    ["pressing a key", ({ host }) => host.tmux.sendKey(PANE, "Escape")],
    ["pressing Enter", ({ host }) => host.tmux.submit(PANE)],
    ["pasting", ({ host }) => host.tmux.pasteText(PANE, "x")],
    ["pushing", ({ host }) => host.tmux.pushText({ target: PANE, text: "x", ready: () => ({ ok: true }) })],
    ["signalling", ({ host }) => host.processes.signal(process.pid, new Date().toISOString(), "SIGTERM")],
  ];

  it.each(ACTS)("has nothing done on its behalf: %s", async (_what, act) => {
    await belongTo("another");
    await expect(act(ctx)).rejects.toMatchObject(foreign("other_host"));
  });

  it("is told apart from one that says nothing, and from one that is gone", async () => {
    await belongTo(null);
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("no_host"));
    await world.store.close();
    renameSync(ctx.settings.ledger_path, `${ctx.settings.ledger_path}.away`);
    await expect(ctx.host.mayAct()).resolves.toBeUndefined();
  });

  it("is noticed when it takes the place of one that was in order", async () => {
    await ctx.host.mayAct();
    await belongTo("another");
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("other_host"));
  });

  it("is not adopted without a yes, which first is told what is in it", async () => {
    await world.pair({ worker: { pid: process.pid, codex_session: world.rollout() } });
    await belongTo("another");
    await expect(adopt()).rejects.toMatchObject({
      code: "confirmation_required",
      details: { reason: "other_host", foreign_sessions: 1, pending_messages: 0 },
    });
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("other_host"));
  });

  it("is acted on once adopted, without the terminals and processes of the other host", async () => {
    await world.worker({ name: "ada", pid: process.pid, codex_session: world.rollout() });
    await world.worker({ name: "eve" });
    await belongTo("another");
    expect(await adopt({ yes: true })).toMatchObject({
      ...{ adopted: true, reason: "other_host", from_host_id: "another", host_id: ctx.host.host_id },
      ...{ detached_sessions: 1, pending_messages: 0 },
    });
    await ctx.host.mayAct();
    expect(await terminals()).toEqual(["ada", "eve"].map((name) => ({ name, tmux_session: null, pid: null })));
    expect(await world.auditEvent("ledger_adopted")).toMatchObject({ payload: { from_host_id: "another" } });
    expect(await adopt()).toMatchObject({ adopted: false, reason: null });
  });

  it("keeps them when they are said to be here", async () => {
    await world.worker({ name: "ada", pid: process.pid, codex_session: world.rollout() });
    await belongTo(null);
    expect(await adopt({ yes: true, keep_terminals: true })).toMatchObject({ reason: "no_host", detached_sessions: 0 });
    expect(await terminals()).toEqual([{ name: "ada", tmux_session: null, pid: process.pid }]);
  });
});

describe("a ledger that git tracks", () => {
  it("may have come with a clone, whatever it says, and is acted on once adopted", async () => {
    await ctx.host.mayAct();
    track();
    const fresh = new LedgerGuard({
      ledger_path: ctx.settings.ledger_path,
      host_id: () => ctx.host.host_id,
      env: ctx.host.env,
    });
    await expect(fresh.assertOwn()).rejects.toMatchObject(foreign("tracked_by_git"));
    await adopt({ yes: true });
    await fresh.assertOwn();
  });

  it("is asked about again when git has written its file anew", async () => {
    track();
    await adopt({ yes: true });
    await ctx.host.mayAct();
    const { ledger_path } = ctx.settings;
    cpSync(ledger_path, `${ledger_path}.pulled`);
    renameSync(`${ledger_path}.pulled`, ledger_path);
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("tracked_by_git"));
  });

  it("is told apart from one that only lies in a checkout", async () => {
    git("init", "-q");
    await ctx.host.mayAct();
  });

  it("is recognised by other files of the state root too, which workers are known by", async () => {
    git("init", "-q");
    mkdirSync(join(ctx.settings.state_root, "eve"));
    execFileSync("touch", [join(ctx.settings.state_root, "eve/config.json")]);
    git("add", "-f", "state/eve/config.json");
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("tracked_by_git"));
  });

  it("is not acted on when git cannot tell", async () => {
    track();
    rmSync(join(world.root, ".git/HEAD"));
    await expect(ctx.host.mayAct()).rejects.toMatchObject({ code: "host_denied" });
  });

  it("runs nothing that the repository says", async () => {
    track();
    git("config", "core.fsmonitor", `touch ${join(world.root, "ran")}; false`);
    git("config", "core.hooksPath", world.root);
    await expect(ctx.host.mayAct()).rejects.toMatchObject(foreign("tracked_by_git"));
    expect(() => execFileSync("test", ["!", "-e", join(world.root, "ran")])).not.toThrow();
  });
});
