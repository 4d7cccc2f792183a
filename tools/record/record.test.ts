import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { normalised, normaliser } from "./normalise.ts";
import { wordsOf } from "./recorder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "record-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function recording(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return join(root, name);
}

describe("two recordings", () => {
  it("that say the same have no difference, whenever and wherever they were made", () => {
    const before = recording("a", { "json/1.txt": '"created_at": "2026-01-02T03:04:05.678Z", "pid": 12' });
    const after = recording("b", { "json/1.txt": '"created_at": "2027-11-12T13:14:15.000Z", "pid": 4711' });
    expect(compare(before, after)).toEqual([]);
  });

  it("differ in the lines that were taken away and added, and in files that only one has", () => {
    const before = recording("a", { "1.txt": "one\ntwo\nthree\nfour", "2.txt": "gone" });
    const after = recording("b", { "1.txt": "one\nthree\n3½\nfour", "3.txt": "new" });
    expect(compare(before, after)).toEqual([
      { file: "1.txt", lines: ["- two", "+ 3½"] },
      { file: "2.txt", lines: ["- only in the first recording"] },
      { file: "3.txt", lines: ["+ only in the second recording"] },
    ]);
  });

  it("differ when a count, a state, a code or a key does", () => {
    for (const [a, b] of [
      ['"pending_count": 1', '"pending_count": 2'],
      ['"state": "delivered"', '"state": "pending"'],
      ["--- exit 1", "--- exit 2"],
      ['"timeout_seconds": 30', '"timeout_seconds": 60'],
      ['"pid": 1', '"process": 1'],
      ["ada\tactive\t-", "ada\tgone\t-"],
    ] as const) {
      expect([a, normalised(a) === normalised(b)]).toEqual([a, false]);
    }
  });
});

describe("what is recorded", () => {
  it("names no place, id, time, process, version or length of time", () => {
    const known = {
      root: "/tmp/record-x",
      tree: "/home/me/conveyor",
      version: "0.9.1",
      tmux_socket: "conveyor-test-1f",
    };
    const said = [
      "task-9b2e4d5c-1111-4222-8333-123456789abc in /tmp/record-x/state of /home/me/conveyor 0.9.1 on conveyor-test-1f",
      "2026-01-02T03:04:05.678Z (5 min ago), pid 4242, http://127.0.0.1:4711, p50 12 ms",
    ];
    expect(said.map(normaliser(known))).toEqual([
      "task-<uuid> in <root>/state of <tree> <version> on <tmux>",
      "<time> (<duration> ago), <pid>, http://127.0.0.1:<port>, p50 <duration>",
    ]);
  });

  it("is told once of what is followed, however often it was seen", () => {
    const lines = '--- stdout\n{"name":"a"}\n{"name":"b"}\n{"name":"a"}';
    expect(normalised(`$ conveyor tasks --watch\n${lines}`).match(/"a"/g)).toHaveLength(1);
    expect(normalised(`$ conveyor tasks\n${lines}`).match(/"a"/g)).toHaveLength(2);
  });

  it("is typed as in a shell", () => {
    expect(wordsOf("tasks --create auth --goal 'refactor it' --summary ''")).toEqual([
      ...["tasks", "--create", "auth", "--goal", "refactor it", "--summary", ""],
    ]);
  });
});
