import type { FastTx } from "../transaction.ts";

/** What the end of a turn came to, as it was derived when its record was stored. */
export interface NewTurnEnd {
  event_id: number;
  session_id: string;
  thread_id: string | null;
  turn_id: string | null;
  fact: "ended" | "interrupted" | "goal_left";
  outcome: "completed" | "failed" | null;
  error_info: string | null;
  trigger: string | null;
  goal: string | null;
}

/** Keep what the end of a turn came to, beside the record that said so. */
export function addTurnEnd(tx: FastTx, end: NewTurnEnd): void {
  tx.sql
    .hot(
      `INSERT INTO turn_ends (event_id, session_id, thread_id, turn_id, fact, outcome, error_info, "trigger", goal, is_derived)
     VALUES (@event_id, @session_id, @thread_id, @turn_id, @fact, @outcome, @error_info, @trigger, @goal, 1)`,
    )
    .run({ ...end });
}

/** A stored record, as far as turns can be derived from it. */
export interface DerivableRow {
  id: number;
  timestamp: string;
  type: string;
  subtype: string | null;
  item_type: string | null;
  turn_id: string | null;
  thread_id: string | null;
  payload_json: string;
}

export const RECORDS_AFTER_SQL = `SELECT id, timestamp, type, subtype, item_type, turn_id, thread_id, payload_json
  FROM codex_events WHERE session_id = @session_id AND id > @after_id ORDER BY id`;

/**
 * The records of a session after this one, in their order, one by one. Read them to the end before any other statement
 * runs. Only for records from before turns were derived with them.
 */
export function* recordsAfter(tx: FastTx, request: { session_id: string; after_id: number }): Generator<DerivableRow> {
  yield* tx.sql.hot(RECORDS_AFTER_SQL).iterate(request) as IterableIterator<DerivableRow>;
}

/** What a record holds; content. Empty for one that is damaged or gone. */
export function payloadOfRecord(tx: FastTx, event_id: number): Record<string, unknown> {
  const row = tx.sql.hot("SELECT payload_json FROM codex_events WHERE id = ?").get(event_id) as
    | { payload_json: string }
    | undefined;
  return row === undefined ? {} : payloadObject(row);
}

/** A payload as an object; what is damaged counts as empty. */
export function payloadObject({ payload_json }: { payload_json: string }): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(payload_json);
    return payload !== null && typeof payload === "object" && !Array.isArray(payload)
      ? (payload as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
