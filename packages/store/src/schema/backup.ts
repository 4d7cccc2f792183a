import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { syncFolder } from "../sync-folders.ts";

/**
 * Copy a ledger that is about to be migrated to `<path>.bak-v<version>` (0600) and return that path. To be called while
 * this process holds the write lock: readers still see the state before, and that is what is copied. An earlier backup
 * of the same version is replaced only by a complete one.
 */
export function backUp(path: string, version: number): string {
  const target = `${path}.bak-v${version}`;
  const unfinished = `${target}.part`;
  rmSync(unfinished, { force: true });
  // SQLite fills an existing empty file, which therefore never was readable for others.
  closeSync(openSync(unfinished, "wx", 0o600));
  try {
    const reader = new Database(path, { readonly: true, fileMustExist: true });
    try {
      reader.prepare("VACUUM INTO ?").run(unfinished);
    } finally {
      reader.close();
    }
    const file = openSync(unfinished, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, target);
    syncFolder(dirname(target));
  } finally {
    rmSync(unfinished, { force: true });
  }
  return target;
}
