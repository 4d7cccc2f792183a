import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveLedger } from "./ledger-path.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-test-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the ledger", () => {
  it("is the named file, whatever the environment says", () => {
    const env = { CONVEYOR_STATE_ROOT: "/elsewhere" };
    expect(resolveLedger({ path: "state/my.db", cwd: folder, env })).toEqual({
      state_root: join(folder, "state"),
      ledger_path: join(folder, "state/my.db"),
    });
  });

  it.each([
    ["~/x/my.db", "/home/ada/x/my.db"],
    ["~other/my.db", "/work/~other/my.db"],
    ["/abs/my.db", "/abs/my.db"],
  ])("named as %s is %s", (path, ledger_path) => {
    expect(resolveLedger({ path, cwd: "/work", env: { HOME: "/home/ada" } }).ledger_path).toBe(ledger_path);
  });

  it("stands in CONVEYOR_STATE_ROOT before WORKERCTL_STATE_ROOT", () => {
    const env = { CONVEYOR_STATE_ROOT: "~/ours", WORKERCTL_STATE_ROOT: "theirs", HOME: "/home/ada" };
    expect(resolveLedger({ cwd: folder, env }).ledger_path).toBe("/home/ada/ours/workerctl.db");
    const { CONVEYOR_STATE_ROOT: _ours, ...older } = env;
    expect(resolveLedger({ cwd: folder, env: older }).state_root).toBe(join(folder, "theirs"));
  });

  it("stands in the nearest enclosing folder that has a state root", () => {
    const inner = join(folder, "a/b/c");
    mkdirSync(inner, { recursive: true });
    mkdirSync(join(folder, ".codex-workers"));
    expect(resolveLedger({ cwd: inner, env: {} }).state_root).toBe(join(folder, ".codex-workers"));
    mkdirSync(join(folder, "a/.codex-workers"));
    writeFileSync(join(folder, "a/b/.codex-workers"), "a file is no state root");
    expect(resolveLedger({ cwd: inner, env: {} }).state_root).toBe(join(folder, "a/.codex-workers"));
  });

  it("would stand in the current folder when there is none yet", () => {
    expect(resolveLedger({ cwd: folder, env: {} })).toEqual({
      state_root: join(folder, ".codex-workers"),
      ledger_path: join(folder, ".codex-workers/workerctl.db"),
    });
  });
});
