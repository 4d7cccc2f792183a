import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readHostIdentity } from "./host-id.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "conveyor-host-id-"));
  file = join(home, ".local/state/conveyor/host.json");
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+rwx", home]);
  rmSync(home, { recursive: true, force: true });
});

const identity = (machine = "this one", env: Record<string, string> = { HOME: home }) =>
  readHostIdentity({ env, machine });

describe("the id of a host", () => {
  it("is made once, kept outside every ledger, and readable by its owner only", () => {
    const made = identity();
    expect(made).toMatchObject({ host_id: expect.stringMatching(UUID), file, problem: null });
    expect(identity()).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(file))).toEqual(["host.json"]);
  });

  it("stands where XDG_STATE_HOME says, unless that is relative", () => {
    const named = join(home, "state");
    expect(identity("this one", { HOME: home, XDG_STATE_HOME: named }).file).toBe(join(named, "conveyor/host.json"));
    expect(identity("this one", { HOME: home, XDG_STATE_HOME: "state" }).file).toBe(file);
  });

  it("is another one on another machine with the same home folder, and the old one back on the first", () => {
    const first = identity("laptop");
    const copy = mkdtempSync(join(tmpdir(), "conveyor-host-id-"));
    cpSync(home, copy, { recursive: true });
    const second = readHostIdentity({ env: { HOME: copy }, machine: "desktop" });
    expect(second.host_id).not.toBe(first.host_id);
    expect(readHostIdentity({ env: { HOME: copy }, machine: "laptop" })).toMatchObject({ host_id: first.host_id });
    rmSync(copy, { recursive: true });
  });

  it("is known without being told what tells this machine apart", () => {
    const made = readHostIdentity({ env: { HOME: home } });
    expect(readHostIdentity({ env: { HOME: home } })).toEqual(made);
    expect(identity().host_id).not.toBe(made.host_id);
  });

  /** What may stand in the place of the file. None is believed; all are replaced, and nothing that a link names is touched. */
  const DAMAGED: [what: string, make: () => unknown][] = [
    ["empty", () => writeFileSync(file, "")],
    ["cut", () => writeFileSync(file, readFileSync(file, "utf8").slice(0, -20))],
    ["something else", () => writeFileSync(file, "[]")],
    [
      "full of ids that are none",
      () => writeFileSync(file, readFileSync(file, "utf8").replace(/": "[^"]+"/, '": "x"')),
    ],
    ["a link to a good one", () => linkTo("good.json")],
    ["a link to nothing", () => linkTo("not-there")],
    ["a FIFO", () => fifo()],
    ["larger than anybody would write", () => writeFileSync(file, " ".repeat(100_000))],
    ["writable by others", () => chmodSync(file, 0o666)],
  ];

  function fifo(): void {
    rmSync(file);
    execFileSync("mkfifo", [file]);
  }

  function linkTo(target: string): void {
    const path = join(home, target);
    if (target === "good.json") cpSync(file, path);
    rmSync(file);
    symlinkSync(path, file);
  }

  it.each(DAMAGED)("is made anew when the file is %s", (_what, damage) => {
    const before = identity();
    const good = readFileSync(file, "utf8");
    damage();
    const after = identity();
    expect(after).toMatchObject({ host_id: expect.stringMatching(UUID), file, problem: null });
    expect(after.host_id).not.toBe(before.host_id);
    expect(identity()).toEqual(after);
    if (existsSync(join(home, "good.json"))) expect(readFileSync(join(home, "good.json"), "utf8")).toBe(good);
    expect(existsSync(join(home, "not-there"))).toBe(false);
  });

  /** Places where nothing can be kept. The id is then the same each time anyway, and differs by machine. */
  const NOWHERE: [what: string, env: () => Record<string, string>][] = [
    ["a folder that cannot be made", () => ({ XDG_STATE_HOME: "/proc/self/nowhere" })],
    ["a file in the place of the folder", () => ({ XDG_STATE_HOME: plainFile() })],
    ["a folder that others may write", () => ({ XDG_STATE_HOME: sharedFolder() })],
    ["a folder of another user", () => ({ XDG_STATE_HOME: foreignFolder() })],
    ["a folder in the place of the file", () => ({ HOME: folderAsFile() })],
    ["a missing home", () => ({ HOME: "/dev/null" })],
  ];

  function plainFile(): string {
    writeFileSync(join(home, "f"), "");
    return join(home, "f");
  }

  function folderAsFile(): string {
    mkdirSync(file, { recursive: true });
    return home;
  }

  function sharedFolder(): string {
    mkdirSync(join(home, "shared/conveyor"), { recursive: true });
    chmodSync(join(home, "shared/conveyor"), 0o777);
    return join(home, "shared");
  }

  /** Where the tests do not run as root, a folder of root's stands in for one. */
  function foreignFolder(): string {
    if (process.getuid?.() !== 0) return "/usr";
    mkdirSync(join(home, "foreign/conveyor"), { recursive: true });
    chownSync(join(home, "foreign/conveyor"), 65_534, 65_534);
    return join(home, "foreign");
  }

  it.each(NOWHERE)("follows from machine and user where there is %s", (_what, env) => {
    const named = env();
    const one = readHostIdentity({ env: named, machine: "this one" });
    expect(one).toMatchObject({
      host_id: expect.stringMatching(UUID),
      file: null,
      problem: expect.stringMatching(/./),
    });
    expect(readHostIdentity({ env: named, machine: "this one" })).toEqual(one);
    expect(readHostIdentity({ env: named, machine: "that one" }).host_id).not.toBe(one.host_id);
  });

  it("does not wait for ever for a process that died while it made one", () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.lock`, "");
    const long_ago = Date.now() / 1000 - 60;
    utimesSync(`${file}.lock`, long_ago, long_ago);
    expect(identity().file).toBe(file);
    expect(readdirSync(dirname(file))).toEqual(["host.json"]);
  });

  it.each(["missing", "damaged"])("is one for many processes that find a %s file at once", async (state) => {
    if (state === "damaged") {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, '{"host_ids":');
    }
    const script = `import(${JSON.stringify(import.meta.resolve("./host-id.ts"))}).then((m) => console.log(m.readHostIdentity({ env: { HOME: process.argv[1] } }).host_id))`;
    const argv = ["--import", import.meta.resolve("tsx"), "-e", script, home];
    const ids = await Promise.all(Array.from({ length: 6 }, () => text(spawn(process.execPath, argv).stdout)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]?.trim()).toMatch(UUID);
  });
});
