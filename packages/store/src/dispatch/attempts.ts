import type { FastTx } from "../transaction.ts";

/** Begin an attempt; returns its id. Fails when the command already has a running one. */
export function startAttempt(
  tx: FastTx,
  attempt: { command_id: string; correlation_id: string; dispatcher_id: string },
): number {
  const result = tx.sql
    .hot(
      `INSERT INTO command_attempts (seq, command_id, task_id, correlation_id, dispatcher_id, started_at, state)
       VALUES (@seq, @command_id, (SELECT task_id FROM commands WHERE id = @command_id), @correlation_id, @dispatcher_id, @now, 'running')`,
    )
    .run({ ...attempt, seq: tx.seq(), now: tx.now });
  return Number(result.lastInsertRowid);
}

export interface RunningAttempt {
  id: number;
  correlation_id: string;
  dispatcher_id: string;
  side_effect_started: number;
  side_effect_completed: number;
}

export const RUNNING_ATTEMPT_SQL = `SELECT id, correlation_id, dispatcher_id, side_effect_started, side_effect_completed
  FROM command_attempts WHERE command_id = ? AND state = 'running' ORDER BY id DESC LIMIT 1`;

/** The attempt of a command that has not ended. */
export function runningAttempt(tx: FastTx, command_id: string): RunningAttempt | undefined {
  return tx.sql.hot(RUNNING_ATTEMPT_SQL).get(command_id) as RunningAttempt | undefined;
}

/** Proof that a dispatcher still owns what it works on: its attempt runs and the lease is its own (spec 03 §6.4). */
export interface AttemptFence {
  attempt_id: number;
  command_id: string;
  dispatcher_id: string;
}

const FENCE = `id = @attempt_id AND state = 'running' AND EXISTS (
  SELECT 1 FROM commands c
  WHERE c.id = @command_id AND c.state = 'attempted' AND c.claimed_by = @dispatcher_id)`;

/** Whether the lease is still this dispatcher's. */
export function holdsAttempt(tx: FastTx, fence: AttemptFence): boolean {
  return tx.sql.hot(`SELECT 1 FROM command_attempts WHERE ${FENCE}`).get(fence) !== undefined;
}

/** How far the effect on the world has come. */
export type SideEffectMark = "started" | "completed";

/** Mark the attempt; false when the lease was lost, and then nothing changed. */
export function markAttempt(tx: FastTx, fence: AttemptFence, mark: SideEffectMark): boolean {
  const set = mark === "started" ? "side_effect_started = 1" : "side_effect_started = 1, side_effect_completed = 1";
  return tx.sql.atomic(`UPDATE command_attempts SET ${set} WHERE ${FENCE}`).run(fence).changes === 1;
}

export interface AttemptEnd {
  state: "succeeded" | "failed" | "blocked" | "abandoned";
  result_json: string | null;
  error: string | null;
  transport?: string | null;
  delivery_method?: string | null;
}

/** End the attempt; false when the lease was lost, and then nothing changed. */
export function finishAttempt(tx: FastTx, fence: AttemptFence, end: AttemptEnd): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE command_attempts SET state = @state, finished_at = @now, result_json = @result_json, error = @error,
              transport = @transport, delivery_method = @delivery_method
       WHERE ${FENCE}`,
    )
    .run({ transport: null, delivery_method: null, ...end, ...fence, now: tx.now });
  return result.changes === 1;
}

/** End an attempt whose lease has expired, whichever dispatcher held it. */
export function endAbandonedAttempt(
  tx: FastTx,
  attempt_id: number,
  end: { state: "failed" | "abandoned"; result_json: string; error: string },
): void {
  tx.sql
    .atomic(
      `UPDATE command_attempts SET state = @state, finished_at = @now, result_json = @result_json, error = @error
     WHERE id = @attempt_id AND state = 'running'`,
    )
    .run({ ...end, attempt_id, now: tx.now });
}

/** How many attempts a command has had. */
export function countAttempts(tx: FastTx, command_id: string): number {
  return (
    tx.sql.hot("SELECT count(*) AS n FROM command_attempts WHERE command_id = ?").get(command_id) as { n: number }
  ).n;
}
