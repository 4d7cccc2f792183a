import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, root } from "../../../tools/build/build.ts";

/** The first and the last millisecond: surroundings in which a program can hardly begin, or not end well. */

const folder = mkdtempSync(join(tmpdir(), "conveyor-edges-"));
const state = join(folder, "state");
const env = {
  ...{ HOME: folder, PATH: process.env["PATH"], CONVEYOR_STATE_ROOT: state },
  XDG_STATE_HOME: process.env["XDG_STATE_HOME"],
};
/** Run a shell script in which `$conveyor` is the program. */
const sh = (script: string, more: Record<string, string | undefined> = {}) => {
  const all = { ...env, conveyor: join(root, "bin/conveyor"), ...more };
  return spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: folder, env: all, timeout: 60_000 });
};

beforeAll(async () => {
  await build();
  sh("$conveyor tasks --create auth --goal g");
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ONE_LINE = /^error: [^\n]+\n(hint: [^\n]+\n)?$/;
const REMOVED = "mkdir gone && cd gone && rmdir ../gone && ";

/** Each ends with exit code 2 and one line with a hint, and never with a trace. */
const REFUSED: [what: string, script: string, env?: Record<string, string | undefined>][] = [
  ["a full disk behind the answer", "$conveyor tasks > /dev/full"],
  ["a removed folder", `${REMOVED}$conveyor tasks`],
  ["a full disk behind help", "$conveyor --help > /dev/full"],
  ["a full disk behind a command's help", "$conveyor tasks --help > /dev/full"],
  ["a full disk behind the version", "$conveyor --version > /dev/full"],
  [
    "a removed folder that the ledger would be looked for from",
    `${REMOVED}$conveyor tasks`,
    { CONVEYOR_STATE_ROOT: "" },
  ],
  ["a removed folder that a path is relative to", `${REMOVED}$conveyor tasks --path my.db`],
  [
    "a state root below a file of the system",
    "$conveyor tasks --create x --goal g",
    { CONVEYOR_STATE_ROOT: "/proc/self/x" },
  ],
  ["a state root below a device", "$conveyor tasks --create x --goal g", { CONVEYOR_STATE_ROOT: "/dev/null/x" }],
  [
    "a state root that is too long",
    "$conveyor tasks --create x --goal g",
    { CONVEYOR_STATE_ROOT: `/tmp/${"x".repeat(300)}` },
  ],
  ["a server below a file of the system", "$conveyor serve --port 0", { CONVEYOR_STATE_ROOT: "/proc/self/x" }],
];

describe("the built program", () => {
  it.each(REFUSED)("says in one line what is wrong: %s", (_what, script, more) => {
    const { status, stdout, stderr } = sh(script, more);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).not.toContain("something unexpected");
  });

  it("says its version and its help in a folder that was removed", () => {
    expect(sh(`${REMOVED}$conveyor --version`)).toMatchObject({ status: 0, stderr: "" });
    expect(sh(`${REMOVED}$conveyor tasks --help`)).toMatchObject({ status: 0, stderr: "" });
  });

  it("says it as JSON where JSON was asked for", () => {
    const { status, stderr } = sh("$conveyor tasks --json > /dev/full");
    expect([status, JSON.parse(stderr).error.code]).toEqual([2, "output_failed"]);
  });

  it("works without HOME", () => {
    expect(sh("unset HOME; $conveyor tasks")).toMatchObject({ status: 0, stderr: "" });
  });

  it("ends with 2 and no trace when even errors can be told to nobody", () => {
    expect(sh("$conveyor nonsense 2> /dev/full")).toMatchObject({ status: 2, stdout: "", stderr: "" });
  });

  it.each([
    ["that cannot be written", "/proc/self/none"],
    ["that is too long", `/tmp/${"y".repeat(120)}`],
  ])("serves all the same with a temporary folder %s and leaves no socket behind", (_what, TMPDIR) => {
    const long = join(folder, "z".repeat(100));
    mkdirSync(long, { recursive: true });
    const before = readdirSync("/tmp").filter((name) => name.startsWith("conveyor-"));
    const more = { TMPDIR, CONVEYOR_STATE_ROOT: join(long, "state") };
    const served = sh(
      "$conveyor serve --detach --port 0 --json && $conveyor tasks --create a --goal g && $conveyor serve --stop",
      more,
    );
    expect([served.status, served.stderr]).toEqual([0, ""]);
    const made = readdirSync("/tmp").filter((name) => name.startsWith("conveyor-") && !before.includes(name));
    expect(made.filter((name) => existsSync(join("/tmp", name, "server.sock")))).toEqual([]);
  });
});
