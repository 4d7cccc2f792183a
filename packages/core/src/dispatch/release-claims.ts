import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import type { FastTx } from "@conveyor/store";
import { recoverExpiredLeases } from "./pass/recover.ts";

/** Claims that are released at once; another call releases more. */
const MOST_CLAIMS = 10_000;

/**
 * Release the claims whose lease is over, as a pass of Dispatch would (spec 03 §6.2): what may have been delivered fails,
 * what was not is queued again. Returns how many there were.
 */
export function releaseExpiredClaims(tx: FastTx, dispatcher_id: string): number {
  return recoverExpiredLeases(tx, { types: DISPATCHABLE_COMMANDS, limit: MOST_CLAIMS, dispatcher_id }).length;
}
