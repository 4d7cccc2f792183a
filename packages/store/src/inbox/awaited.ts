import type { FastTx } from "../transaction.ts";
import { countItems, type InboxScope } from "./items.ts";

/** What somebody waits for at an inbox. */
export interface AwaitedItems {
  scope: InboxScope;
  /** A delivery behind this number of the sequence; null: any item that is not consumed. */
  after: number | null;
}

export const DELIVERED_SINCE_SQL = `SELECT 1 FROM routed_notifications
  WHERE target_session_id = ? AND state = 'delivered' AND delivered_seq > ? LIMIT 1`;

/**
 * Whether there may be something for a waiting reader, or the binding that it waits for has ended. Costs a look at an index,
 * however much the inbox holds.
 */
export function isDue(tx: FastTx, { scope, after }: AwaitedItems): boolean {
  if (scope.binding_id !== null && !isLive(tx, scope.binding_id)) return true;
  if (after === null) return countItems(tx, scope) > 0;
  return tx.sql.hot(DELIVERED_SINCE_SQL).get(scope.session_id, after) !== undefined;
}

function isLive(tx: FastTx, binding_id: string): boolean {
  return (
    tx.sql.hot("SELECT 1 FROM bindings WHERE id = ? AND state IN ('active', 'ending')").get(binding_id) !== undefined
  );
}
