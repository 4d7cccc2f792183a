import { createHash } from "node:crypto";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { fitsAnyGlob } from "./globs.ts";

/** One file of a tree: what it is, where it is, and what tells its content apart. */
export interface TreeEntry {
  /** Relative to the root, with `/`. */
  path: string;
  /** As git writes it: 100644, 100755, 120000 (a link), 160000 (another repository, by its commit). */
  mode: string;
  digest: string;
}

/** The state of the files below a root at one moment (spec 09 §9.2). */
export interface Tree {
  /** The repository's top folder, or the folder itself where there is none. */
  root: string;
  /** In a git work tree what `git write-tree` gives for it, else SHA-256 over the list of entries. */
  tree: string;
  kind: "git" | "folder";
  /** The commit that is checked out; null where there is none. */
  commit: string | null;
  /** The branch that is checked out; null where none is. */
  branch: string | null;
  /** Whether the files differ from the commit; null where there is none. */
  dirty: boolean | null;
  /** Sorted by path. */
  entries: readonly TreeEntry[];
}

export interface TreeOptions {
  env: Env;
  /** Folders that do not count, such as the state root. */
  without?: readonly string[] | undefined;
  /**
   * A folder of ours in which what a hash looked at is kept, so that the next one only looks at what changed. Left out,
   * everything is read anew: what a verdict rests on is.
   */
  cache?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** No tree may have more files (spec 09 §9.2). */
export const MOST_FILES = 100_000;

export function tooManyFiles(root: string): ConveyorError {
  return new ConveyorError("too_large", `${root} has more than ${MOST_FILES.toLocaleString("en")} files`, {
    hint: "leave generated files out: name them in .gitignore, or in .conveyorignore where there is no repository",
    details: { root },
  });
}

export function unsettled(root: string): ConveyorError {
  return new ConveyorError("conflict", `files in ${root} keep changing while they are hashed`, {
    hint: "wait until nobody edits, then try again",
    details: { reason: "subject_unsettled", root },
  });
}

/** Digest of the entries that fit one of the patterns, of all when there are none, and how many they are. Pure. */
export function coveredHash(
  { entries }: Pick<Tree, "entries">,
  covers: readonly string[],
): { covers_hash: string; files: number } {
  const covered = covers.length === 0 ? entries : entries.filter(({ path }) => fitsAnyGlob(path, covers));
  return { covers_hash: entriesHash(covered), files: covered.length };
}

/** SHA-256 over the sorted list of path, mode and digest; NUL parts what a name could hold. Pure. */
export function entriesHash(entries: readonly TreeEntry[]): string {
  const hash = createHash("sha256");
  for (const { path, mode, digest } of entries) hash.update(`${path}\0${mode}\0${digest}\0`);
  return hash.digest("hex");
}

/** Paths that differ between two trees, sorted. Pure. */
export function changedPaths(before: Pick<Tree, "entries">, after: Pick<Tree, "entries">): string[] {
  const known = new Map(before.entries.map(({ path, mode, digest }) => [path, `${mode} ${digest}`]));
  const changed = new Set<string>();
  for (const { path, mode, digest } of after.entries) {
    if (known.get(path) !== `${mode} ${digest}`) changed.add(path);
    known.delete(path);
  }
  for (const path of known.keys()) changed.add(path);
  return [...changed].sort();
}
