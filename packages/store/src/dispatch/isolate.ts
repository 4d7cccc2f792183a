import { ConveyorError } from "@conveyor/contracts/errors";
import type { FastTx } from "../transaction.ts";

/** What SQLite says when nothing can be written at all, whatever it is: lock, disk, damage, memory. */
const OF_THE_LEDGER =
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|CORRUPT|NOTADB|NOMEM|PROTOCOL|INTERRUPT)/;

/**
 * Whether this error is about the ledger as a whole and not about what was being written. Trying the same later may
 * work, so nothing that was in hand may be blamed for it.
 */
export function isLedgerTrouble(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return false;
  return error instanceof ConveyorError ? code.startsWith("ledger_") : OF_THE_LEDGER.test(code);
}

/** Whether the ledger was deleted, moved or replaced while it was in use: waiting does not bring it back. */
export function isLedgerLost(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ledger_replaced";
}

/**
 * Run `work` so that its failure undoes its own statements only and the transaction goes on. Returns what was thrown
 * instead of throwing it, unless it is the ledger that cannot be written: then the whole transaction is given up.
 */
export function isolated<T>(tx: FastTx, work: () => T): { ok: true; value: T } | { ok: false; error: unknown } {
  tx.handle.exec("SAVEPOINT item");
  try {
    const value = work();
    tx.handle.exec("RELEASE item");
    return { ok: true, value };
  } catch (error) {
    if (!tx.handle.inTransaction || isLedgerTrouble(error)) throw error;
    tx.handle.exec("ROLLBACK TO item; RELEASE item");
    return { ok: false, error };
  }
}
