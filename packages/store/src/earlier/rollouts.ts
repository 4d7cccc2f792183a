import type Database from "better-sqlite3";
import type { FastTx } from "../transaction.ts";

/** A stored record of a rollout, as the import found it. */
export interface EarlierRecord {
  id: number;
  timestamp: string;
  type: string;
  subtype: string | null;
  item_type: string | null;
  turn_id: string | null;
  thread_id: string | null;
  payload_json: string;
}

/** What our records know and those of the earlier tool did not, read from their payloads, as further columns of a query. */
export function recordColumns(present: ReadonlySet<string>): string {
  const fromPayload = {
    item_type: "json_extract(payload_json, '$.item.type')",
    turn_id: "json_extract(payload_json, '$.turn_id')",
    thread_id: "json_extract(payload_json, '$.thread_id')",
    payload_bytes: "length(CAST(payload_json AS BLOB))",
  };
  return Object.entries(fromPayload)
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => `, CASE WHEN json_valid(payload_json) THEN ${value} END AS ${name}`)
    .join("");
}

/**
 * From which record on those of a session belong to the rollout it has now: a session that was registered anew begins at
 * a smaller offset again. Sessions that were registered once are not listed.
 */
export function currentFileStarts(source: Database.Database): Map<string, number> {
  const rows = source
    .prepare(
      `SELECT whose, max(id) AS id FROM (
         SELECT id, session_id AS whose, byte_offset <= lag(byte_offset) OVER (PARTITION BY session_id ORDER BY id) AS begins_again
         FROM codex_events) WHERE begins_again GROUP BY whose`,
    )
    .all() as { whose: string; id: number }[];
  return new Map(rows.map(({ whose, id }) => [whose, id]));
}

/** The row by which ingest goes on where the earlier tool stopped, for a session that has a rollout. */
export function addEarlierRollout(tx: FastTx, session: Record<string, unknown>): void {
  const path = session["codex_session_path"];
  if (typeof path !== "string" || path === "") return;
  const offset = typeof session["last_ingest_offset"] === "number" ? session["last_ingest_offset"] : 0;
  const seq = tx.seq();
  tx.sql
    .atomic(
      `INSERT INTO rollout_files (session_id, path, thread_id, size_seen, "offset", history_mode, state, created_at, updated_at, seq, updated_seq)
     VALUES (?, ?, ?, ?, ?, 'legacy', 'active', ?, ?, ?, ?)`,
    )
    .run(session["id"], path, session["codex_session_id"] ?? null, offset, offset, tx.now, tx.now, seq, seq);
}

/** Give every new session the summary of its records that ingest would have kept with it. */
export function observeSessions(
  tx: FastTx,
  session_ids: readonly string[],
  observe: (thread_id: string | null, records: Iterable<EarlierRecord>) => string,
): void {
  const records = tx.sql.atomic(
    `SELECT e.id, e.timestamp, e.type, e.subtype, e.item_type, e.turn_id, e.thread_id, e.payload_json
     FROM codex_events e WHERE e.session_id = ? AND e.rollout_file_id IS NOT NULL ORDER BY e.id`,
  );
  const whose = tx.sql.atomic("SELECT codex_session_id AS thread_id FROM sessions WHERE id = ?");
  for (const id of session_ids) {
    const { thread_id } = whose.get(id) as { thread_id: string | null };
    const found = records.iterate(id) as IterableIterator<EarlierRecord>;
    let observation_json: string | null = null;
    try {
      const first = found.next();
      if (!first.done) observation_json = observe(thread_id, chained(first.value, found));
    } finally {
      // Left open it would keep the connection busy, so that the transaction could not even be taken back.
      found.return?.();
    }
    if (observation_json !== null)
      tx.sql.atomic("UPDATE sessions SET observation_json = ? WHERE id = ?").run(observation_json, id);
  }
}

function* chained<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}

/** The places of turn ends among the imported records, as the migration of an older ledger notes them too. */
export function addFormerTurnEnds(tx: FastTx, session_ids: readonly string[]): void {
  const add = tx.sql.atomic(
    `INSERT INTO turn_ends (event_id, session_id, thread_id, turn_id, fact, is_derived)
     SELECT id, session_id, thread_id, turn_id, 'ended', 0 FROM codex_events
     WHERE session_id = ? AND subtype = 'task_complete' AND NOT EXISTS (SELECT 1 FROM turn_ends d WHERE d.event_id = codex_events.id)`,
  );
  for (const id of session_ids) add.run(id);
}
