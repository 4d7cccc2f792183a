import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assertOwnRoot } from "./index.ts";

const SOMEBODY_ELSE = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let root: string;
let ledger: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-owner-")));
  root = join(folder, ".codex-workers");
  ledger = join(root, "workerctl.db");
  mkdirSync(root, { mode: 0o700 });
  writeFileSync(ledger, "content", { mode: 0o600 });
});
afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

/**
 * Roots that are not ours alone, and what is said of them. Where the tests do not run as root, a file of another user
 * cannot be made; root's own `/` and `/etc/passwd` stand in for it.
 */
const FOREIGN: { what: string; make: () => string | undefined; says: string }[] = [
  { what: "a folder of another user", make: () => another(root, "/workerctl.db"), says: "another user" },
  { what: "a ledger of another user", make: () => another(ledger, "/etc/passwd"), says: "another user" },
  { what: "a folder that all may write", make: () => void chmodSync(root, 0o777), says: "written by others" },
  { what: "a sticky one that all may write", make: () => void chmodSync(root, 0o1777), says: "written by others" },
  { what: "a folder that a group may write", make: () => void chmodSync(root, 0o770), says: "written by others" },
  { what: "a ledger that all may write", make: () => open(0o666), says: "written by others" },
  { what: "a ledger that a group may write", make: () => open(0o620), says: "written by others" },
  { what: "a link as ledger", make: () => link(ledger), says: "is a link" },
  { what: "a link to nothing as ledger", make: () => linkToNothing(ledger), says: "is a link" },
  { what: "a link as write-ahead log", make: () => link(`${ledger}-wal`), says: "is a link" },
  { what: "a link as shared memory", make: () => link(`${ledger}-shm`), says: "is a link" },
  { what: "a link as journal", make: () => linkToNothing(`${ledger}-journal`), says: "is a link" },
  { what: "a FIFO as ledger", make: () => fifo(ledger), says: "is not a file" },
  { what: "a folder as ledger", make: () => folderAs(ledger), says: "is not a file" },
];

function another(path: string, substitute: string): string | undefined {
  if (!isRoot) return substitute;
  chownSync(path, SOMEBODY_ELSE, SOMEBODY_ELSE);
  return undefined;
}

function open(mode: number): undefined {
  chmodSync(root, 0o755);
  chmodSync(ledger, mode);
}

function link(path: string): undefined {
  rmSync(path, { force: true });
  writeFileSync(join(folder, "victim"), "precious");
  symlinkSync(join(folder, "victim"), path);
}

function linkToNothing(path: string): undefined {
  rmSync(path, { force: true });
  symlinkSync(join(folder, "not-there"), path);
}

function folderAs(path: string): undefined {
  rmSync(path);
  mkdirSync(path);
}

function fifo(path: string): undefined {
  rmSync(path);
  execFileSync("mkfifo", [path]);
}

describe("a state root", () => {
  it("of this user alone is taken as it is", () => {
    expect(assertOwnRoot(ledger)).toEqual([]);
    expect(assertOwnRoot(join(folder, "not-there", "workerctl.db"))).toEqual([]);
  });

  it.each(FOREIGN)("is refused when it has $what", ({ make, says }) => {
    const path = make() ?? ledger;
    expect(() => assertOwnRoot(path)).toThrow(
      expect.objectContaining({
        code: "foreign_ledger",
        message: expect.stringContaining(says),
        hint: expect.any(String),
      }),
    );
  });

  it("that others could look into is closed to them, which is told once", () => {
    chmodSync(root, 0o755);
    for (const suffix of ["", "-wal"]) writeFileSync(ledger + suffix, "");
    chmodSync(ledger, 0o644);
    chmodSync(`${ledger}-wal`, 0o640);
    const told = assertOwnRoot(ledger);
    expect(told).toHaveLength(3);
    expect(told.join()).toContain(root);
    expect([modeOf(root), modeOf(ledger), modeOf(`${ledger}-wal`)]).toEqual(["700", "600", "600"]);
    expect(assertOwnRoot(ledger)).toEqual([]);
  });

  it("keeps the few rights that its owner has", () => {
    chmodSync(ledger, 0o444);
    chmodSync(root, 0o555);
    assertOwnRoot(ledger);
    expect([modeOf(root), modeOf(ledger)]).toEqual(["500", "400"]);
  });

  it("in a folder that is not the ledger's own leaves that folder's mode alone", () => {
    chmodSync(folder, 0o755);
    const path = join(folder, "my.db");
    writeFileSync(path, "", { mode: 0o644 });
    chmodSync(path, 0o644);
    expect(assertOwnRoot(path).map((text) => text.includes(basename(path)))).toEqual([true]);
    expect([modeOf(folder), modeOf(path)]).toEqual(["755", "600"]);
  });
});
