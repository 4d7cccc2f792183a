import { DISPATCHER_COLUMNS, type DispatcherRow } from "../dispatch/dispatchers.ts";
import type { FastTx } from "../transaction.ts";

const SELECT = `SELECT ${DISPATCHER_COLUMNS} FROM dispatchers`;

export const DISPATCHERS_OF_ID_SQL = `${SELECT} WHERE dispatcher_id = ?
  ORDER BY stopped_at IS NOT NULL, seq DESC LIMIT 25`;

/** The processes of one id that were heard of last, at most 25; those that said that they stopped come last. */
export function dispatchersOfId(tx: FastTx, dispatcher_id: string): DispatcherRow[] {
  return tx.sql.search(DISPATCHERS_OF_ID_SQL).all(dispatcher_id) as DispatcherRow[];
}

export const RUNNING_DISPATCHERS_OF_LEDGER_SQL = `${SELECT} WHERE stopped_at IS NULL ORDER BY seq DESC LIMIT 25`;

/** The processes of any id that were heard of last and did not say that they stopped, at most 25. */
export function runningDispatchersOfLedger(tx: FastTx): DispatcherRow[] {
  return tx.sql.search(RUNNING_DISPATCHERS_OF_LEDGER_SQL).all() as DispatcherRow[];
}
