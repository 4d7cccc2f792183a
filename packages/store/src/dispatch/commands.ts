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
  max_attempts: number;
  required_permission: string | null;
  payload_json: string;
}

/** Queue a command. */
export function insertCommand(tx: FastTx, command: NewCommand): void {
  tx.sql(
    `INSERT INTO commands (id, seq, updated_seq, idempotency_key, created_at, updated_at, task_id, correlation_id, type,
        state, available_at, max_attempts, required_permission, payload_json)
     VALUES (@id, @seq, @seq, @idempotency_key, @now, @now, @task_id, @correlation_id, @type,
        'pending', @available_at, @max_attempts, @required_permission, @payload_json)`,
  ).run({ ...command, seq: tx.seq(), now: tx.now });
}

/** What a command was asked to do, as far as a repetition of the request has to match it. */
export interface KeyedCommand {
  id: string;
  type: string;
  task_id: string | null;
  correlation_id: string | null;
  required_permission: string | null;
  payload_json: string;
}

/** The command that was queued under this key. */
export function commandByKey(tx: FastTx, idempotency_key: string): KeyedCommand | undefined {
  return tx
    .sql(
      `SELECT id, type, task_id, correlation_id, required_permission, payload_json FROM commands
       WHERE idempotency_key = ?`,
    )
    .get(idempotency_key) as KeyedCommand | undefined;
}

/** End a claimed command; call it after `finishAttempt` has confirmed the lease. The lease fields stay as evidence. */
export function finishCommand(
  tx: FastTx,
  command_id: string,
  end: { state: "succeeded" | "failed" | "blocked"; result_json: string | null; error: string | null },
): void {
  tx.sql("UPDATE commands SET state = ?, result_json = ?, error = ?, updated_at = ?, updated_seq = ? WHERE id = ?").run(
    end.state,
    end.result_json,
    end.error,
    tx.now,
    tx.seq(),
    command_id,
  );
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
  tx.sql(
    `UPDATE commands SET state = 'pending', attempts = ?, available_at = coalesce(?, available_at), error = ?,
            claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL, updated_at = ?, updated_seq = ?
     WHERE id = ?`,
  ).run(requeue.attempts, requeue.available_at, requeue.error, tx.now, tx.seq(), command_id);
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
  ORDER BY seq LIMIT @limit`;

/** Commands with an expired lease, oldest first (spec 03 §6.2). */
export function listExpiredCommands(
  tx: FastTx,
  request: { types: readonly string[]; limit: number },
): ExpiredCommand[] {
  return tx
    .sql(EXPIRED_SQL)
    .all({ types: JSON.stringify(request.types), limit: request.limit, now: tx.now }) as ExpiredCommand[];
}

/** End a command whose lease has expired; the lease fields are cleared. */
export function failExpiredCommand(tx: FastTx, command_id: string, error: string): void {
  tx.sql(
    `UPDATE commands SET state = 'failed', error = ?, claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL,
            updated_at = ?, updated_seq = ?
     WHERE id = ?`,
  ).run(error, tx.now, tx.seq(), command_id);
}

/** Move the end of a lease that is still this dispatcher's; false when it is not. */
export function renewCommandLease(
  tx: FastTx,
  lease: { command_id: string; dispatcher_id: string; claim_expires_at: string },
): boolean {
  const result = tx
    .sql(
      `UPDATE commands SET claim_expires_at = @claim_expires_at
       WHERE id = @command_id AND state = 'attempted' AND claimed_by = @dispatcher_id`,
    )
    .run(lease);
  return result.changes === 1;
}
