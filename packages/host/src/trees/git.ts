import { createHash } from "node:crypto";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";
import type { ExecResult } from "../exec.ts";
import { enclosingRepository, type Git, type GitSetting, gitIn, ownFiltersOff } from "../git.ts";
import type { Tree, TreeEntry, TreeOptions } from "./entries.ts";
import { gitTreeHash } from "./git-objects.ts";
import { hashSettled, type StatedFile } from "./settled.ts";

/** A work tree of git and what it has checked out. */
export interface WorkTree {
  root: string;
  commit: string | null;
  branch: string | null;
  /** The hash that this repository names things by: `sha1`, `sha256`. */
  format: string;
}

/** Repositories within repositories are looked into so deep. */
const MOST_LEVELS = 8;

/** What a repository's own configuration could say to leave files out, and what would make a hash fail for nothing. */
const SETTINGS: readonly GitSetting[] = [
  ["core.untrackedCache", "false"],
  ["core.sparseCheckout", "false"],
  ["index.sparse", "false"],
  ["core.safecrlf", "false"],
  ["core.quotePath", "false"],
];

/** The work tree of git that a folder lies in; null where there is none, and in a bare repository. */
export async function workTreeOf(folder: string, { env, signal }: TreeOptions): Promise<WorkTree | null> {
  // Where there is none to git either, it need not even be installed.
  if (enclosingRepository(folder) === undefined) return null;
  const git = gitIn(folder, { env, signal, settings: SETTINGS });
  const found = await git(["rev-parse", "--is-inside-work-tree", "--show-object-format", "--show-toplevel"]);
  const [inside, format = "sha1", root = ""] = found.stdout.split("\n");
  if (found.exit_code !== 0) {
    if (/not a git repository|must be run in a work tree/i.test(found.stderr)) return null;
    throw refused(folder, found);
  }
  if (inside !== "true") return null;
  const head = await git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  const branch = await git(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  return { root, format, commit: head.stdout.trim() || null, branch: branch.stdout.trim() || null };
}

/**
 * The tree of all files that git would add, as `git write-tree` gives it. Nothing is written, not even to a temporary
 * object store, because git renews the times of objects that it finds. Names come from the repository's index and from what
 * it does not ignore; what the index knows of a file's state is not asked, so neither a mark in it nor a time that was set
 * back hides an edit, and what is not on the disk is not in the tree. Inside other repositories the files count too, and
 * not only the commit.
 */
export async function hashWorkTree(workTree: WorkTree, options: TreeOptions, level = 0): Promise<Tree> {
  const { root, commit, branch, format } = workTree;
  const { env, signal } = options;
  const git = gitIn(root, { env, signal, settings: [...SETTINGS, ...(await ownFiltersOff(root, { env, signal }))] });
  const listed = await succeeds(root, git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
  const without = (options.without ?? []).map((path) => realPath(path));
  const names = listed.stdout.split("\0").filter((name) => name !== "" && !isBelow(join(root, name), without));
  const blobs = (files: readonly StatedFile[]) => blobDigests(root, format, git, files);
  const settled = await hashSettled(root, [...new Set(names.map(withoutSlash))], blobs, options);
  const entries: TreeEntry[] = [...settled.entries];
  let has_dirty_inner = false;
  for (const path of settled.folders) {
    const inner = await innerTree(join(root, path), options, level);
    if (inner === null) continue;
    has_dirty_inner ||= inner.dirty === true;
    entries.push({ path, mode: "160000", digest: inner.commit });
    entries.push(...inner.entries.map((entry) => ({ ...entry, path: `${path}/${entry.path}` })));
  }
  entries.sort((one, other) => (one.path < other.path ? -1 : 1));
  const own = entries.filter(({ path }) => !settled.folders.some((folder) => path.startsWith(`${folder}/`)));
  const tree = gitTreeHash(own, format);
  const committed = commit === null ? null : await git(["rev-parse", "--verify", "--quiet", `${commit}^{tree}`]);
  const dirty = committed === null ? entries.length > 0 : committed.stdout.trim() !== tree || has_dirty_inner;
  return { root, tree, kind: "git", commit, branch, dirty, entries };
}

/** A repository that lies within; null where none is, as for a submodule that was not fetched. */
async function innerTree(
  folder: string,
  options: TreeOptions,
  level: number,
): Promise<{ commit: string; dirty: boolean | null; entries: readonly TreeEntry[] } | null> {
  if (level >= MOST_LEVELS)
    throw new ConveyorError("too_large", `repositories lie too deep in one another at ${folder}`);
  const inner = await workTreeOf(folder, options);
  if (inner === null || realPath(inner.root) !== realPath(folder)) return null;
  const { commit, dirty, entries } = await hashWorkTree(inner, options, level + 1);
  return { commit: commit ?? "0".repeat(40), dirty, entries };
}

/** What git would name the content of each file, with the conversions of the user's configuration, and of each link. */
async function blobDigests(root: string, format: string, git: Git, files: readonly StatedFile[]): Promise<string[]> {
  const regular = files.filter(({ is_link }) => !is_link);
  const input = regular.map(({ path }) => `${cQuoted(path)}\n`).join("");
  const told = input === "" ? [] : (await hashed(root, git, input)).split("\n");
  const byPath = new Map(regular.map(({ path }, at) => [path, told[at] ?? ""]));
  return files.map(({ path }) => byPath.get(path) ?? linkDigest(join(root, path), format));
}

async function hashed(root: string, git: Git, input: string): Promise<string> {
  const result = await git(["hash-object", "--stdin-paths"], input);
  // A file that vanished between listing and reading is a change like any other; the caller looks again.
  if (result.exit_code !== 0 && /No such file/i.test(result.stderr)) return "";
  return (await succeeds(root, Promise.resolve(result))).stdout;
}

function linkDigest(file: string, format: string): string {
  const target = readlinkSync(file, { encoding: "buffer" });
  return createHash(format).update(`blob ${target.length}\0`).update(target).digest("hex");
}

/** As git reads a name that holds a line break or a quote. */
function cQuoted(path: string): string {
  if (!/["\\\n]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function withoutSlash(name: string): string {
  return name.endsWith("/") ? name.slice(0, -1) : name;
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

async function succeeds(root: string, running: Promise<ExecResult>): Promise<ExecResult> {
  const result = await running;
  if (result.exit_code !== 0 || result.truncated) throw refused(root, result);
  return result;
}

function refused(root: string, { stderr, truncated }: ExecResult): ConveyorError {
  const reason = truncated ? "it says too much" : (stderr.trim().split("\n").at(-1) ?? "");
  return new ConveyorError("host_denied", `git cannot tell the state of ${root}: ${reason}`, {
    hint: `look at what \`git status\` says in ${root}`,
    details: { root },
  });
}
