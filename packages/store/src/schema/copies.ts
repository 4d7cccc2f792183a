import { createHash } from "node:crypto";
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import Database from "better-sqlite3";
import { translateSqliteError } from "../connection.ts";
import { syncFolder } from "../sync-folders.ts";
import { recognizeLedger } from "./recognize.ts";
import { SCHEMA_VERSION } from "./version.ts";

/** Pages that are copied before others get their turn. */
const PAGES_AT_ONCE = 1000;

/** A file that is a copy of a ledger. */
export interface LedgerCopy {
  bytes: number;
  sha256: string;
  /** The version of its schema. */
  user_version: number;
}

/**
 * Copy a ledger, as it is now, to a file that only its owner can read; it appears under its name when it is whole and on the
 * disk. Writers go on meanwhile. Throws SQLite's errors translated, and those of the system.
 */
export async function copyLedger(from: string, to: string): Promise<LedgerCopy> {
  const draft = `${to}.${process.pid}.part`;
  rmSync(draft, { force: true });
  // SQLite fills an existing empty file, which therefore never was readable for others.
  closeSync(openSync(draft, "wx", 0o600));
  try {
    const source = open(from, { readonly: true });
    try {
      // Within a transaction the source stands still for this connection, so that no writer makes the copy begin anew.
      source.exec("BEGIN");
      source.prepare("SELECT count(*) FROM sqlite_master").get();
      await source.backup(draft, { progress: () => PAGES_AT_ONCE });
      source.exec("COMMIT");
    } finally {
      source.close();
    }
    const copy = await examineCopy(draft);
    const file = openSync(draft, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, to);
    syncFolder(dirname(to));
    return copy;
  } catch (error) {
    throw translateSqliteError(error, from);
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${draft}${suffix}`, { force: true });
  }
}

/**
 * Look whether a file is a whole ledger that this program can use. Throws `ledger_invalid` for what is none or is damaged,
 * and `ledger_unsupported` for a newer one or one of the earlier tool.
 */
export async function examineCopy(path: string): Promise<LedgerCopy> {
  const db = open(path, { readonly: true });
  let user_version: number;
  try {
    const found = recognizeLedger(db, path, SCHEMA_VERSION);
    user_version = found.user_version;
    if (found.kind !== "current" && found.kind !== "older") {
      throw new ConveyorError(
        found.kind === "newer" || found.kind === "earlier_tool" ? "ledger_unsupported" : "ledger_invalid",
        `${path} is no ledger that can be restored (${found.kind.replaceAll("_", " ")})`,
        { hint: "name a file that `conveyor backup` made with this or an older version", details: { path, ...found } },
      );
    }
    const [problem] = db.pragma("quick_check(1)") as { quick_check: string }[];
    if (problem?.quick_check !== "ok") {
      throw new ConveyorError("ledger_invalid", `${path} is damaged: ${problem?.quick_check}`, {
        hint: "take another backup",
        details: { path },
      });
    }
  } catch (error) {
    throw translateSqliteError(error, path);
  } finally {
    db.close();
  }
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest("hex"), user_version };
}

/**
 * Write a copy over a ledger that is there, as one transaction: whoever has it open sees the one or the other. Throws
 * `ledger_busy`, `ledger_unwritable`.
 */
export async function writeOver(copy: string, ledger: string): Promise<void> {
  const source = open(copy, { readonly: true });
  try {
    await source.backup(ledger, { progress: () => PAGES_AT_ONCE });
  } catch (error) {
    throw translateSqliteError(error, ledger);
  } finally {
    source.close();
  }
}

function open(path: string, options: { readonly: boolean }): Database.Database {
  try {
    return new Database(path, { ...options, fileMustExist: true });
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}
