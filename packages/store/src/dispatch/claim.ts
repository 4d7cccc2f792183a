import type { FastTx } from "../transaction.ts";

/** What a dispatcher needs to know of a command that it has claimed. */
export interface ClaimedCommand {
  id: string;
  seq: number;
  task_id: string | null;
  worker_id: string | null;
  manager_id: string | null;
  correlation_id: string;
  type: string;
  attempts: number;
  max_attempts: number;
  claim_expires_at: string;
  required_permission: string | null;
  payload_json: string;
}

export interface ClaimRequest {
  dispatcher_id: string;
  /** Command types that may be claimed. */
  types: readonly string[];
  /** End of the lease. */
  claim_expires_at: string;
  /** Used when the command has no correlation id yet. */
  correlation_id: string;
}

/**
 * The filter of everything that may be claimed now. The plus keeps the planner on the index (state, seq), so that the
 * oldest row is found first instead of sorting all of them.
 */
const CLAIMABLE = `state = 'pending'
  AND +type IN (SELECT value FROM json_each(@types))
  AND (available_at IS NULL OR available_at <= @now)
  AND attempts < max_attempts`;

export const CLAIM_SQL = `UPDATE commands
  SET state = 'attempted', claimed_by = @dispatcher_id, claimed_at = @now, claim_expires_at = @claim_expires_at,
      attempts = attempts + 1, correlation_id = coalesce(correlation_id, @correlation_id), error = NULL,
      updated_at = @now, updated_seq = @updated_seq
  WHERE id = (SELECT id FROM commands WHERE ${CLAIMABLE} ORDER BY seq LIMIT 1)
  RETURNING id, seq, task_id, worker_id, manager_id, correlation_id, type, attempts, max_attempts, claim_expires_at,
            required_permission, payload_json`;

/** Take the oldest command that may be executed now. Atomic: of many dispatchers exactly one gets it (spec 03 §6.3). */
export function claimNextCommand(tx: FastTx, request: ClaimRequest): ClaimedCommand | undefined {
  return tx.sql(CLAIM_SQL).get({
    ...request,
    types: JSON.stringify(request.types),
    now: tx.now,
    updated_seq: tx.seq(),
  }) as ClaimedCommand | undefined;
}

export const HAS_CLAIMABLE_SQL = `SELECT EXISTS (SELECT 1 FROM commands WHERE ${CLAIMABLE}) AS found`;

/** Whether a claim would find something. */
export function hasClaimableCommand(tx: FastTx, types: readonly string[]): boolean {
  const row = tx.sql(HAS_CLAIMABLE_SQL).get({ types: JSON.stringify(types), now: tx.now }) as { found: number };
  return row.found === 1;
}

/** A command as a dry run names it. */
export interface PlannedCommand {
  id: string;
  type: string;
  correlation_id: string | null;
  task_id: string | null;
  payload_json: string;
}

export const LIST_CLAIMABLE_SQL = `SELECT id, type, correlation_id, task_id, payload_json FROM commands
  WHERE ${CLAIMABLE} ORDER BY seq LIMIT @limit`;

/** The commands that would be claimed next, in that order. */
export function listClaimableCommands(
  tx: FastTx,
  request: { types: readonly string[]; limit: number },
): PlannedCommand[] {
  return tx
    .sql(LIST_CLAIMABLE_SQL)
    .all({ types: JSON.stringify(request.types), limit: request.limit, now: tx.now }) as PlannedCommand[];
}
