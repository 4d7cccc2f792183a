import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import type { DispatcherRow } from "./dispatchers.ts";

/** Something that a dispatcher has claimed and not finished yet. */
export interface HeldClaim {
  kind: "command" | "item";
  id: string | number;
  claimed_by: string;
  claimed_at: string;
}

export const HELD_COMMANDS_SQL = `SELECT 'command' AS kind, id, claimed_by, claimed_at FROM commands
  WHERE state = 'attempted' AND +type IN (SELECT value FROM json_each(@types)) AND claim_expires_at > @now
  ORDER BY seq ${AT_MOST}`;

export const HELD_ITEMS_SQL = `SELECT 'item' AS kind, id, claimed_by, claimed_at FROM routed_notifications
  WHERE state = 'pending' AND signal_type = 'worker_task_complete' AND side_effect_started IN (0, 1)
    AND claim_expires_at > @now AND claimed_by IS NOT NULL
  ${AT_MOST}`;

/** Claims whose lease still runs: of these commands, and of completions. Usually there are none. */
export function listHeldClaims(tx: FastTx, request: { types: readonly string[]; limit: number }): HeldClaim[] {
  const { limit } = request;
  const types = JSON.stringify(request.types);
  return [
    ...(tx.sql.hot(HELD_COMMANDS_SQL).all({ types, limit, now: tx.now }) as HeldClaim[]),
    ...(tx.sql.hot(HELD_ITEMS_SQL).all({ limit, now: tx.now }) as HeldClaim[]),
  ];
}

/** A process that may hold claims. */
export type Holder = Pick<DispatcherRow, "instance_id" | "pid" | "host_id">;

export const HOLDERS_SQL =
  "SELECT instance_id, pid, host_id FROM dispatchers WHERE dispatcher_id = ? AND stopped_at IS NULL";

/** The processes of this id that have not said that they stopped; undefined when the registry never heard of the id. */
export function holdersOf(tx: FastTx, dispatcher_id: string): Holder[] | undefined {
  const known = tx.sql.hot("SELECT 1 FROM dispatchers WHERE dispatcher_id = ? LIMIT 1").get(dispatcher_id);
  return known === undefined ? undefined : (tx.sql.hot(HOLDERS_SQL).all(dispatcher_id) as Holder[]);
}

/** Let the lease of exactly this claim end now; false when it was finished, renewed by another claim or taken meanwhile. */
export function endLease(tx: FastTx, claim: HeldClaim): boolean {
  const table = claim.kind === "command" ? "commands" : "routed_notifications";
  const state = claim.kind === "command" ? "attempted" : "pending";
  const result = tx.sql
    .atomic(
      `UPDATE ${table} SET claim_expires_at = @now
       WHERE id = @id AND state = '${state}' AND claimed_by = @claimed_by AND claimed_at = @claimed_at`,
    )
    .run({ ...claim, now: tx.now });
  return result.changes === 1;
}
