import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Make a folder and the enclosing ones that are missing, level by level, each with `mode`. Node's own recursive mode never
 * ends below file systems that refuse new folders as missing (`/proc/self/x`). Returns whether it was made. Throws the
 * error of the system, with its `code`.
 */
export function makeFolder(path: string, mode = 0o700): boolean {
  const missing: string[] = [];
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break;
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Another process was faster; anything else of this name is no folder.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !isFolder(folder)) throw error;
    }
  }
  return missing.length > 0;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
