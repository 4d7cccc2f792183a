import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** A command about to be queued. */
export interface NewCommand {
  id: string;
  idempotency_key: string;
  task_id: string;
  correlation_id: string;
  type: string;
  /** Not before this time; null: at once. */
  available_at: string | null;
  /** Not delivered after this time; null: for ever. */
  expires_at: string | null;
  max_attempts: number;
  required_permission: string | null;
  payload_json: string;
}

/** Queue a command. */
export function insertCommand(tx: FastTx, command: NewCommand): void {
  tx.sql
    .hot(
      `INSERT INTO commands (id, seq, updated_seq, idempotency_key, created_at, updated_at, task_id, correlation_id, type,
        state, available_at, expires_at, max_attempts, required_permission, payload_json)
     VALUES (@id, @seq, @seq, @idempotency_key, @now, @now, @task_id, @correlation_id, @type,
        'pending', @available_at, @expires_at, @max_attempts, @required_permission, @payload_json)`,
    )
    .run({ ...command, seq: tx.seq(), now: tx.now });
}

/** A command as those need it who look after it. */
export interface CommandRow {
  id: string;
  seq: number;
  type: string;
  state: string;
  task_id: string | null;
  task_name: string | null;
  correlation_id: string | null;
  max_attempts: number;
  required_permission: string | null;
  payload_json: string;
  result_json: string | null;
  error: string | null;
}

const COMMAND = `SELECT c.id, c.seq, c.type, c.state, c.task_id, t.name AS task_name, c.correlation_id, c.max_attempts,
    c.required_permission, c.payload_json, c.result_json, c.error
  FROM commands c LEFT JOIN tasks t ON t.id = c.task_id`;

/** A command by its id. */
export function commandById(tx: FastTx, id: string): CommandRow | undefined {
  return tx.sql.hot(`${COMMAND} WHERE c.id = ?`).get(id) as CommandRow | undefined;
}

/** The commands whose id begins like this, oldest first, at most `limit`. */
export function commandsByIdPrefix(tx: FastTx, prefix: string, limit: number): CommandRow[] {
  return tx.sql
    .hot(`${COMMAND} WHERE substr(c.id, 1, length(@prefix)) = @prefix ORDER BY c.seq ${AT_MOST}`)
    .all({ prefix, limit }) as CommandRow[];
}

/** The command that was queued under this key. */
export function commandByKey(tx: FastTx, idempotency_key: string): CommandRow | undefined {
  return tx.sql.hot(`${COMMAND} WHERE c.idempotency_key = ?`).get(idempotency_key) as CommandRow | undefined;
}

/** Whether an attempt of the command may have reached the terminal of its target. */
export function hasTouchedTarget(tx: FastTx, command_id: string): boolean {
  const touched = tx.sql
    .hot("SELECT 1 FROM command_attempts WHERE command_id = ? AND side_effect_started = 1 LIMIT 1")
    .get(command_id);
  return touched !== undefined;
}

/** Take a command out of the queue. Atomic: false when somebody has begun it, or it has ended, and then nothing changed. */
export function endPendingCommand(
  tx: FastTx,
  command_id: string,
  end: { result_json: string; error: string },
): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE commands SET state = 'failed', result_json = @result_json, error = @error, updated_at = @now,
              updated_seq = @updated_seq
       WHERE id = @command_id AND state = 'pending'`,
    )
    .run({ ...end, command_id, now: tx.now, updated_seq: tx.seq() });
  return result.changes === 1;
}

// Not told how little the state says, the planner walks the whole queue instead of the few commands that have a term.
export const PAST_TERM_SQL = `SELECT id, type, correlation_id, task_id FROM commands
  WHERE likelihood(state = 'pending', 0.9) AND expires_at > '' AND expires_at <= @now AND +type IN (SELECT value FROM json_each(@types))
  ORDER BY expires_at ${AT_MOST}`;

/** Queued commands that may not be delivered any more, the longest overdue first. */
export function commandsPastTerm(
  tx: FastTx,
  request: { types: readonly string[]; limit: number },
): Pick<CommandRow, "id" | "type" | "correlation_id" | "task_id">[] {
  const bound = { types: JSON.stringify(request.types), limit: request.limit, now: tx.now };
  return tx.sql.hot(PAST_TERM_SQL).all(bound) as Pick<CommandRow, "id" | "type" | "correlation_id" | "task_id">[];
}

/** End a claimed command; call it after `finishAttempt` has confirmed the lease. The lease fields stay as evidence. */
export function finishCommand(
  tx: FastTx,
  command_id: string,
  end: { state: "succeeded" | "failed" | "blocked"; result_json: string | null; error: string | null },
): void {
  tx.sql
    .hot("UPDATE commands SET state = ?, result_json = ?, error = ?, updated_at = ?, updated_seq = ? WHERE id = ?")
    .run(end.state, end.result_json, end.error, tx.now, tx.seq(), command_id);
}

/**
 * Put a claimed command back into the queue. `attempts` is the number it shall show; `available_at` null makes it
 * claimable at once.
 */
export function requeueCommand(
  tx: FastTx,
  command_id: string,
  requeue: { attempts: number; available_at: string | null; error: string | null },
): void {
  tx.sql
    .hot(
      `UPDATE commands SET state = 'pending', attempts = ?, available_at = coalesce(?, available_at), error = ?,
            claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL, updated_at = ?, updated_seq = ?
     WHERE id = ?`,
    )
    .run(requeue.attempts, requeue.available_at, requeue.error, tx.now, tx.seq(), command_id);
}

/** A claimed command whose dispatcher did not finish in time. */
export interface ExpiredCommand {
  id: string;
  type: string;
  task_id: string | null;
  correlation_id: string | null;
  claimed_by: string | null;
  attempts: number;
  max_attempts: number;
}

export const EXPIRED_SQL = `SELECT id, type, task_id, correlation_id, claimed_by, attempts, max_attempts FROM commands
  WHERE state = 'attempted' AND +type IN (SELECT value FROM json_each(@types)) AND claim_expires_at <= @now
  ORDER BY seq ${AT_MOST}`;

/** Commands with an expired lease, oldest first (spec 03 §6.2). */
export function listExpiredCommands(
  tx: FastTx,
  request: { types: readonly string[]; limit: number },
): ExpiredCommand[] {
  return tx.sql
    .hot(EXPIRED_SQL)
    .all({ types: JSON.stringify(request.types), limit: request.limit, now: tx.now }) as ExpiredCommand[];
}

/** End a command whose lease has expired; the lease fields are cleared. */
export function failExpiredCommand(tx: FastTx, command_id: string, end: { result_json: string; error: string }): void {
  tx.sql
    .hot(
      `UPDATE commands SET state = 'failed', result_json = ?, error = ?, claimed_by = NULL, claimed_at = NULL,
            claim_expires_at = NULL, updated_at = ?, updated_seq = ?
     WHERE id = ?`,
    )
    .run(end.result_json, end.error, tx.now, tx.seq(), command_id);
}

/** Move the end of a lease that is still this dispatcher's; false when it is not. */
export function renewCommandLease(
  tx: FastTx,
  lease: { command_id: string; dispatcher_id: string; claim_expires_at: string },
): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE commands SET claim_expires_at = @claim_expires_at
       WHERE id = @command_id AND state = 'attempted' AND claimed_by = @dispatcher_id`,
    )
    .run(lease);
  return result.changes === 1;
}
