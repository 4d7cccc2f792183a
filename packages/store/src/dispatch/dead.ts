import type { FastTx } from "../transaction.ts";

/** A message that was never delivered, and why. */
export interface DeadCommand {
  id: string;
  type: string;
  state: "failed" | "blocked";
  task_name: string;
  task_state: string;
  correlation_id: string | null;
  created_at: string;
  result_json: string | null;
  error: string | null;
  /** Error code of its result, or the reason of its gate. */
  error_code: string;
  /** How many have ended for this reason. */
  of_this_reason: number;
}

/** A lease that ran out leaves no result; whether the target was touched then tells the two cases apart (spec 03 §6.2). */
const ERROR_CODE = `coalesce(
    json_extract(c.result_json, '$.error_code'),
    json_extract(c.result_json, '$.reason'),
    CASE
      WHEN c.result_json IS NOT NULL THEN 'unknown'
      WHEN EXISTS (SELECT 1 FROM command_attempts a WHERE a.command_id = c.id AND a.side_effect_started = 1)
        THEN 'stale_side_effect'
      WHEN c.attempts >= c.max_attempts THEN 'attempts_exhausted'
      ELSE 'unknown'
    END)`;

/** What asks for an iteration that has begun since needs no care any more. */
const HAS_BEGUN = `c.type = 'continue_iteration' AND EXISTS (
    SELECT 1 FROM runs r
    WHERE r.id = json_extract(c.payload_json, '$.ralph_loop.run_id') AND r.task_id = c.task_id
      AND CAST(json_extract(r.metadata_json, '$.current_iteration') AS INTEGER)
        >= CAST(json_extract(c.payload_json, '$.ralph_loop.requested_iteration') AS INTEGER))`;

export interface DeadRequest {
  types: readonly string[];
  /** Null: those of every task in one of `open_states`. */
  task_id: string | null;
  open_states: readonly string[];
  /** The newest so many of each reason. */
  limit: number;
}

/**
 * The messages that failed or were blocked and that nobody has taken care of: not cancelled, not retried under the key
 * `retry:<id>`, no continuation whose iteration has begun. The most frequent reason first, of each the newest first.
 */
export function listDeadCommands(tx: FastTx, request: DeadRequest): DeadCommand[] {
  const { types, open_states, ...bound } = request;
  return tx.sql
    .search(
      `WITH dead AS (
         SELECT c.id, c.seq, ${ERROR_CODE} AS error_code
         FROM commands c JOIN tasks t ON t.id = c.task_id
         WHERE c.state IN ('failed', 'blocked') AND c.type IN (SELECT value FROM json_each(@types))
           AND CASE WHEN @task_id IS NULL THEN t.state IN (SELECT value FROM json_each(@open_states))
                    ELSE c.task_id = @task_id END
           AND NOT EXISTS (
             SELECT 1 FROM commands r
             WHERE r.idempotency_key = 'retry:' || c.id AND json_extract(r.payload_json, '$.retry_of') = c.id)
           AND NOT (${HAS_BEGUN})
       ), ranked AS (
         SELECT id, seq, error_code, count(*) OVER (PARTITION BY error_code) AS of_this_reason,
                row_number() OVER (PARTITION BY error_code ORDER BY seq DESC) AS place
         FROM dead WHERE error_code <> 'cancelled'
       )
       SELECT c.id, c.type, c.state, t.name AS task_name, t.state AS task_state, c.correlation_id, c.created_at,
              c.result_json, c.error, ranked.error_code, ranked.of_this_reason
       FROM ranked JOIN commands c ON c.id = ranked.id JOIN tasks t ON t.id = c.task_id
       WHERE ranked.place <= @limit
       ORDER BY ranked.of_this_reason DESC, ranked.error_code, ranked.seq DESC`,
    )
    .all({ ...bound, types: JSON.stringify(types), open_states: JSON.stringify(open_states) }) as DeadCommand[];
}
