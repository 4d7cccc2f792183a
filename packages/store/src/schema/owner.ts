import { lstatSync } from "node:fs";
import Database from "better-sqlite3";
import type { FastTx } from "../transaction.ts";

/** The host that a ledger says it belongs to, and which file that is now. */
export interface LedgerOwner {
  /** Null for a ledger that was written before hosts had ids. */
  host_id: string | null;
  device: number;
  inode: number;
}

/**
 * Ask a ledger file whose it is without opening it for use; undefined when there is none. A file that is no ledger belongs
 * to nobody. Throws what SQLite says about a file that it cannot read.
 */
export function ledgerOwner(path: string): LedgerOwner | undefined {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ledger_info'").get() !== undefined;
    const value = known ? db.prepare("SELECT value FROM ledger_info WHERE key = 'host_id'").pluck().get() : undefined;
    return { host_id: typeof value === "string" ? value : null, device: file.dev, inode: file.ino };
  } finally {
    db.close();
  }
}

/** What an adoption finds and changes, as counts. */
export interface AdoptionFacts {
  from_host_id: string | null;
  /** Active sessions with a terminal or a process that were registered on other hosts, or nobody knows where. */
  foreign_sessions: number;
  /** Messages that are queued and have not been handed over. */
  pending_messages: number;
}

/** What there is to know before a ledger is adopted by `host_id`. */
export function adoptionFacts(tx: FastTx, host_id: string): AdoptionFacts {
  const one = (sql: string, ...values: unknown[]) =>
    tx.sql
      .search(sql)
      .pluck()
      .get(...values);
  return {
    from_host_id: (one("SELECT value FROM ledger_info WHERE key = 'host_id'") as string | undefined) ?? null,
    foreign_sessions: Number(
      one(
        `SELECT count(*) FROM sessions WHERE state = 'active' AND host_id IS NOT ?
           AND (tmux_session IS NOT NULL OR pid IS NOT NULL)`,
        host_id,
      ),
    ),
    pending_messages: Number(one("SELECT count(*) FROM commands WHERE state IN ('pending', 'attempted')")),
  };
}

/**
 * Make the ledger `host_id`'s. Sessions of other hosts lose the pane and the process that were recorded of them, as these
 * names mean something else here, or nothing; with `keep_terminals` they are taken to be on this host instead.
 */
export function takeOverLedger(tx: FastTx, host_id: string, sessions: "detach" | "keep_terminals"): void {
  tx.sql
    .atomic(
      "INSERT INTO ledger_info (key, value) VALUES ('host_id', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .run(host_id);
  if (sessions === "keep_terminals") {
    tx.sql.atomic("UPDATE sessions SET host_id = @host_id WHERE host_id IS NOT @host_id").run({ host_id });
    return;
  }
  tx.sql
    .atomic(
      `UPDATE sessions SET tmux_session = NULL, tmux_pane_id = NULL, pid = NULL, pid_started_at = NULL, seen_json = NULL,
            liveness = 'none'
     WHERE host_id IS NOT @host_id`,
    )
    .run({ host_id });
}
