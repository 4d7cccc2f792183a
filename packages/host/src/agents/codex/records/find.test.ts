import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scanRollouts } from "./find.ts";
import { dayFolders } from "./folders.ts";
import { rolloutCandidates } from "./name.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "conveyor-find-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const id = (n: number) => `019b0000-aaaa-7000-8000-00000000000${n}`;

function rollout(n: number, day: string, payload: object): string {
  const folder = join(home, "sessions", day);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `rollout-${day.replaceAll("/", "-")}T08-00-0${n}-${id(n)}.jsonl`);
  writeFileSync(path, `${JSON.stringify({ type: "session_meta", payload: { id: id(n), ...payload } })}\n`);
  return path;
}

describe("rolloutCandidates", () => {
  it("keeps rollouts below a sessions folder, each once, also with blanks in their path", () => {
    const wanted = "/home/a b/.codex/sessions/2026/11/02/rollout-x.jsonl";
    expect(
      rolloutCandidates([
        wanted,
        "/dev/null",
        "/home/.codex/sessions/2026/rollout-x.jsonl.zst",
        "/home/.codex/archived_sessions/rollout-x.jsonl",
        "/home/.codex/sessions/2026/log.jsonl",
        wanted,
      ]),
    ).toEqual([wanted]);
  });
});

describe("scanRollouts", () => {
  const now = new Date(2026, 10, 2, 9);

  it("finds by folder, freshness and thread in the days given, newest first, and says why others did not count", () => {
    const fresh = rollout(1, "2026/11/02", { cwd: "/p", timestamp: "2026-11-02T08:00:00.000Z" });
    const fresher = rollout(2, "2026/11/02", { cwd: "/p", timestamp: "2026-11-02T08:30:00.000Z" });
    const stale = rollout(3, "2026/11/01", { cwd: "/p", timestamp: "2026-11-01T08:00:00.000Z" });
    const timeless = rollout(4, "2026/11/01", { cwd: "/p" });
    const elsewhere = rollout(5, "2026/11/01", { cwd: "/q", timestamp: "2026-11-02T08:00:00.000Z" });
    rollout(6, "2026/10/31", { cwd: "/p", timestamp: "2026-11-02T08:00:00.000Z" });

    const scan = scanRollouts(home, dayFolders(now, 2), { cwd: "/p", not_before: new Date("2026-11-02T00:00:00Z") });
    expect(scan.found.map((meta) => meta.path)).toEqual([fresher, fresh]);
    expect(scan.passed_over).toEqual([
      { path: elsewhere, reason: "other_cwd" },
      { path: timeless, reason: "not_fresh" },
      { path: stale, reason: "not_fresh" },
    ]);
    expect(scanRollouts(home, dayFolders(now, 2), { thread_id: id(3) }).found.map((meta) => meta.path)).toEqual([
      stale,
    ]);
  });

  it("leaves out sub-agents when only threads of the user are wanted", () => {
    const path = rollout(1, "2026/11/02", { thread_source: "subagent" });
    rollout(2, "2026/11/02", { thread_source: "user" });
    rollout(3, "2026/11/02", {});
    const scan = scanRollouts(home, dayFolders(now, 1), { thread_source: "user" });
    expect(scan.found.map((meta) => meta.thread_id)).toEqual([id(3), id(2)]);
    expect(scan.passed_over).toEqual([{ path, reason: "other_source" }]);
  });

  it("passes over a file that is just beginning, and finds nothing in a home without sessions", () => {
    const path = rollout(1, "2026/11/02", {});
    writeFileSync(path, "");
    expect(scanRollouts(home, dayFolders(now, 1), {}).passed_over).toEqual([{ path, reason: "no_rollout" }]);
    expect(scanRollouts(join(home, "none"), dayFolders(now, 1), {}).found).toEqual([]);
  });
});

describe("dayFolders", () => {
  it("counts days back over the end of a month and a year", () => {
    expect(dayFolders(new Date(2026, 0, 1, 0, 5), 2)).toEqual(["2026/01/01", "2025/12/31"]);
  });
});
