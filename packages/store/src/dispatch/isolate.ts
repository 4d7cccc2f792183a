import type { FastTx } from "../transaction.ts";

/**
 * Run `work` so that its failure undoes its own statements only and the transaction goes on. Returns what was thrown
 * instead of throwing it, unless SQLite has given up the whole transaction (disk full, lost lock).
 */
export function isolated<T>(tx: FastTx, work: () => T): { ok: true; value: T } | { ok: false; error: unknown } {
  tx.handle.exec("SAVEPOINT item");
  try {
    const value = work();
    tx.handle.exec("RELEASE item");
    return { ok: true, value };
  } catch (error) {
    if (!tx.handle.inTransaction) throw error;
    tx.handle.exec("ROLLBACK TO item; RELEASE item");
    return { ok: false, error };
  }
}
