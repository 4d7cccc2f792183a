import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changedPaths, coveredHash, type Tree } from "./entries.ts";
import { fitsGlob } from "./globs.ts";
import { readTree } from "./tree.ts";

let root: string;
let repository: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-trees-")));
  repository = join(root, "repository");
  mkdirSync(repository);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const ENV = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  ...{ GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@x", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@x" },
};
const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: repository, env: ENV, encoding: "utf8", stdio: "pipe" });
const write = (path: string, text: string, base = repository) => {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
};
const read = (folder = repository, more = {}): Promise<Tree> => readTree(folder, { env: process.env, ...more });
const paths = (tree: Tree) => tree.entries.map(({ path }) => path);

function start(files: Record<string, string>): void {
  git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(files)) write(path, text);
  git("add", "-A");
  git("commit", "-qm", "first");
}

/** Everything that stands below a folder: names, contents and times. */
function everything(folder: string): string {
  const hash = createHash("sha256");
  const visit = (at: string) => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      const stats = lstatSync(path, { bigint: true });
      hash.update(`${path}\0${stats.mode}\0${stats.mtimeNs}\0${stats.ctimeNs}\0`);
      if (stats.isDirectory()) visit(path);
      else hash.update(stats.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
    }
  };
  visit(folder);
  return hash.digest("hex");
}

describe("the tree of a repository", () => {
  it("is that of its commit as long as nothing differs, and what git write-tree gives when something does", async () => {
    start({ "a.txt": "a", "src/b.txt": "b", ".gitignore": "out\n", "with\nnewline ü": "n" });
    write("out", "ignored");
    const clean = await read(join(repository, "src"));
    expect(clean).toMatchObject({ root: repository, kind: "git", dirty: false, branch: "main" });
    expect(clean.commit).toBe(git("rev-parse", "HEAD").trim());
    expect(clean.tree).toBe(git("rev-parse", "HEAD^{tree}").trim());
    expect(paths(clean)).toEqual([".gitignore", "a.txt", "src/b.txt", "with\nnewline ü"]);
    write("src/b.txt", "changed");
    write("new", "untracked");
    rmSync(join(repository, "a.txt"));
    chmodSync(join(repository, "new"), 0o755);
    const dirty = await read();
    expect(dirty.dirty).toBe(true);
    expect(changedPaths(clean, dirty)).toEqual(["a.txt", "new", "src/b.txt"]);
    git("add", "-A");
    expect(dirty.tree).toBe(git("write-tree").trim());
  });

  it("writes nothing into the repository, whatever stands in it", async () => {
    start({ "a.txt": "a", "b.txt": "b" });
    git("worktree", "add", "-q", join(root, "second"));
    symlinkSync("a.txt", join(repository, "link"));
    symlinkSync("/nowhere", join(repository, "dangling"));
    write("a.txt", "changed");
    git("add", "a.txt");
    write("a.txt", "changed again");
    write("line\nbreak", "x");
    utimesSync(join(repository, "b.txt"), new Date(), new Date());
    const before = everything(root);
    const tree = await read();
    const second = await read(join(root, "second"));
    expect(everything(root)).toBe(before);
    expect(tree.entries.find(({ path }) => path === "link")?.mode).toBe("120000");
    expect(second).toMatchObject({ root: join(root, "second"), branch: "second", dirty: false });
  });

  it("sees an edit that marks in the index, settings or a time that was set back would hide", async () => {
    start({ "a.txt": "one", "b.txt": "one", "c.txt": "one", "d.txt": "one" });
    git("config", "core.trustctime", "false");
    git("config", "core.checkStat", "minimal");
    git("update-index", "--assume-unchanged", "a.txt");
    git("update-index", "--skip-worktree", "b.txt");
    git("update-index", "--skip-worktree", "d.txt");
    const before = await read();
    for (const name of ["a.txt", "b.txt", "c.txt"]) {
      const { atime, mtime } = lstatSync(join(repository, name));
      write(name, "two");
      utimesSync(join(repository, name), atime, mtime);
    }
    rmSync(join(repository, "d.txt"));
    expect(git("status", "--porcelain")).not.toContain("a.txt");
    expect(changedPaths(before, await read())).toEqual(["a.txt", "b.txt", "c.txt", "d.txt"]);
  });

  it("looks only at what changed when it may keep what it saw, and gives the same", async () => {
    start({ "a.txt": "a", "b.txt": "b", ".gitignore": "*.log\n" });
    write("tracked.log", "1");
    git("add", "-f", "tracked.log");
    write("dirty", "not committed");
    const cache = join(root, "cache");
    expect((await read(repository, { cache })).tree).toBe((await read()).tree);
    write("a.txt", "c");
    write("tracked.log", "2");
    const kept = await read(repository, { cache });
    expect(kept.tree).toBe((await read()).tree);
    git("add", "-A");
    expect(kept.tree).toBe(git("write-tree").trim());
  });

  it("takes a sparse checkout for what is on the disk", async () => {
    start({ "in/a": "a", "out/b": "b" });
    git("sparse-checkout", "set", "in");
    const before = everything(join(repository, ".git"));
    expect(paths(await read())).toEqual(["in/a"]);
    expect(everything(join(repository, ".git"))).toBe(before);
  });

  it("holds the files of a submodule too", async () => {
    const inner = join(root, "inner");
    mkdirSync(inner);
    execFileSync("git", ["init", "-q"], { cwd: inner });
    writeFileSync(join(inner, "f"), "f");
    execFileSync("git", ["add", "-A"], { cwd: inner });
    execFileSync("git", ["commit", "-qm", "x"], { cwd: inner, env: ENV });
    start({ "a.txt": "a" });
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "sub");
    git("commit", "-qm", "second");
    const before = everything(join(repository, ".git"));
    const clean = await read();
    expect(paths(clean)).toEqual([".gitmodules", "a.txt", "sub", "sub/f"]);
    expect(clean.dirty).toBe(false);
    write("sub/f", "changed");
    const dirty = await read();
    expect(dirty.dirty).toBe(true);
    expect(changedPaths(clean, dirty)).toEqual(["sub/f"]);
    expect(everything(join(repository, ".git"))).toBe(before);
  });

  it("runs nothing that the repository names", async () => {
    start({ "a.txt": "a", ".gitattributes": "* filter=evil\n" });
    const mark = join(root, "was-run");
    git("config", "filter.evil.clean", `touch ${mark}; cat`);
    git("config", "filter.evil.required", "true");
    git("config", "core.fsmonitor", `touch ${mark}`);
    write("new", "x");
    await read();
    expect(existsSync(mark)).toBe(false);
  });

  it("takes a repository without commit, and one in the middle of a merge", async () => {
    git("init", "-q", "-b", "main");
    write("a", "a");
    expect(await read()).toMatchObject({ commit: null, dirty: true });
    git("add", "-A");
    git("commit", "-qm", "1");
    git("checkout", "-qb", "other");
    write("a", "b");
    git("commit", "-qam", "2");
    git("checkout", "-q", "main");
    write("a", "c");
    git("commit", "-qam", "3");
    expect(() => git("merge", "-q", "other")).toThrow();
    expect(paths(await read())).toEqual(["a"]);
  });

  it("leaves out what does not count, and is not misled by the caller's own git variables", async () => {
    start({ "a.txt": "a" });
    write("state/ledger", "x");
    const env = { ...process.env, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/index" };
    const tree = await readTree(repository, { env, without: [join(repository, "state")] });
    expect(paths(tree)).toEqual(["a.txt"]);
  });

  it("refuses what it cannot read, or what is not there", async () => {
    start({ "a.txt": "a" });
    writeFileSync(join(repository, ".git", "HEAD"), "garbage");
    await expect(read(join(root, "nothing"))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the tree of a folder without repository", () => {
  it("holds files and links by content, and nothing that is left out", async () => {
    write("a.txt", "a");
    write("deep/er/b", "b");
    write("node_modules/x", "x");
    write("state/ledger", "x");
    write(".conveyorignore", "# generated\nnode_modules\n");
    write("line\nbreak", "x");
    symlinkSync("a.txt", join(repository, "link"));
    const before = everything(repository);
    const tree = await read(repository, { without: [join(repository, "state")] });
    expect(everything(repository)).toBe(before);
    expect(paths(tree)).toEqual([".conveyorignore", "a.txt", "deep/er/b", "line\nbreak", "link"]);
    expect(tree).toMatchObject({ kind: "folder", commit: null, dirty: null });
    write("deep/er/b", "c");
    const after = await read(repository, { without: [join(repository, "state")] });
    expect(after.tree).not.toBe(tree.tree);
    expect(coveredHash(after, ["*.txt"])).toEqual(coveredHash(tree, ["*.txt"]));
    expect(coveredHash(after, ["deep"]).covers_hash).not.toBe(coveredHash(tree, ["deep"]).covers_hash);
  });
});

describe("patterns", () => {
  it.each([
    ["src/a.ts", "src/*.ts", true],
    ["src/deep/a.ts", "src/*.ts", false],
    ["src/deep/a.ts", "src/**/*.ts", true],
    ["src/a.ts", "src/**/*.ts", true],
    ["src/a.ts", "src", true],
    ["src/a.ts", "src/", true],
    ["src/a.ts", "**", true],
    ["a.test.ts", "**/*.test.ts", true],
    ["srcs/a.ts", "src", false],
    ["src/a.ts", "?rc/?.ts", true],
    ["a", "a/b", false],
    ["src/a.ts", "**/a.ts/b", false],
  ])("%s fits %s: %s", (path, pattern, expected) => expect(fitsGlob(path, pattern)).toBe(expected));

  it("take no long time for hostile ones", () => {
    expect(fitsGlob(`${"a".repeat(2_000)}b`, `${"*a".repeat(1_000)}*c`)).toBe(false);
    expect(fitsGlob("a/".repeat(500), `${"**/a/".repeat(200)}c`)).toBe(false);
  });

  it("say of any path that it fits itself and everything", () => {
    const name = fc.stringMatching(/^[a-z][a-z.]{0,4}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const path = names.join("/");
        expect([fitsGlob(path, path), fitsGlob(path, "**"), fitsGlob(path, names[0] ?? "")]).toEqual([
          true,
          true,
          true,
        ]);
      }),
    );
  });
});
