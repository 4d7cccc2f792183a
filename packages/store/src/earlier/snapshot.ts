import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import Database from "better-sqlite3";
import { recognizeLedger } from "../schema/recognize.ts";
import { LAST_EARLIER_VERSION, SCHEMA_VERSION } from "../schema/version.ts";

/** The oldest schema of the earlier tool that is taken over (spec 07 §7.4). */
export const FIRST_EARLIER_VERSION = 22;

/** A private copy of a database of the earlier tool, as it was at one moment. */
export interface EarlierSnapshot {
  db: Database.Database;
  /** The file that was copied. */
  path: string;
  schema_version: number;
  /** Of the file and the changes that stand beside it. */
  sha256: string;
  /** Whether the file is still as it was copied. */
  isCurrent(): boolean;
  close(): void;
}

/**
 * Copy a database of the earlier tool, with what stands in its write-ahead log, into a private folder and open the copy.
 * The source is read as a plain file: no lock, no side file, no change. Throws `ledger_missing`, `ledger_invalid`,
 * `ledger_unsupported`, and `ledger_busy` while somebody writes to it.
 */
export function openEarlierSnapshot(path: string): EarlierSnapshot {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new ConveyorError("ledger_missing", `there is no database at ${path}`, {
      hint: "name the workerctl.db of the earlier tool",
      details: { path },
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "conveyor-import-"));
  let db: Database.Database | undefined;
  const close = () => {
    db?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const copy = join(folder, "copy.db");
    const sha256 = copyPair(path, copy);
    if (hashPair(path) !== sha256) throw beingWritten(path);
    db = new Database(copy);
    const schema_version = assertEarlier(db, path);
    return { db, path, schema_version, sha256, isCurrent: () => hashPair(path) === sha256, close };
  } catch (error) {
    close();
    throw error;
  }
}

export function beingWritten(path: string): ConveyorError {
  return new ConveyorError("ledger_busy", `${path} changes while it is read`, {
    hint: "stop the processes of the earlier tool and run the command again; nothing was changed",
    details: { path },
  });
}

function assertEarlier(db: Database.Database, path: string): number {
  const { kind, user_version } = recognizeLedger(db, path, SCHEMA_VERSION);
  const details = { path, user_version, first_version: FIRST_EARLIER_VERSION, last_version: LAST_EARLIER_VERSION };
  if (kind === "earlier_tool" && user_version >= FIRST_EARLIER_VERSION) {
    assertIntact(db, path);
    return user_version;
  }
  if (kind === "earlier_tool") {
    throw new ConveyorError(
      "ledger_unsupported",
      `${path} has schema version ${user_version}; versions ${FIRST_EARLIER_VERSION} to ${LAST_EARLIER_VERSION} of the earlier tool can be imported`,
      { hint: "open it once with the last version of the earlier tool, which brings it up to date", details },
    );
  }
  const what =
    kind === "current" || kind === "older" || kind === "newer"
      ? "already a Conveyor ledger"
      : "no database of the earlier tool";
  throw new ConveyorError("ledger_invalid", `${path} is ${what}`, {
    hint: "nothing was changed; name the workerctl.db of the earlier tool",
    details,
  });
}

function assertIntact(db: Database.Database, path: string): void {
  const answer = readIntegrity(db);
  if (answer === "ok") return;
  throw new ConveyorError("ledger_invalid", `${path} is damaged: ${answer}`, {
    hint: "nothing was changed; restore it from a backup, or recover it with `sqlite3 FILE .recover`",
    details: { path, reason: answer },
  });
}

/** A row that breaks a rule of its table is left out by the import with its reason; damage is what SQLite cannot read. */
function readIntegrity(db: Database.Database): string {
  try {
    db.pragma("ignore_check_constraints = ON");
    const answers = (db.pragma("quick_check") as { quick_check: string }[]).map(({ quick_check }) => quick_check);
    return answers.find((answer) => !answer.startsWith("NULL value in ")) ?? "ok";
  } catch (error) {
    return (error as Error).message;
  }
}

const LOG = "-wal";

/** Copy the file and its write-ahead log; returns the hash of both. */
function copyPair(from: string, to: string): string {
  const hash = createHash("sha256");
  for (const suffix of ["", LOG]) {
    if (suffix !== "" && !existsSync(from + suffix)) continue;
    const target = openSync(to + suffix, "wx", 0o600);
    try {
      for (const block of blocksOf(from + suffix)) {
        hash.update(block);
        writeSync(target, block);
      }
    } finally {
      closeSync(target);
    }
  }
  return hash.digest("hex");
}

function hashPair(path: string): string {
  const hash = createHash("sha256");
  for (const file of [path, path + LOG]) {
    if (existsSync(file)) for (const block of blocksOf(file)) hash.update(block);
  }
  return hash.digest("hex");
}

function* blocksOf(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const block = Buffer.allocUnsafe(1024 * 1024);
    for (;;) {
      const read = readSync(file, block);
      if (read === 0) return;
      yield block.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}
