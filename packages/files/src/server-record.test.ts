import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processStartMark } from "./process-life.ts";
import { readDiscovery, type ServerRecord, serverFiles } from "./server-record.ts";

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
