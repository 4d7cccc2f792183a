import { chmodSync, lstatSync, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";

/** Write permission of anybody but the owner. */
const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;
/** The folder that is made for a ledger and holds nothing else, so that its mode is ours to choose. */
const OWN_FOLDER = ".codex-workers";
/** What SQLite keeps beside a ledger; it would follow a link planted there as it would one in the place of the ledger. */
const COMPANIONS = ["", "-wal", "-shm", "-journal"] as const;

/** Whether this file or folder belongs to the user that this process acts as, and nobody else may write to it. */
export function isOwnAlone(stats: Pick<Stats, "uid" | "mode">): boolean {
  return isOwn(stats) && (stats.mode & WRITABLE_BY_OTHERS) === 0;
}

/**
 * See that a ledger and its folder are ours before anything in them is believed or changed (spec 00, ruling 9): both belong
 * to this user, nobody else can write in them, and no link stands in the place of the ledger or of what SQLite keeps beside
 * it. What others could only read is closed to them. Returns what was closed, to be told to people; nothing needs to exist.
 * Throws `foreign_ledger`, and `ledger_unwritable` for what may not even be looked at.
 */
export function assertOwnRoot(ledger_path: string): string[] {
  const state_root = dirname(ledger_path);
  const folder = look(state_root, statSync);
  if (folder === undefined) return [];
  if (!isOwn(folder)) throw foreign(ledger_path, state_root, `belongs to another user (${folder.uid})`);
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw foreign(ledger_path, state_root, "can be written by others", `chmod go-w ${shellQuote(state_root)}`);
  }
  const closed: string[] = [];
  const isReachable = (folder.mode & OPEN_TO_OTHERS) !== 0;
  for (const suffix of COMPANIONS) {
    const path = ledger_path + suffix;
    const file = look(path, lstatSync);
    if (file === undefined) continue;
    if (!file.isFile()) throw foreign(ledger_path, path, file.isSymbolicLink() ? "is a link" : "is not a file");
    if (!isOwn(file)) throw foreign(ledger_path, path, `belongs to another user (${file.uid})`);
    if (isReachable && (file.mode & WRITABLE_BY_OTHERS) !== 0) {
      throw foreign(ledger_path, path, "can be written by others", `chmod 600 ${shellQuote(path)}`);
    }
    if (closeToOthers(path, file) && isReachable)
      closed.push(`other users could read ${path}; it is closed to them now`);
  }
  if (basename(state_root) === OWN_FOLDER && closeToOthers(state_root, folder)) {
    closed.push(`other users could look into ${state_root}; it is closed to them now`);
  }
  return closed;
}

type Look = (path: string, options: { throwIfNoEntry: false }) => Stats | undefined;

function look(path: string, how: Look): Stats | undefined {
  try {
    return how(path, { throwIfNoEntry: false });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new ConveyorError("ledger_unwritable", `${path} cannot be looked at (${reason})`, {
      hint: "check the permissions of the folders above it, or name another ledger with --path FILE",
      details: { path, reason },
      cause,
    });
  }
}

/** Take the rights of others away; the owner's own, which may be few on purpose, stay. Whether there were any to take. */
function closeToOthers(path: string, { mode }: Stats): boolean {
  if ((mode & OPEN_TO_OTHERS) === 0) return false;
  try {
    chmodSync(path, mode & 0o700);
    return true;
  } catch {
    // On a read-only file system it stays as it is, and `db-doctor` tells.
    return false;
  }
}

function isOwn(stats: Pick<Stats, "uid">): boolean {
  const own = process.geteuid?.();
  return own === undefined || stats.uid === own;
}

function foreign(ledger_path: string, path: string, what: string, repair?: string): ConveyorError {
  const elsewhere = "name a ledger of your own with --path FILE or CONVEYOR_STATE_ROOT";
  const hint = repair === undefined ? elsewhere : `if nobody put anything there: ${repair}; else ${elsewhere}`;
  return new ConveyorError("foreign_ledger", `${path} ${what}, so nothing in it is believed`, {
    hint,
    details: { ledger_path, path, reason: what },
  });
}
