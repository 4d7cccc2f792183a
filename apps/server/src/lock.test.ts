import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStartMark, serverFiles } from "@conveyor/files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimServer, readClaim } from "./lock.ts";

let folder: string;
let ledger_path: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-lock-"));
  ledger_path = join(folder, "workerctl.db");
  ({ lock } = serverFiles(ledger_path));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const claim = (of: Record<string, unknown> = {}) =>
  JSON.stringify({
    ...{ pid: process.pid, pid_started_at: processStartMark(process.pid), state_root: folder, nonce: "a".repeat(24) },
    ...of,
  });

/** What may stand in the place of a claim without being one, or being one that nobody holds. */
const UNHELD: [what: string, make: () => unknown][] = [
  ["an empty file", () => writeFileSync(lock, "")],
  ["a cut file", () => writeFileSync(lock, claim().slice(0, 20))],
  ["a file of something else", () => writeFileSync(lock, "[1]")],
  ["all processes as holder", () => writeFileSync(lock, claim({ pid: -1 }))],
  ["a group of processes as holder", () => writeFileSync(lock, claim({ pid: 0 }))],
  ["a nonce that leads elsewhere", () => writeFileSync(lock, claim({ nonce: "../../escaped" }))],
  ["the claim of another state root, copied", () => writeFileSync(lock, claim({ state_root: "/elsewhere" }))],
  ["a start that is none", () => writeFileSync(lock, claim({ pid_started_at: { not: "a text" } }))],
  ["this process's number with another start", () => writeFileSync(lock, claim({ pid_started_at: "1" }))],
  ["a link to a file", () => linked()],
  ["a FIFO", () => execFileSync("mkfifo", [lock])],
];

function linked(): void {
  writeFileSync(join(folder, "victim"), claim());
  symlinkSync(join(folder, "victim"), lock);
}

describe("the claim on a state root", () => {
  it.each(UNHELD)("is free when there is %s, and is taken in its place", async (_what, make) => {
    make();
    const before = readdirSync(folder);
    const release = await claimServer(ledger_path);
    expect(readClaim(lock)).toMatchObject({ pid: process.pid });
    await expect(claimServer(ledger_path)).rejects.toMatchObject({ code: "conflict" });
    release();
    expect(readdirSync(folder)).toEqual(before.filter((name) => name !== "server.lock"));
    if (before.includes("victim")) expect(readFileSync(join(folder, "victim"), "utf8")).toBe(claim());
  });

  it("passes over a ticket that a broken process left, or that holds nothing", async () => {
    writeFileSync(lock, claim({ pid_started_at: "1" }));
    writeFileSync(`${lock}.taking-${"a".repeat(24)}`, "");
    (await claimServer(ledger_path))();
    writeFileSync(lock, claim({ pid_started_at: "1" }));
    linkSync(lock, `${lock}.taking-${"a".repeat(24)}`);
    (await claimServer(ledger_path))();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says what stands in the way when that cannot be replaced", async () => {
    mkdirSync(lock);
    await expect(claimServer(ledger_path)).rejects.toMatchObject({
      code: "state_root_unwritable",
      message: expect.stringContaining(lock),
    });
  });

  it("goes to one of many that replace the same damaged file at once", async () => {
    writeFileSync(lock, "");
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => claimServer(ledger_path)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
