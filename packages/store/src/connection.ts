import { chmodSync, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { nativeModuleTrouble } from "@conveyor/contracts/native-module";
import { assertOwnRoot, makeFolder } from "@conveyor/files";
import Database from "better-sqlite3";
import type { Handle } from "./handle.ts";
import { refuseForeignLog } from "./ledger-files.ts";
import { assertLedger } from "./schema/index.ts";
import { syncWayTo } from "./sync-folders.ts";

/** How long a statement may wait for another process's lock before SQLite reports it, in milliseconds (spec 07 §7.4). */
const BUSY_TIMEOUT_MS = 5000;

/** Most memory for pages of the ledger, in KiB: what one transaction of ingest changes fits several times. */
const CACHE_KIB = 16 * 1024;
/** Pages of the write-ahead log (4 MiB) at which it is copied into the ledger: the commit that reaches it waits for the disk. */
const CHECKPOINT_PAGES = 512;
/** To what size a log that grew beyond that is cut afterwards, in bytes. */
const KEPT_LOG_BYTES = 16 * 1024 * 1024;

/** What `PRAGMA synchronous` answers for FULL; EXTRA is more. */
const SYNCHRONOUS_FULL = 2;

/** What keeps SQLite's binary part from being loaded; null when it works. */
export function sqliteProblem(): unknown {
  try {
    new Database(":memory:").close();
    return null;
  } catch (error) {
    return error;
  }
}

export interface HandleOptions {
  create: boolean;
  accept?: "any_schema";
  /** See `StoreOptions.durable`. Default: no. */
  durable?: boolean | undefined;
}

/**
 * Open the ledger file with the pragmas of spec 07 §7.4. `create` makes missing folders (0700) and the file (0600);
 * without it a missing file is `ledger_missing`. Only a health report accepts files of any schema. Throws
 * `foreign_ledger` before anything is opened that is not this user's alone, `ledger_missing`, `ledger_invalid`, `ledger_unsupported`, `ledger_unwritable`.
 */
export function openHandle(path: string, options: HandleOptions): Handle {
  assertOwnRoot(path);
  const fresh = !existsSync(path);
  if (fresh && !options.create) {
    throw new ConveyorError("ledger_missing", `there is no ledger at ${path}`, {
      hint: 'start one with `conveyor tasks --create NAME --goal "…"`, or name another with --path FILE',
      details: { path },
    });
  }
  try {
    if (fresh) {
      makeFolder(dirname(path));
      syncWayTo(dirname(path));
    }
    refuseForeignLog(path);
    const previousMask = process.umask(0o077);
    let handle: Handle;
    try {
      handle = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    } finally {
      process.umask(previousMask);
    }
    try {
      // The waiting time comes first, so that switching to WAL beside another process cannot fail with "locked"; and a
      // file that is not ours is refused before anything in it is changed, the journal mode included.
      handle.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
      if (!fresh && options.accept === undefined) assertLedger(handle, { path });
      // Only an empty file can still change its page size. Twice SQLite's own makes reading rollouts in a tenth cheaper.
      if (fresh) handle.pragma("page_size = 8192");
      applyPragmas(handle, options.durable === true);
    } catch (error) {
      handle.close();
      throw error;
    }
    if (fresh) chmodSync(path, 0o600);
    return handle;
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

/** Whether commits of this connection wait until they are on the disk, as SQLite itself tells it. */
export function isDurable(handle: Handle): boolean {
  return Number(handle.pragma("synchronous", { simple: true })) >= SYNCHRONOUS_FULL;
}

function applyPragmas(handle: Handle, durable: boolean): void {
  handle.pragma("foreign_keys = ON");
  if (handle.pragma("foreign_keys", { simple: true }) !== 1) {
    throw new ConveyorError("ledger_invalid", "this SQLite build cannot enforce foreign keys");
  }
  if (handle.pragma("journal_mode", { simple: true }) !== "wal") handle.pragma("journal_mode = WAL");
  // With a log, FULL waits for the disk at every commit, NORMAL only when the log is copied into the ledger: a power cut
  // then takes the newest commits. Neither can damage the file (https://sqlite.org/pragma.html#pragma_synchronous).
  handle.pragma(`synchronous = ${durable ? "FULL" : "NORMAL"}`);
  // On macOS a plain fsync ends before the drive has written anything; elsewhere these two change nothing.
  handle.pragma(`fullfsync = ${durable ? "ON" : "OFF"}`);
  handle.pragma("checkpoint_fullfsync = ON");
  // What a statement may have to take back is kept in memory; in a file it costs as much as the statement itself.
  handle.pragma("temp_store = MEMORY");
  handle.pragma(`cache_size = -${CACHE_KIB}`);
  handle.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  handle.pragma(`journal_size_limit = ${KEPT_LOG_BYTES}`);
  handle.defaultSafeIntegers(true);
}

/** Whether the error means that another process holds the lock and that trying again is safe. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
}

/** What SQLite itself said, where Prisma wrapped it. */
function saidBySqlite(error: unknown): unknown {
  type Wrapped = { meta?: { driverAdapterError?: { cause?: { originalCode?: string; originalMessage?: string } } } };
  const said = (error as Wrapped | null)?.meta?.driverAdapterError?.cause;
  return said?.originalCode === undefined ? error : { code: said.originalCode, message: said.originalMessage ?? "" };
}

function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && (code.startsWith("SQLITE_") || code.startsWith("E")) ? code : undefined;
}

/** The typed error for what SQLite or the file system said about the ledger; anything else is returned as it is. */
export function translateSqliteError(error: unknown, path: string): unknown {
  if (error instanceof ConveyorError) return error;
  // SQLite's binary part does not load: nothing was said about this ledger, and its code begins with an E too.
  if (nativeModuleTrouble(error) !== undefined) return asConveyorError(error);
  const cause = saidBySqlite(error);
  const code = sqliteCode(cause);
  if (code === undefined) return error;
  const reason = (cause as { message: string }).message;
  const details = { path, reason };
  if (isBusy(error)) {
    return new ConveyorError("ledger_busy", `the ledger ${path} is busy: another process is writing`, {
      hint: "nothing was changed; run the command again",
      details,
      cause: error,
    });
  }
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    return new ConveyorError("ledger_invalid", `${path} is not a Conveyor ledger (${reason})`, {
      hint: "name another file with --path, or move this one away",
      details,
      cause: error,
    });
  }
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC" || (code.startsWith("SQLITE_IOERR") && isDiskFull(path))) {
    return new ConveyorError("ledger_unwritable", `the disk that holds ${path} is full`, {
      hint: "nothing was changed; free some space and run the command again",
      details,
      cause: error,
    });
  }
  if (/^(SQLITE_(READONLY|CANTOPEN|IOERR|PERM|AUTH)|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ENOENT)/.test(code)) {
    return new ConveyorError("ledger_unwritable", `the ledger ${path} cannot be written: ${reason}`, {
      hint: "nothing was changed; check the folder's permissions, or name another file with --path",
      details,
      cause: error,
    });
  }
  return error;
}

/** SQLite reports some writes that found no room, such as those to its shared memory, as plain I/O errors. */
function isDiskFull(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}
