import { type Handle, openHandle } from "../../../packages/store/src/index.ts";
import type { World } from "./world.ts";

function withHandle<T>(world: World, work: (handle: Handle) => T): T {
  const handle = openHandle(world.ledger, { create: false });
  try {
    return work(handle);
  } finally {
    handle.close();
  }
}

/** Rows straight from the ledger: for what must hold of all of it at once and no command shows. */
export function ledgerRows<Row = Record<string, unknown>>(world: World, sql: string): Row[] {
  return withHandle(world, (handle) => handle.prepare(sql).safeIntegers(false).all() as Row[]);
}

/**
 * Write many rows at once: faster than the commands that would write each of them. Each row gets the next number of the
 * ledger's sequence as `@seq`, in one transaction, because a server may be at work on the same ledger.
 */
export function fillLedger(world: World, sql: string, rows: readonly Record<string, unknown>[]): void {
  withHandle(world, (handle) => {
    const statement = handle.prepare(sql);
    const next = handle.prepare("UPDATE ledger_sequence SET value = value + 1 RETURNING value").pluck();
    handle
      .transaction(() => {
        for (const row of rows) statement.run({ ...row, seq: next.get() });
      })
      .immediate();
  });
}

/** Hold the lock for writing while `work` runs, as a process that hangs in a transaction would. */
export async function whileLocked<T>(world: World, work: () => Promise<T>): Promise<T> {
  const handle = openHandle(world.ledger, { create: false });
  try {
    handle.exec("BEGIN IMMEDIATE");
    return await work();
  } finally {
    handle.exec("ROLLBACK");
    handle.close();
  }
}
