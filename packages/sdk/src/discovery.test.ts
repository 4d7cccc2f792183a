import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isProcessAlive, processStartMark, readDiscovery, type ServerRecord, serverFiles } from "./discovery.ts";

let folder: string;
let ledger_path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "conveyor-test-"));
  ledger_path = join(folder, "workerctl.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (): ServerRecord => ({
  pid: process.pid,
  pid_started_at: processStartMark(process.pid),
  socket: join(folder, "server.sock"),
  url: "http://127.0.0.1:8797",
  version: "1.2.3",
  ledger_path,
  started_at: "2026-01-01T00:00:00.000Z",
  protocol: 1,
  dispatch: true,
  durable: true,
});

describe("the discovery file", () => {
  it("is read back as it was written", () => {
    writeFileSync(serverFiles(ledger_path).discovery, JSON.stringify(record()));
    expect(readDiscovery(ledger_path)).toEqual(record());
  });

  it.each(["", "{", "null", "[]", "7", '{"pid":1}', '{"pid":1,"socket":"/tmp/', " ".repeat(70_000)])(
    "with %j in it counts as none",
    (text) => {
      writeFileSync(serverFiles(ledger_path).discovery, text);
      expect(readDiscovery(ledger_path)).toBeUndefined();
    },
  );

  /** What others may have put into a field; none of it may reach a signal, a connection or a request. */
  const UNFIT: [field: keyof ServerRecord, value: unknown][] = [
    ...[-1, 0, 1.5, "1", null, 2 ** 31, Number.MAX_SAFE_INTEGER, [], {}].map((value): [keyof ServerRecord, unknown] => [
      "pid",
      value,
    ]),
    ["pid_started_at", -1],
    ["pid_started_at", "yesterday"],
    ["pid_started_at", ""],
    ["socket", "server.sock"],
    ["socket", "/tmp/a\u0000b"],
    ["socket", ""],
    ["socket", "/".repeat(5000)],
    ["url", "file:///etc/passwd"],
    ["url", "http://127.0.0.1:1@example.org"],
    ["url", "http://example.org/path?query"],
    ["url", "javascript:alert(1)"],
    ["ledger_path", "/somewhere/else/workerctl.db"],
    ["protocol", "1"],
    ["dispatch", "yes"],
    ["durable", "yes"],
  ];

  it("of an older server that says nothing of it is of one that is not durable", () => {
    const { durable: _unsaid, ...older } = record();
    writeFileSync(serverFiles(ledger_path).discovery, JSON.stringify(older));
    expect(readDiscovery(ledger_path)).toEqual({ ...older, durable: false });
  });

  it.each(UNFIT)("with another value as %s counts as none: %j", (field, value) => {
    writeFileSync(serverFiles(ledger_path).discovery, JSON.stringify({ ...record(), [field]: value }));
    expect(readDiscovery(ledger_path)).toBeUndefined();
  });

  it.each([
    ["a FIFO", (path: string) => execFileSync("mkfifo", [path])],
    ["a link to a device", (path: string) => symlinkSync("/dev/zero", path)],
    ["a folder", (path: string) => mkdirSync(path)],
    ["a link to a good one", (path: string) => linked(path)],
    ["one that others may write", (path: string) => writable(path)],
  ])("that is %s counts as none, at once", (_what, make) => {
    make(serverFiles(ledger_path).discovery);
    expect(readDiscovery(ledger_path)).toBeUndefined();
  });

  function linked(path: string): void {
    writeFileSync(join(folder, "good"), JSON.stringify(record()));
    symlinkSync(join(folder, "good"), path);
  }

  function writable(path: string): void {
    writeFileSync(path, JSON.stringify(record()));
    chmodSync(path, 0o666);
  }

  it("that is not there counts as none", () => {
    expect(readDiscovery(ledger_path)).toBeUndefined();
  });
});

describe("a process", () => {
  it("is alive while it runs and dead afterwards", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    await once(child, "spawn");
    const pid = child.pid as number;
    const claim = { pid, pid_started_at: processStartMark(pid) };
    expect(isProcessAlive(claim)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isProcessAlive(claim)).toBe(false);
  });

  it("that got the pid of another one is not that one", () => {
    const known = processStartMark(process.pid) !== null;
    expect(isProcessAlive({ pid: process.pid, pid_started_at: "1" })).toBe(!known);
  });

  it.each([-1, 0, -process.pid, 1.5, Number.NaN, 2 ** 31, "1" as unknown as number])(
    "never has the number %s",
    (pid) => {
      expect(isProcessAlive({ pid, pid_started_at: null })).toBe(false);
    },
  );

  it("that has ended and waits for its parent is dead", async () => {
    // The shell starts a child and, before that ends, becomes a program that never asks how it ended.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 600"], { stdio: ["ignore", "pipe", "ignore"] });
    const [said] = await once(parent.stdout, "data");
    const pid = Number(String(said));
    const isZombie = () => /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    await vi.waitUntil(isZombie, { timeout: 10_000, interval: 5 });
    expect(isProcessAlive({ pid, pid_started_at: processStartMark(pid) })).toBe(false);
    parent.kill("SIGKILL");
  });

  it("of another user is none of ours, also for root, who may signal everybody", async () => {
    const isRoot = process.getuid?.() === 0;
    const child = isRoot ? spawn("sleep", ["600"], { uid: 65_534, gid: 65_534 }) : undefined;
    if (child !== undefined) await once(child, "spawn");
    const pid = child?.pid ?? 1;
    expect(isProcessAlive({ pid, pid_started_at: processStartMark(pid) })).toBe(false);
    child?.kill("SIGKILL");
  });
});
