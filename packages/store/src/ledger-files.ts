import { renameSync, rmSync, statSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { readWhole, replaceFile } from "@conveyor/files";

/**
 * What happened to the files of an open ledger: still there; deleted or moved away; another file in their place; or only
 * what SQLite keeps beside the ledger (its log and the log's index) deleted or replaced.
 */
export type Whereabouts = "in_place" | "gone" | "replaced" | "log_gone";

/** Which file stands at a path: device and inode; undefined when none does. */
type Identity = string | undefined;

const MOST_NOTE_BYTES = 1024;

/**
 * The files that a connection has open, so that it notices when a path no longer leads to them: whoever deletes, moves,
 * replaces or restores a ledger does not tell us, and SQLite would go on writing into a file that nobody finds.
 */
export class LedgerFiles {
  readonly #path: string;
  readonly #main: Identity;
  readonly #log: Identity;
  readonly #index: Identity;

  /** Take down what stands there now. The connection must have been read from, which makes SQLite open its log. */
  constructor(path: string) {
    this.#path = path;
    this.#main = identityOf(path);
    this.#log = identityOf(logOf(path));
    this.#index = identityOf(indexOf(path));
    noteLog(path, { main: this.#main, log: this.#log });
  }

  /** Compare what stands there now with what is open. Costs three looks at the folder, no descriptor. */
  look(): Whereabouts {
    const main = identityOf(this.#path);
    if (main === undefined) return "gone";
    if (main !== this.#main) return "replaced";
    const isSame = (known: Identity, path: string) => known === undefined || known === identityOf(path);
    return isSame(this.#log, logOf(this.#path)) && isSame(this.#index, indexOf(this.#path)) ? "in_place" : "log_gone";
  }

  /** Put our log aside when another ledger stands in our place: SQLite would play it over that one. */
  setLogAside(): void {
    if (identityOf(logOf(this.#path)) === this.#log && this.#log !== undefined) setAside(this.#path);
  }
}

/**
 * Before a ledger is opened: put a log aside that was written for another file, which stood here until a backup was put
 * in its place. A log that came along with its ledger, copied or moved, is left alone.
 */
export function refuseForeignLog(path: string): void {
  const log = identityOf(logOf(path));
  if (log === undefined) return;
  const note = readNote(path);
  if (note?.log === log && note.main !== identityOf(path)) setAside(path);
}

/** The error for a ledger whose files are not where they were; undefined when they are. */
export function displaced(
  found: Whereabouts,
  { path, committed }: { path: string; committed: boolean },
): ConveyorError | undefined {
  if (found === "in_place") return undefined;
  const what = {
    gone: `the ledger ${path} was deleted or moved away while it was in use`,
    replaced: `another file was put in the place of the ledger ${path} while it was in use`,
    log_gone: `the log of the ledger ${path} was deleted or replaced while it was in use`,
  }[found];
  return new ConveyorError("ledger_replaced", what, {
    hint: committed
      ? "what this command wrote is not in the file that stands there now; look at the state, then run it again"
      : "nothing was changed; run the command again to use what stands there now",
    details: { path, found, committed },
  });
}

const logOf = (path: string) => `${path}-wal`;
const indexOf = (path: string) => `${path}-shm`;
/** Says which log belongs to which ledger. */
const noteOf = (path: string) => `${path}-files`;

function identityOf(path: string): Identity {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  } catch {
    // A folder that may not be looked into hides the file from everybody else as well.
    return undefined;
  }
}

/** Nothing is thrown away: what was in the log may be wanted, as when the wrong backup was restored. */
function setAside(path: string): void {
  renameSync(logOf(path), `${logOf(path)}.set-aside`);
  rmSync(indexOf(path), { force: true });
}

interface Note {
  main: Identity;
  log: Identity;
}

function noteLog(path: string, note: Note): void {
  const known = readNote(path);
  if (note.log === undefined || (known?.main === note.main && known?.log === note.log)) return;
  try {
    replaceFile(noteOf(path), JSON.stringify(note));
  } catch {
    // Where nothing can be written, nothing is logged either.
  }
}

function readNote(path: string): Partial<Note> | undefined {
  const read = readWhole(noteOf(path), { most_bytes: MOST_NOTE_BYTES, links: "refuse" });
  if (!read.ok) return undefined;
  try {
    const note = JSON.parse(read.text) as Partial<Note> | null;
    return note ?? undefined;
  } catch {
    return undefined;
  }
}
