import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTmux } from "./index.ts";
import { anybody, type PrivateTmux, privateTmux, script, until } from "./testing.ts";

let world: PrivateTmux;
beforeAll(async () => {
  world = await privateTmux();
  await world.run("keeper", ["cat"]);
});
afterAll(() => world.close());

/** Start a program that writes its arguments and environment to a file, and return what it wrote. */
async function startAndReport(session: string, args: string[], env: Record<string, string> = {}) {
  const report = join(world.folder, `${session}.json`);
  const program = `
    const fs = require("node:fs");
    fs.writeFileSync(process.argv[1] + ".part", JSON.stringify({ args: process.argv.slice(2), env: process.env, cwd: process.cwd(),
      size: process.stdout.getWindowSize(), pid: process.pid }));
    fs.renameSync(process.argv[1] + ".part", process.argv[1]);
    setInterval(() => {}, 1000);`;
  const argv = [process.execPath, "-e", program, report, ...args];
  const started = await world.tmux.start({ session, cwd: world.folder, argv, env });
  await until(async () => existsSync(report));
  return { started, report: JSON.parse(await readFile(report, "utf8")) };
}

describe("start", () => {
  it("runs the program itself, in the folder, with the size, and reports its pane and pid", async () => {
    const { started, report } = await startAndReport("plain", []);
    expect(report).toMatchObject({ cwd: world.folder, size: [200, 50], pid: started.pid });
    expect(started).toMatchObject({ session: "plain", pane_id: expect.stringMatching(/^%\d+$/) });
    expect(await world.tmux.panePid({ session: "plain" })).toBe(started.pid);
  });

  it("passes every argument and variable as it is", async () => {
    const args = [
      "a b",
      "",
      "-x",
      "--",
      "$(id)",
      "$HOME",
      "~",
      "~/x",
      "a=~",
      "`id`",
      "end;",
      ";",
      "\\;",
      'q"q',
      "it's",
      "é✓",
      "#{pid}",
    ];
    const lines = ["1\n   indented\n# no comment\n\ttab\r\\n", "%if", "{", "\u001b[1m"];
    const { report } = await startAndReport("args", [...args, ...lines], { WEIRD: 'v="$X";\n~', PLAIN: "p" });
    expect(report.args).toEqual([...args, ...lines]);
    expect(report.env).toMatchObject({ WEIRD: 'v="$X";\n~', PLAIN: "p" });
  });

  it("passes a prompt of 100 KB", async () => {
    const prompt = "prompt é;\n".repeat(10_000);
    expect((await startAndReport("long", [prompt])).report.args).toEqual([prompt]);
  });

  it("does not hand a lonely word to a shell", async () => {
    const path = await script(world.folder, "lonely;touch shell-ran", ["#!/bin/sh", "exec sleep 300"]);
    await world.tmux.start({ session: "lonely", cwd: world.folder, argv: [path] });
    expect(await world.tmux.sessionExists("lonely")).toBe(true);
    expect(existsSync(join(world.folder, "shell-ran"))).toBe(false);
  });

  it("keeps the variables of a package manager away from the program", async () => {
    await world.raw("set-environment", "-g", "npm_config_evil", "1");
    const { report } = await startAndReport("clean", []);
    expect(Object.keys(report.env).filter((name) => /^npm_/i.test(name))).toEqual([]);
    expect(report.env.PATH).toBeTruthy();
  });

  it("keeps the caller's token, identity and sandbox away from the program, whoever started the tmux server", async () => {
    await world.raw("set-environment", "-g", "CODEX_THREAD_ID", "of-another-agent");
    const { started, report } = await startAndReport("stranger", [], { CONVEYOR_STATE_ROOT: "/given" });
    expect(report.env.CODEX_THREAD_ID).toBeUndefined();
    expect(report.env.CONVEYOR_STATE_ROOT).toBe("/given");
    expect(report.env.TMUX_PANE).toBe(started.pane_id);
  });

  it("keeps them out of the environment of a server that it starts itself", async () => {
    const secrets = {
      CONVEYOR_TOKEN: "operator-secret",
      CODEX_THREAD_ID: "parent",
      CODEX_SANDBOX_X: "1",
      npm_config_y: "2",
    };
    const other = await privateTmux(secrets);
    try {
      await other.run("first", ["cat"]);
      const ofServer = await other.raw("show-environment", "-g");
      const ofSession = await other.raw("show-environment", "-t", "=first:");
      for (const name of Object.keys(secrets)) expect(`${ofServer}\n${ofSession}`).not.toContain(name);
      expect(ofServer).toContain("PATH=");
    } finally {
      await other.close();
    }
  });

  it("starts a server when none runs", async () => {
    const other = await privateTmux();
    try {
      expect(await other.tmux.sessionExists("first")).toBe(false);
      expect(await other.tmux.listPanes()).toEqual([]);
      await other.run("first", ["cat"]);
      expect(await other.tmux.sessionExists("first")).toBe(true);
    } finally {
      await other.close();
    }
  });

  it("refuses a name that is taken", async () => {
    const again = world.tmux.start({ session: "keeper", cwd: world.folder, argv: ["cat"] });
    await expect(again).rejects.toMatchObject({ code: "conflict" });
  });

  it.each(["", "a:b", "a.b", "$1", "a\nb"])("refuses the name %j", async (session) => {
    const start = world.tmux.start({ session, cwd: world.folder, argv: ["cat"] });
    await expect(start).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("refuses what cannot work before it starts anything", async () => {
    const base = { session: "refused", cwd: world.folder, argv: ["cat"] };
    const refused = (change: object) => expect(world.tmux.start({ ...base, ...change })).rejects;
    await refused({ cwd: join(world.folder, "nowhere") }).toMatchObject({ code: "invalid_input" });
    await refused({ argv: [] }).toMatchObject({ code: "invalid_input" });
    await refused({ argv: ["A=b"] }).toMatchObject({ code: "invalid_input" });
    await refused({ argv: ["conveyor-no-such-program"] }).toMatchObject({ code: "tool_missing" });
    await refused({ env: { "A B": "c" } }).toMatchObject({ code: "invalid_input" });
    await refused({ argv: ["cat", "a\0b"] }).toMatchObject({ code: "invalid_input" });
    await refused({ argv: ["cat", "x".repeat(140_000)] }).toMatchObject({ code: "invalid_input" });
    await refused({ width: 0 }).toMatchObject({ code: "invalid_input" });
    expect(await world.tmux.sessionExists("refused")).toBe(false);
  });
});

describe("exact names", () => {
  beforeAll(async () => {
    await world.run("foo", ["cat"]);
    await world.run("foobar", ["cat"]);
    await world.tmux.kill("foo");
  });

  it("does not take a session whose name begins alike for the one that is gone", async () => {
    const target = { session: "foo", agent: anybody };
    const missing = { code: "tmux_session_missing" };
    expect(await world.tmux.sessionExists("foo")).toBe(false);
    await expect(world.tmux.kill("foo")).rejects.toMatchObject(missing);
    await expect(world.tmux.capture(target, 10)).rejects.toMatchObject(missing);
    await expect(world.tmux.sendKey(target, "C-c")).rejects.toMatchObject(missing);
    await expect(world.tmux.submit(target)).rejects.toMatchObject(missing);
    await expect(world.tmux.pasteText(target, "for foo")).rejects.toMatchObject(missing);
    await expect(world.tmux.pushText({ target, text: "for foo", ready: () => ({ ok: true }) })).rejects.toMatchObject(
      missing,
    );
    expect(await world.tmux.sessionExists("foobar")).toBe(true);
    expect(await world.tmux.capture({ session: "foobar" }, 10)).toBe("");
  });

  it("does not read patterns, ids or special words in a name", async () => {
    const { pane_id } = await world.tmux.paneOf({ session: "foobar" });
    for (const session of ["foo*", "fooba?", "$0", pane_id, "=foobar", "~", "+", "{last}", "foobar:", "@0", ""]) {
      expect(await world.tmux.sessionExists(session)).toBe(false);
      await expect(world.tmux.paneOf({ session })).rejects.toMatchObject({ code: "tmux_session_missing" });
      await expect(world.tmux.kill(session)).rejects.toMatchObject({
        code: expect.stringMatching(/^(tmux_session_missing|invalid_input)$/),
      });
    }
    expect(await world.tmux.sessionExists("foobar")).toBe(true);
  });

  it("ends a session whose name begins like a living one, and only that", async () => {
    await world.run("fooba", ["cat"]);
    await world.tmux.kill("fooba");
    expect(await world.tmux.sessionExists("fooba")).toBe(false);
    expect(await world.tmux.sessionExists("foobar")).toBe(true);
  });
});

describe("panes", () => {
  it("means the active pane of the session when none was recorded, else the recorded one", async () => {
    const first = await world.run("two", ["cat"]);
    const second = (await world.raw("split-window", "-t", "=two:", "-P", "-F", "#{pane_id}", "cat")).trim();
    expect((await world.tmux.paneOf({ session: "two" })).pane_id).toBe(second);
    expect((await world.tmux.paneOf({ session: "two", pane_id: first.pane_id })).pid).toBe(first.pid);
  });

  it("refuses a pane that belongs to another session or is gone", async () => {
    const mine = await world.run("mine", ["cat"]);
    const missing = { code: "tmux_pane_missing" };
    await expect(world.tmux.paneOf({ session: "keeper", pane_id: mine.pane_id })).rejects.toMatchObject(missing);
    await expect(
      world.tmux.pasteText({ session: "keeper", pane_id: "%999", agent: anybody }, "x"),
    ).rejects.toMatchObject(missing);
    await expect(world.tmux.paneOf({ session: "mine", pane_id: "mine" })).rejects.toMatchObject(missing);
  });

  it("does not take a pane whose program has ended for a living one", async () => {
    const { pane_id } = await world.run("corpse", ["sh", "-c", "read line"]);
    await world.raw("set-option", "-w", "-t", pane_id, "remain-on-exit", "on");
    await world.tmux.submit({ session: "corpse", agent: anybody });
    await until(async () => (await world.tmux.listPanes()).some((pane) => pane.pane_id === pane_id && pane.dead));
    expect(await world.tmux.sessionExists("corpse")).toBe(true);
    await expect(world.tmux.pasteText({ session: "corpse", agent: anybody }, "hello")).rejects.toMatchObject({
      code: "tmux_pane_missing",
    });
  });

  it("reads text and title, letters beyond ASCII too, and colons in the title", async () => {
    await world.run("titled", ["sh", "-c", "printf '\\033]2;⠋ a: b %%1:x\\007grüße ✓\\n\\n'; exec cat"], "✓");
    const target = { session: "titled" };
    expect(await world.tmux.title(target)).toBe("⠋ a: b %1:x");
    expect(await world.tmux.capture(target, 10)).toBe("grüße ✓");
    expect(await world.tmux.captureRaw(target, 0)).toMatch(/^grüße ✓\n{50}$/);
    expect(await world.tmux.screen(target, 0)).toEqual({
      text: "grüße ✓",
      title: "⠋ a: b %1:x",
      at: expect.any(Date),
    });
  });

  it("captures as much scrollback as was asked for", async () => {
    await world.run("scrolled", ["sh", "-c", "seq 1 200; exec cat"], "200");
    const target = { session: "scrolled" };
    const lines = async (count: number) => (await world.tmux.capture(target, count)).split("\n");
    expect(await lines(0)).toHaveLength(49);
    expect((await lines(10))[0]).toBe("142");
    expect((await lines(5_000))[0]).toBe("1");
    for (const count of [-1, 1.5, 50_001]) {
      await expect(world.tmux.capture(target, count)).rejects.toMatchObject({ code: "invalid_input" });
    }
  });
});

describe("the session we are in", () => {
  it("is known only from what tmux put into our environment, and only for this server", async () => {
    const inside = await world.run("inside", ["cat"]);
    const socket = (await world.raw("display-message", "-p", "#{socket_path}")).trim();
    const current = (env: Record<string, string>, options = world.options) =>
      createTmux({ ...options, env: { ...world.options.env, ...env } }).currentSession();
    const environment = { TMUX: `${socket},1234,0`, TMUX_PANE: inside.pane_id };

    expect(await current(environment)).toEqual({ session: "inside", pane_id: inside.pane_id });
    expect(await current(environment, { socket_path: socket })).toEqual({ session: "inside", pane_id: inside.pane_id });
    expect(await current(environment, {})).toEqual({ session: "inside", pane_id: inside.pane_id });
    expect(await current({})).toBeNull();
    expect(await current({ TMUX_PANE: inside.pane_id })).toBeNull();
    expect(await current({ TMUX: environment.TMUX })).toBeNull();
    expect(await current({ ...environment, TMUX: "/tmp/another,1,0" })).toBeNull();
    expect(await current({ ...environment, TMUX_PANE: "%999" })).toBeNull();
  });
});

describe("tmux that does not do its work", () => {
  it("is reported with its own code, within the time limit", async () => {
    const hanging = await script(world.folder, "hanging-tmux", ["#!/bin/sh", "sleep 300"]);
    const tmux = createTmux({ ...world.options, binary: hanging, time_limit_ms: 200 });
    const timedOut = { code: "tmux_timeout", details: { time_limit_ms: 200 } };
    await expect(tmux.sessionExists("keeper")).rejects.toMatchObject(timedOut);
    await expect(tmux.kill("keeper")).rejects.toMatchObject(timedOut);
    await expect(tmux.start({ session: "new", cwd: world.folder, argv: ["cat"] })).rejects.toMatchObject(timedOut);
  });

  it("is reported as missing when it is not installed", async () => {
    const tmux = createTmux({ ...world.options, binary: "conveyor-no-such-tmux" });
    await expect(tmux.sessionExists("keeper")).rejects.toMatchObject({ code: "tool_missing" });
    await expect(tmux.version()).rejects.toMatchObject({ code: "tool_missing", message: /tmux is not installed/ });
  });

  it("is an error and not a missing session when the host denies it", async () => {
    const lines = ["#!/bin/sh", "echo 'error connecting to /tmp/x (Operation not permitted)' >&2", "exit 1"];
    const tmux = createTmux({ ...world.options, binary: await script(world.folder, "denied-tmux", lines) });
    await expect(tmux.sessionExists("keeper")).rejects.toMatchObject({
      code: "host_denied",
      hint: /Privacy & Security/,
    });
    const unreadable = createTmux({ ...world.options, binary: world.folder });
    await expect(unreadable.sessionExists("keeper")).rejects.toMatchObject({ code: "host_denied" });
  });

  it("is an error of its own when a session is needed and no server runs", async () => {
    const { tmux, close } = await privateTmux();
    await close();
    await expect(tmux.paneOf({ session: "a" })).rejects.toMatchObject({ code: "tmux_no_server" });
    await expect(tmux.kill("a")).rejects.toMatchObject({ code: "tmux_no_server" });
    await expect(tmux.sendKey({ session: "a", agent: anybody }, "Enter")).rejects.toMatchObject({
      code: "tmux_no_server",
    });
  });

  it("tells its version", async () => {
    expect(await world.tmux.version()).toMatch(/^\d+\.\d+[a-z]?/);
  });
});
