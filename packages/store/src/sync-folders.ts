import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Wait until the names in a folder are on the disk: a file that was just made or renamed there outlives a power cut. */
export function syncFolder(folder: string): void {
  let opened: number | undefined;
  try {
    opened = openSync(folder, "r");
    fsyncSync(opened);
  } catch {
    // One that may not be read is none of ours, and some file systems keep no folder that could be waited for.
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/**
 * The same for the names on the way to a folder that another process may just have made. SQLite waits for the names of its own files,
 * and a folder that vanishes takes them along.
 */
export function syncWayTo(folder: string): void {
  for (let at = resolve(folder); at !== dirname(at); at = dirname(at)) syncFolder(dirname(at));
}
