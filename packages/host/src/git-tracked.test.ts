import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isGitTracked } from "./git-tracked.ts";

let root: string;
let state: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-tracked-")));
  state = join(root, "project", ".codex-workers");
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, "workerctl.db"), "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function brokenRepository(): void {
  mkdirSync(join(root, ".git"));
  writeFileSync(join(root, ".git/HEAD"), "?");
}

const git = (...words: string[]) => execFileSync("git", words, { cwd: root, stdio: "ignore" });

describe("whether git tracks a folder", () => {
  it("is yes once something in it was added, and no before", async () => {
    git("init", "-q");
    expect(await isGitTracked(state, process.env)).toBe(false);
    git("add", "-f", "project/.codex-workers/workerctl.db");
    expect(await isGitTracked(state, process.env)).toBe(true);
  });

  it("does not stop at a folder that is a repository by its name only", async () => {
    mkdirSync(join(root, "project", ".git"));
    expect(await isGitTracked(state, process.env)).toBe(false);
    git("init", "-q");
    git("add", "-f", "project/.codex-workers/workerctl.db");
    expect(await isGitTracked(state, process.env)).toBe(true);
  });

  it.each([
    ["a repository that git cannot read", () => brokenRepository()],
    ["a file that leads to none", () => writeFileSync(join(root, ".git"), "gitdir: /nowhere\n")],
  ])("is refused for %s", async (_what, make) => {
    make();
    await expect(isGitTracked(state, process.env)).rejects.toMatchObject({ code: "host_denied" });
  });
});
