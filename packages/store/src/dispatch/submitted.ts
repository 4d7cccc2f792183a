import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";
import { finishCommand } from "./commands.ts";
import type { HeldItem } from "./items.ts";

/** Where the agent's own record of a typed text is looked for. */
export interface TypedPlace {
  path: string;
  offset: number;
  /** What it is recognised by; content. */
  key: string;
}

/**
 * The text of an item was typed and submitted, and nothing proves yet that the agent took it (ruling 2 of spec 00). Nobody
 * holds the item any more, and nobody types it again. False when it is not held like this any more.
 */
export function submitItem(tx: FastTx, held: HeldItem, place: TypedPlace, look_until: string): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET submission = 'unconfirmed', side_effect_started = 1, side_effect_completed = 1,
              typed_key = @key, typed_path = @path, typed_offset = @offset, look_until = @look_until, error = NULL,
              delivery_mode = 'push', transport = 'tmux', delivery_method = 'paste',
              claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL
       WHERE id = @id AND state = 'pending' AND claimed_by IS @claimed_by AND claimed_at IS @claimed_at`,
    )
    .run({ ...held, ...place, look_until });
  return result.changes === 1;
}

/** Keep what is known of an attempt that goes on without a dispatcher, and let go of its command. */
export function parkAttempt(
  tx: FastTx,
  attempt: { attempt_id: number; command_id: string; result_json: string; error: string },
): void {
  tx.sql
    .hot(
      "UPDATE command_attempts SET result_json = ?, error = ?, transport = 'tmux', delivery_method = 'paste' WHERE id = ?",
    )
    .run(attempt.result_json, attempt.error, attempt.attempt_id);
  tx.sql
    .atomic(
      `UPDATE commands SET claimed_by = NULL, claimed_at = NULL, claim_expires_at = NULL, error = ?, updated_at = ?,
            updated_seq = ?
     WHERE id = ? AND state = 'attempted'`,
    )
    .run(attempt.error, tx.now, tx.seq(), attempt.command_id);
}

/** An item whose text was submitted, with what is needed to look for it and to tell how it ended. */
export interface SubmittedItem {
  id: number;
  task_id: string;
  binding_id: string;
  correlation_id: string;
  signal_type: string;
  source_event_id: number | null;
  dedupe_key: string;
  command_id: string | null;
  payload_json: string;
  typed_key: string;
  typed_path: string;
  typed_offset: number;
  look_until: string;
  task_name: string;
  source_name: string;
  target_name: string;
  /** Where its target records its input now. */
  rollout_path: string | null;
  /** Of which kind its target is. */
  agent_kind: string;
}

// By the index of claimable items: few are pending, however many there were.
const SUBMITTED = `state = 'pending' AND submission = 'unconfirmed'
  AND signal_type IN ('notify_manager', 'nudge_worker', 'continue_iteration', 'worker_task_complete')
  AND side_effect_started = 1`;

export const HAS_SUBMITTED_SQL = `SELECT EXISTS (SELECT 1 FROM routed_notifications WHERE ${SUBMITTED}) AS found`;

/** Whether there is anything to look for. */
export function hasSubmittedItem(tx: FastTx): boolean {
  return (tx.sql.hot(HAS_SUBMITTED_SQL).get() as { found: number }).found === 1;
}

export const LIST_SUBMITTED_SQL = `SELECT n.id, n.task_id, n.binding_id, n.correlation_id, n.signal_type, n.source_event_id,
    n.dedupe_key, n.command_id, n.payload_json, n.typed_key, n.typed_path, n.typed_offset, n.look_until,
    t.name AS task_name, s.name AS source_name, d.name AS target_name, d.codex_session_path AS rollout_path,
    d.agent_kind
  FROM routed_notifications n
  JOIN tasks t ON t.id = n.task_id
  JOIN sessions s ON s.id = n.source_session_id
  JOIN sessions d ON d.id = n.target_session_id
  WHERE n.id IN (SELECT id FROM routed_notifications WHERE ${SUBMITTED})
  ORDER BY n.seq ${AT_MOST}`;

/** The submitted items that nothing has confirmed yet, oldest first. */
export function listSubmittedItems(tx: FastTx, limit: number): SubmittedItem[] {
  return tx.sql.hot(LIST_SUBMITTED_SQL).all({ limit }) as SubmittedItem[];
}

/** The record was not there: the next look goes on from here. */
export function keepLooking(tx: FastTx, item_id: number, next: { path: string; offset: number; until: string }): void {
  tx.sql
    .atomic(
      `UPDATE routed_notifications SET typed_path = @path, typed_offset = @offset, look_until = @until
     WHERE id = @item_id AND state = 'pending' AND submission = 'unconfirmed'`,
    )
    .run({ item_id, ...next });
}

/** The agent has recorded the text: the item is handed over. False when somebody else has settled it. */
export function confirmItem(tx: FastTx, item_id: number): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET state = 'delivered', delivered_at = ?, delivered_seq = ?, submission = 'confirmed',
              typed_key = NULL
       WHERE id = ? AND state = 'pending' AND submission = 'unconfirmed'`,
    )
    .run(tx.now, tx.seq(), item_id);
  return result.changes === 1;
}

/** Nothing will show any more whether the text was taken. False when somebody else has settled the item. */
export function giveUpLooking(tx: FastTx, item_id: number, error: string): boolean {
  const result = tx.sql
    .atomic(
      `UPDATE routed_notifications SET state = 'failed', submission = 'unprovable', typed_key = NULL, error = ?
       WHERE id = ? AND state = 'pending' AND submission = 'unconfirmed'`,
    )
    .run(error, item_id);
  return result.changes === 1;
}

/** The parked attempt of a command, with what was told of it. */
export function parkedAttempt(
  tx: FastTx,
  command_id: string,
): { id: number; dispatcher_id: string; type: string; result_json: string | null } | undefined {
  return tx.sql
    .hot(
      `SELECT a.id, a.dispatcher_id, c.type, a.result_json FROM command_attempts a JOIN commands c ON c.id = a.command_id
       WHERE a.command_id = ? AND a.state = 'running' AND c.state = 'attempted' AND c.claimed_by IS NULL
       ORDER BY a.id DESC LIMIT 1`,
    )
    .get(command_id) as { id: number; dispatcher_id: string; type: string; result_json: string | null } | undefined;
}

/** End a parked attempt and its command. */
export function endParked(
  tx: FastTx,
  of: { attempt_id: number; command_id: string },
  end: { state: "succeeded" | "failed"; result_json: string; error: string | null },
): void {
  tx.sql
    .hot("UPDATE command_attempts SET state = ?, finished_at = ?, result_json = ?, error = ? WHERE id = ?")
    .run(end.state, tx.now, end.result_json, end.error, of.attempt_id);
  finishCommand(tx, of.command_id, end);
}
