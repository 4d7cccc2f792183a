import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
});

describe("the discovery file", () => {
  it("is read back as it was written", () => {
    writeFileSync(serverFiles(ledger_path).discovery, JSON.stringify(record()));
    expect(readDiscovery(ledger_path)).toEqual(record());
  });

  it.each(["", "{", "null", "[]", "7", '{"pid":1}', JSON.stringify({ pid: "1", protocol: 1 })])(
    "with %j in it counts as none",
    (text) => {
      writeFileSync(serverFiles(ledger_path).discovery, text);
      expect(readDiscovery(ledger_path)).toBeUndefined();
    },
  );

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
});
