import type { FastTx } from "../transaction.ts";

/** Dispatch itself puts nothing off by more than this; when more is left, the clock was set back since. */
const LONGEST_PAUSE_MS = 60_000;

// A pending command with an error was put off by Dispatch; one without waits for the time that its sender named.
export const PUT_OFF_COMMANDS_SQL = `SELECT id FROM commands
  WHERE state = 'pending' AND type IN (SELECT value FROM json_each(@types)) AND available_at > @latest
    AND error IS NOT NULL`;
export const PUT_OFF_ITEMS_SQL = `SELECT id FROM routed_notifications
  WHERE state = 'pending' AND signal_type = 'worker_task_complete' AND side_effect_started = 0
    AND claim_expires_at > @latest AND claimed_by IS NULL`;

function timesOf(tx: FastTx, types: readonly string[]) {
  const latest = new Date(Date.parse(tx.now) + LONGEST_PAUSE_MS).toISOString();
  return { types: JSON.stringify(types), latest, now: tx.now };
}

/** Whether something of these types, or a completion, is put off by longer than Dispatch ever does. */
export function hasImpossiblePause(tx: FastTx, types: readonly string[]): boolean {
  const times = timesOf(tx, types);
  return [PUT_OFF_COMMANDS_SQL, PUT_OFF_ITEMS_SQL].some((sql) => tx.sql.hot(`${sql} LIMIT 1`).get(times) !== undefined);
}

/** Let such pauses end now. */
export function endImpossiblePauses(tx: FastTx, types: readonly string[]): void {
  const times = timesOf(tx, types);
  tx.sql.atomic(`UPDATE commands SET available_at = @now WHERE id IN (${PUT_OFF_COMMANDS_SQL})`).run(times);
  tx.sql
    .atomic(`UPDATE routed_notifications SET claim_expires_at = NULL WHERE id IN (${PUT_OFF_ITEMS_SQL})`)
    .run(times);
}
