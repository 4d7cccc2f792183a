import { dirname, join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { makeFolder, readWhole, replaceFile } from "@conveyor/files";
import { isGitTracked, stateFolder } from "@conveyor/host";
import { type LedgerOwner, ledgerOwner } from "@conveyor/store";

const MOST_BYTES = 1024 * 1024;

/** Why this host may not act on what a ledger says. */
export type Foreignness = "other_host" | "no_host" | "tracked_by_git";

/** What decides whether a ledger may be acted on. */
export interface GuardedLedger {
  ledger_path: string;
  host_id: () => string;
  env: Env;
}

/**
 * Watches that nothing is typed, started or signalled on behalf of a ledger that is not this host's, or that git tracks,
 * until it is adopted (spec 00, ruling 9): it may hold sessions and messages that somebody else wrote. Once found correct
 * it is not looked at again as long as the same file stands there.
 */
export class LedgerGuard {
  readonly #ledger: GuardedLedger;
  #known: string | undefined;

  constructor(ledger: GuardedLedger) {
    this.#ledger = ledger;
  }

  /** Throws `foreign_ledger`, and `host_denied` when git cannot tell. */
  async assertOwn(): Promise<void> {
    const owner = ownerOf(this.#ledger);
    const mark = owner === undefined ? "none" : `${owner.device} ${owner.inode} ${owner.host_id}`;
    if (mark === this.#known) return;
    const foreign = await foreignness(this.#ledger, owner);
    if (foreign !== null) throw foreignLedger(this.#ledger.ledger_path, foreign);
    this.#known = mark;
  }
}

/** Why the ledger may not be acted on; null when it may. Throws `host_denied` when git cannot tell. */
export async function foreignness(
  ledger: GuardedLedger,
  owner: LedgerOwner | undefined = ownerOf(ledger),
): Promise<Foreignness | null> {
  if (owner !== undefined && owner.host_id !== ledger.host_id()) {
    return owner.host_id === null ? "no_host" : "other_host";
  }
  const isTracked = await isGitTracked(dirname(ledger.ledger_path), ledger.env);
  return isTracked && !isNoted(ledger, owner) ? "tracked_by_git" : null;
}

const REASONS: Readonly<Record<Foreignness, string>> = {
  other_host: "was made on another host or by another user",
  no_host: "does not say whose it is, as it was made by an earlier version or elsewhere",
  tracked_by_git: "is tracked by git, so it may have come with a clone or a pull",
};

function foreignLedger(ledger_path: string, reason: Foreignness): ConveyorError {
  return new ConveyorError(
    "foreign_ledger",
    `the ledger ${ledger_path} ${REASONS[reason]}; nothing is typed, started or signalled on its behalf`,
    {
      hint: "look at it with `conveyor sessions` and `conveyor commands`; if it is yours: `conveyor adopt-ledger`",
      details: { ledger_path, reason },
    },
  );
}

function ownerOf({ ledger_path }: GuardedLedger): LedgerOwner | undefined {
  try {
    return ledgerOwner(ledger_path);
  } catch (cause) {
    throw new ConveyorError(
      "foreign_ledger",
      `nobody can tell whose ledger ${ledger_path} is: ${asConveyorError(cause).message}`,
      {
        hint: "look at it with `conveyor db-doctor`",
        details: { ledger_path, reason: "unreadable" },
        cause,
      },
    );
  }
}

/**
 * Remember outside the ledger that its file may be acted on although git tracks it. What git writes is another file, so the
 * next pull that changes it ends this. Throws `state_root_unwritable`.
 */
export function noteAdoption(ledger: GuardedLedger, adopted_at: string): void {
  const owner = ownerOf(ledger);
  if (owner === undefined) return;
  const file = notesFile(ledger);
  try {
    makeFolder(dirname(file));
    const ledgers = { ...notes(file), [ledger.ledger_path]: { device: owner.device, inode: owner.inode, adopted_at } };
    replaceFile(file, `${JSON.stringify({ version: 1, ledgers }, null, 2)}\n`);
  } catch (cause) {
    throw new ConveyorError(
      "state_root_unwritable",
      `${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      {
        hint: "a ledger that git tracks is adopted there: make the folder writable, or name another with XDG_STATE_HOME",
        details: { path: file },
        cause,
      },
    );
  }
}

function isNoted(ledger: GuardedLedger, owner: LedgerOwner | undefined): boolean {
  const note = notes(notesFile(ledger))[ledger.ledger_path];
  return owner !== undefined && note?.["device"] === owner.device && note["inode"] === owner.inode;
}

const notesFile = ({ env }: GuardedLedger) => join(stateFolder(env), "adopted.json");

function notes(file: string): Record<string, Record<string, unknown> | undefined> {
  const read = readWhole(file, { most_bytes: MOST_BYTES, links: "refuse" });
  try {
    const { ledgers } = JSON.parse(read.ok ? read.text : "{}") as { ledgers?: Record<string, Record<string, unknown>> };
    return typeof ledgers === "object" && ledgers !== null ? ledgers : {};
  } catch {
    return {};
  }
}
