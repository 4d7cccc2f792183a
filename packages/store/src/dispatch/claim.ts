import { AT_MOST } from "../at-most.ts";
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

/** A part of the queue: what waits in one task, up to and including one command. */
export interface QueuePart {
  task_id: string;
  up_to_seq: number;
}

export interface ClaimRequest {
  dispatcher_id: string;
  /** Absent: the whole queue. */
  part?: QueuePart | undefined;
  /** Command types that may be claimed. */
  types: readonly string[];
  /** End of the lease. */
  claim_expires_at: string;
  /** Used when the command has no correlation id yet. */
  correlation_id: string;
}

/** One for each type there is. Bound as a JSON list they would be unpacked for every claim, which costs more than the pick. */
const TYPE_SLOTS = ["type_1", "type_2", "type_3"] as const;

function boundTypes(types: readonly string[]): Record<string, string | null> {
  if (types.length > TYPE_SLOTS.length) throw new Error(`a claim takes at most ${TYPE_SLOTS.length} types`);
  return Object.fromEntries(TYPE_SLOTS.map((slot, index) => [slot, types[index] ?? null]));
}

/**
 * The filter of everything that may be claimed now. The plus keeps the planner on the index (state, seq), so that the
 * oldest row is found first instead of sorting all of them.
 */
const CLAIMABLE = `state = 'pending'
  AND +type IN (${TYPE_SLOTS.map((slot) => `@${slot}`).join(", ")})
  AND (available_at IS NULL OR available_at <= @now)
  AND (expires_at IS NULL OR expires_at > @now)
  AND attempts < max_attempts`;

const PICKED = `SELECT id, seq, task_id, worker_id, manager_id, correlation_id, type, attempts, max_attempts,
    required_permission, payload_json
  FROM commands`;

export const PICK_SQL = `${PICKED} WHERE ${CLAIMABLE} ORDER BY seq LIMIT 1`;

/** The pluses keep the planner on the index (task, state): few wait in one task, while a ledger's queue may be long. */
const IN_PART = "task_id = @task_id AND +seq <= @up_to_seq";

export const PICK_IN_PART_SQL = `${PICKED} WHERE ${CLAIMABLE} AND ${IN_PART} ORDER BY +seq LIMIT 1`;

// Without RETURNING: that opens a savepoint, at which the full-text index writes out what it has gathered so far, and of
// many claims in one transaction each then costs several times as much.
export const CLAIM_SQL = `UPDATE commands
  SET state = 'attempted', claimed_by = @dispatcher_id, claimed_at = @now, claim_expires_at = @claim_expires_at,
      attempts = attempts + 1, correlation_id = @correlation_id, error = NULL, updated_at = @now,
      updated_seq = @updated_seq
  WHERE id = @id AND state = 'pending'`;

/**
 * Take the oldest command that may be executed now, of the whole queue or of a part of it; with a part that ends at a
 * command, that one is the last to be taken. Atomic: the transaction of the caller holds the ledger for writing, so of
 * many dispatchers exactly one gets it (spec 03 §6.3).
 */
export function claimNextCommand(tx: FastTx, request: ClaimRequest): ClaimedCommand | undefined {
  const { dispatcher_id, claim_expires_at, part } = request;
  const sql = part === undefined ? PICK_SQL : PICK_IN_PART_SQL;
  const picked = tx.sql.hot(sql).get({ ...boundTypes(request.types), now: tx.now, ...part }) as
    | (Omit<ClaimedCommand, "correlation_id" | "claim_expires_at"> & { correlation_id: string | null })
    | undefined;
  if (picked === undefined) return undefined;
  const correlation_id = picked.correlation_id ?? request.correlation_id;
  const { changes } = tx.sql
    .atomic(CLAIM_SQL)
    .run({ id: picked.id, dispatcher_id, claim_expires_at, correlation_id, now: tx.now, updated_seq: tx.seq() });
  if (changes !== 1) return undefined;
  return { ...picked, correlation_id, claim_expires_at, attempts: picked.attempts + 1 };
}

export const HAS_CLAIMABLE_SQL = `SELECT EXISTS (SELECT 1 FROM commands WHERE ${CLAIMABLE}) AS found`;

export const HAS_CLAIMABLE_IN_PART_SQL = `SELECT EXISTS (
  SELECT 1 FROM commands WHERE ${CLAIMABLE} AND ${IN_PART}) AS found`;

/** Whether a claim would find something. */
export function hasClaimableCommand(tx: FastTx, types: readonly string[], part?: QueuePart): boolean {
  const sql = part === undefined ? HAS_CLAIMABLE_SQL : HAS_CLAIMABLE_IN_PART_SQL;
  const row = tx.sql.hot(sql).get({ ...boundTypes(types), now: tx.now, ...part }) as { found: number };
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
  WHERE ${CLAIMABLE} ORDER BY seq ${AT_MOST}`;

/** The commands that would be claimed next, in that order. */
export function listClaimableCommands(
  tx: FastTx,
  request: { types: readonly string[]; limit: number },
): PlannedCommand[] {
  return tx.sql
    .hot(LIST_CLAIMABLE_SQL)
    .all({ ...boundTypes(request.types), limit: request.limit, now: tx.now }) as PlannedCommand[];
}
