import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { operations } from "@conveyor/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../testing/world.ts";
import { list } from "./list.ts";
import { makeWorktree } from "./make-worktree.ts";
import { remove } from "./remove.ts";
import { diff, show } from "./show.ts";

const IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];

let world: World;
const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, ...IDENTITY, ...args], { stdio: "pipe", encoding: "utf8" }).trim();
const make = (name = "auth", branch?: string) => makeWorktree(world.ctx, { cwd: world.cwd, name, branch });
const ask = {
  list: (all = false) => list(world.ctx, operations.worktrees.list.input.parse({ all })),
  show: (worktree: string) => show(world.ctx, { worktree }),
  diff: (worktree: string, patch = false) => diff(world.ctx, { worktree, include_content: patch }),
  remove: (worktree: string, more: { force?: boolean; reason?: string } = {}) =>
    remove(world.ctx, { worktree, force: false, ...more }),
};

beforeEach(() => {
  world = createWorld();
  git(world.cwd, "init", "-q", "-b", "main");
  writeFileSync(join(world.cwd, "a.txt"), "one\n");
  writeFileSync(join(world.cwd, ".gitignore"), ".env*\nlocal/\n");
  git(world.cwd, "add", "-A");
  git(world.cwd, "commit", "-qm", "first");
});
afterEach(() => world.close());

describe("a working tree for an agent", () => {
  it("is made beside the repository on a branch of its own, with the files that are named, and is recorded", async () => {
    writeFileSync(join(world.cwd, ".worktreeinclude"), ".env\nlocal/*.json\n");
    writeFileSync(join(world.cwd, ".env"), "A=1");
    writeFileSync(join(world.cwd, ".env.other"), "B=1");
    mkdirSync(join(world.cwd, "local"));
    writeFileSync(join(world.cwd, "local/x.json"), "{}");
    writeFileSync(join(world.root, "outside"), "secret");
    symlinkSync(join(world.root, "outside"), join(world.cwd, "local/link.json"));
    const made = await make();
    expect(made).toMatchObject({ state: "ready", branch: "conveyor/auth", path: `${world.cwd}.worktrees/auth` });
    expect(readFileSync(join(made.path, "a.txt"), "utf8")).toBe("one\n");
    expect(readFileSync(join(made.path, ".env"), "utf8")).toBe("A=1");
    expect(existsSync(join(made.path, "local/x.json"))).toBe(true);
    for (const other of [".env.other", "local/link.json"]) expect(existsSync(join(made.path, other))).toBe(false);
    expect(await world.telemetryEvent("worktree_made")).toMatchObject({
      attributes: { success: true, copied_files: 2 },
    });
    expect((await world.auditTypes()).slice(-2)).toEqual(["worktree_requested", "worktree_made"]);
    expect(await ask.list()).toMatchObject([{ id: made.id, bytes: 17, session: null }]);
  });

  it("runs nothing that the repository names", async () => {
    const mark = join(world.root, "ran");
    writeFileSync(join(world.cwd, ".git/hooks/post-checkout"), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    git(world.cwd, "config", "filter.bad.smudge", `touch ${mark}; cat`);
    writeFileSync(join(world.cwd, ".gitattributes"), "*.txt filter=bad\n");
    git(world.cwd, "-c", "filter.bad.smudge=", "add", "-A");
    git(world.cwd, "commit", "-qm", "second");
    const { id } = await make();
    await ask.show(String(id));
    await ask.diff(String(id), true);
    await ask.remove(String(id));
    expect(existsSync(mark)).toBe(false);
  });

  it.each([
    ["a folder in no repository", () => git(world.cwd, "update-ref", "-d", "HEAD"), "precondition_failed"],
    ["a branch that is there", () => git(world.cwd, "branch", "conveyor/auth"), "conflict"],
    ["a folder that is there", () => mkdirSync(`${world.cwd}.worktrees/auth`, { recursive: true }), "conflict"],
    ["a link in its way", () => symlinkSync(world.root, `${world.cwd}.worktrees`), "conflict"],
  ])("is refused for %s, and nothing is recorded", async (_what, arrange, code) => {
    arrange();
    await expect(make()).rejects.toMatchObject({ code });
    expect(await ask.list(true)).toEqual([]);
  });

  it.each(["--force", "a..b", "x y", "-"])("is refused on a branch called %j", async (branch) => {
    await expect(make("auth", branch)).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("shows what was changed, committed or not, and the changes themselves when asked for", async () => {
    const { id, path } = await make();
    writeFileSync(join(path, "a.txt"), "one\ntwo\n");
    writeFileSync(join(path, "b.txt"), "new");
    const seen = await ask.diff(String(id));
    expect(seen).toMatchObject({ files: [{ path: "a.txt", added: 1, removed: 0 }], new_files: ["b.txt"], patch: null });
    expect((await ask.diff("conveyor/auth", true)).patch).toContain("+two");
    expect((await ask.show(path)).standing).toEqual({
      on_disk: true,
      changed_files: 2,
      unpushed_commits: 0,
      used_by: [],
    });
  });

  it("is removed with its branch when it holds nothing of its own", async () => {
    const { id, path } = await make();
    expect(await ask.remove(String(id))).toMatchObject({ branch_kept: false, worktree: { state: "removed" } });
    expect(existsSync(path)).toBe(false);
    expect(git(world.cwd, "branch", "--list", "conveyor/*")).toBe("");
    expect(await ask.list()).toEqual([]);
    await expect(ask.remove(String(id))).rejects.toMatchObject({ code: "precondition_failed" });
    expect((await make()).id).not.toBe(id);
  });

  it("keeps work that stands nowhere else unless it is thrown away with a reason", async () => {
    const { id, path } = await make();
    writeFileSync(join(path, "b.txt"), "new");
    await expect(ask.remove(String(id))).rejects.toMatchObject({ code: "gate_failed", details: { changed_files: 1 } });
    git(path, "add", "-A");
    git(path, "commit", "-qm", "work");
    await expect(ask.remove(String(id))).rejects.toMatchObject({
      code: "gate_failed",
      details: { unpushed_commits: 1 },
    });
    await expect(ask.remove(String(id), { force: true })).rejects.toMatchObject({ code: "invalid_input" });
    const removed = await ask.remove(String(id), { force: true, reason: "a dead end" });
    expect(removed).toMatchObject({ branch_kept: true, worktree: { reason: "a dead end" } });
    expect(git(world.cwd, "log", "-1", "--format=%s", "conveyor/auth")).toBe("work");
    expect((await world.telemetryEvent("worktree_removed"))?.severity).toBe("warning");
  });

  it("lets pushed work go", async () => {
    const { id, path } = await make();
    git(world.root, "init", "-q", "--bare", "origin.git");
    git(path, "remote", "add", "origin", join(world.root, "origin.git"));
    writeFileSync(join(path, "b.txt"), "new");
    git(path, "add", "-A");
    git(path, "commit", "-qm", "work");
    git(path, "push", "-q", "origin", "conveyor/auth");
    expect(await ask.remove(String(id))).toMatchObject({ standing: { unpushed_commits: 0 }, branch_kept: true });
  });

  it("is not removed while somebody works in it, nor in the place of something else", async () => {
    const { id, path } = await make();
    await world.worker({ name: "ann", cwd: path });
    await expect(ask.remove(String(id))).rejects.toMatchObject({ code: "conflict", details: { used_by: ["ann"] } });
    const other = await make("other");
    const elsewhere = join(world.root, "elsewhere");
    renameSync(other.path, elsewhere);
    symlinkSync(elsewhere, other.path);
    await expect(ask.remove(String(other.id))).rejects.toMatchObject({ code: "precondition_failed" });
    expect(existsSync(join(elsewhere, "a.txt"))).toBe(true);
    const strange = join(dirname(other.path), "strange");
    git(world.cwd, "worktree", "add", "-q", "-b", "own", strange);
    await expect(ask.remove(strange)).rejects.toMatchObject({ code: "not_found" });
  });
});
