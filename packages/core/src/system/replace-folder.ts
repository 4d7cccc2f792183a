import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, lstatSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "@conveyor/files";

/** What is done with a copy before it takes its place. */
export interface Copy {
  /** Files in it that must be executable. */
  executables?: readonly string[];
  /** Changes the copy where it lies for now. */
  finish?: (folder: string) => void;
}

/** Put a copy of a folder in the place of another. Readers of `target` see the old folder or the new one, never a mixture. */
export function replaceFolder(source: string, target: string, { executables = [], finish }: Copy = {}): void {
  const mark = randomBytes(4).toString("hex");
  const fresh = `${target}.new-${mark}`;
  const old = `${target}.old-${mark}`;
  const parent = join(target, "..");
  makeFolder(parent, 0o777);
  // A link in the place of the folder would have things written, and old ones removed, wherever it leads.
  if (lstatSync(parent).isSymbolicLink()) throw new Error(`${parent} is a link`);
  try {
    cpSync(source, fresh, { recursive: true, dereference: true });
    for (const file of executables) chmodSync(join(fresh, file), 0o755);
    finish?.(fresh);
    const replaces = lstatSync(target, { throwIfNoEntry: false }) !== undefined;
    if (replaces) renameSync(target, old);
    try {
      renameSync(fresh, target);
    } catch (error) {
      if (replaces) renameSync(old, target);
      throw error;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(target)) rmSync(old, { recursive: true, force: true });
  }
}

/** Why something of the file system failed, in one line. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause);
}
