import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programPrefix } from "./program-prefix.ts";

let root: string;
/** A folder with programs that print where they lie. */
function folder(name: string, ...programs: string[]): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const program of programs) {
    writeFileSync(join(path, program), `#!/bin/sh\necho '${name.replaceAll("'", "")}' "$@"\n`);
    chmodSync(join(path, program), 0o755);
  }
  return path;
}
let ours: string, node: string, login: string, other: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-prefix-")));
  ours = folder("it's ours", "conveyor", "workerctl");
  node = join(folder("node", "node"), "node");
  login = folder("login", "node");
  other = folder("other", "conveyor");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const prefixOf = (path: string[], options: { node?: string; login?: string[]; invoked?: string } = {}) =>
  programPrefix({
    invoked: options.invoked ?? join(ours, "conveyor"),
    env: { PATH: path.join(delimiter) },
    node: options.node ?? join(login, "node"),
    login_folders: options.login ?? [login],
  });

/** What a login shell whose PATH holds only the standard folders runs. */
const inLoginShell = (prefix: string) =>
  execFileSync("/bin/sh", ["-c", `${prefix} tasks`], { encoding: "utf8", env: { PATH: login } });

describe("how printed commands begin", () => {
  it("names the folder when only our own PATH finds this program, so that a login shell finds it too", () => {
    const prefix = prefixOf([ours, login]);
    expect(prefix).toBe(`PATH='${root}/it'"'"'s ours':$PATH conveyor`);
    expect(inLoginShell(prefix)).toBe("its ours tasks\n");
  });

  it("names the folder of the Node that runs us when a login shell would take another", () => {
    expect(prefixOf([ours], { node })).toBe(`PATH='${root}/it'"'"'s ours:${root}/node':$PATH conveyor`);
  });

  it("is the bare name only where every login shell means this program", () => {
    const linked = folder("linked", "node");
    symlinkSync(join(ours, "conveyor"), join(linked, "conveyor"));
    const standard = { login: [linked], node: join(linked, "node") };
    expect(prefixOf([linked], standard)).toBe("conveyor");
    expect(prefixOf([other, linked], standard)).toContain("PATH=");
    expect(prefixOf([linked], { ...standard, login: [other, linked] })).toContain("PATH=");
    expect(prefixOf([], standard)).toContain("PATH=");
  });

  it("is the same under the program's other name, and bare for a program that is not ours", () => {
    expect(prefixOf([], { invoked: join(ours, "workerctl") })).toBe(prefixOf([]));
    expect(prefixOf([], { invoked: "/somewhere/script.ts" })).toBe("conveyor");
  });
});
