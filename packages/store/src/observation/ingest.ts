import type { FastTx } from "../transaction.ts";

/** A rollout record as it goes into `codex_events` (spec 02 §3). */
export interface NewRolloutRecord {
  /** Null: the time of the ingest. */
  timestamp: string | null;
  type: string;
  subtype: string | null;
  item_type: string | null;
  payload_json: string;
  payload_bytes: number;
  payload_truncated: boolean;
  byte_offset: number;
  ordinal: number | null;
  turn_id: string | null;
  thread_id: string | null;
  line_sha256: string | null;
}

/** Where the reading of a session's rollout stands: its file, and what was derived from what was read. */
export interface IngestCursor {
  session_id: string;
  session_name: string;
  session_state: string;
  path: string | null;
  thread_id: string | null;
  /** Null after a registration: read from the beginning again. */
  last_ingest_offset: number | null;
  /** What ingest has derived so far, as its own JSON; null before the first record. */
  observation_json: string | null;
  /** The task of the session's live binding. */
  task_id: string | null;
  file: RolloutFileRow | null;
}

export interface RolloutFileRow {
  id: number;
  path: string;
  thread_id: string | null;
  /** `compressed` once it was read to its end in that form, in which it never grows again. */
  state: "active" | "compressed";
  device: number | null;
  inode: number | null;
  offset: number;
  last_line_offset: number | null;
  last_line_sha256: string | null;
}

/** Read the cursor of a session; undefined for an unknown one. One indexed look, whatever the length of the history. */
export function ingestCursor(tx: FastTx, session_id: string): IngestCursor | undefined {
  const session = tx
    .sql(
      `SELECT s.id AS session_id, s.name AS session_name, s.state AS session_state, s.codex_session_path AS path,
              s.codex_session_id AS thread_id, s.last_ingest_offset, s.observation_json,
              (SELECT b.task_id FROM bindings b WHERE b.state IN ('active', 'ending')
                 AND (b.worker_session_id = s.id OR b.manager_session_id = s.id) LIMIT 1) AS task_id
         FROM sessions s WHERE s.id = ?`,
    )
    .get(session_id) as Omit<IngestCursor, "file"> | undefined;
  if (session === undefined) return undefined;
  const file = tx
    .sql(
      `SELECT id, path, thread_id, state, device, inode, "offset", last_line_offset, last_line_sha256
         FROM rollout_files WHERE session_id = ? AND path = ? AND state IN ('active', 'compressed') ORDER BY seq DESC LIMIT 1`,
    )
    .get(session_id, session.path) as RolloutFileRow | undefined;
  return { ...session, file: file ?? null };
}

/** Make the row of a rollout file that is read from its beginning; returns its id. */
export function addRolloutFile(
  tx: FastTx,
  file: {
    session_id: string;
    path: string;
    thread_id: string | null;
    history_mode: "legacy" | "paginated";
    base_json: string | null;
  },
): number {
  const seq = tx.seq();
  const result = tx
    .sql(
      `INSERT INTO rollout_files (session_id, path, thread_id, history_mode, base_json, state, created_at, updated_at, seq, updated_seq)
       VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?, ?)`,
    )
    .run(file.session_id, file.path, file.thread_id, file.history_mode, file.base_json, tx.now, tx.now, seq, seq);
  return Number(result.lastInsertRowid);
}

/** Give a rollout file another state, path or both; see the states of spec 02 §3. */
export function changeRolloutFile(tx: FastTx, id: number, change: { state: string; path: string }): void {
  tx.sql("UPDATE rollout_files SET state = ?, path = ?, updated_at = ?, updated_seq = ? WHERE id = ?").run(
    change.state,
    change.path,
    tx.now,
    tx.seq(),
    id,
  );
}

/** Note that a rollout file was read to its end in its compressed form; unpacked, it will be another file. */
export function markRolloutCompressed(tx: FastTx, id: number): void {
  tx.sql(
    `UPDATE rollout_files SET state = 'compressed', device = NULL, inode = NULL, updated_at = ?, updated_seq = ?
      WHERE id = ?`,
  ).run(tx.now, tx.seq(), id);
}

/** The columns of a record, first those that are the same for all of a transaction and are bound only once. */
const RECORD_COLUMNS = `session_id, rollout_file_id, ingested_at, timestamp, type, subtype, item_type, payload_json,
  payload_bytes, payload_truncated, byte_offset, ordinal, turn_id, thread_id, line_sha256, seq`;
const RECORD_ROW = "(@session_id, @rollout_file_id, @now, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Records per statement: binding values is most of the cost of a row, and one call for several rows saves half of it. */
const ROWS_AT_ONCE = 16;

/**
 * Store records in their order. Those that are there already (same thread and ordinal, else same place in the same
 * file) are passed over. Calls `stored` with the index and row id of each one that is new; returns how many were.
 */
export function insertRolloutRecords(
  tx: FastTx,
  owner: { session_id: string; rollout_file_id: number },
  records: readonly NewRolloutRecord[],
  stored: (index: number, id: number) => void,
): number {
  const same = { ...owner, now: tx.now };
  let count = 0;
  for (let start = 0; start < records.length; ) {
    const size = records.length - start >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 1;
    const first_seq = tx.reserveSeq(size);
    const values: unknown[] = [];
    for (let row = 0; row < size; row += 1) {
      const record = records[start + row];
      if (record !== undefined) pushValues(values, tx, record, first_seq + row);
    }
    const result = tx.sql(size === 1 ? INSERT_ONE : INSERT_SEVERAL).run(values, same);
    count += result.changes;
    if (result.changes === size) {
      // All are new, so their ids follow one another (AUTOINCREMENT).
      const first_id = Number(result.lastInsertRowid) - size + 1;
      for (let row = 0; row < size; row += 1) stored(start + row, first_id + row);
    } else if (result.changes > 0) {
      for (const { id, seq } of insertedBetween(tx, first_seq, first_seq + size - 1))
        stored(start + seq - first_seq, id);
    }
    start += size;
  }
  return count;
}

const INSERT_ONE = insertSql(1);
const INSERT_SEVERAL = insertSql(ROWS_AT_ONCE);

function insertSql(rows: number): string {
  const values = new Array<string>(rows).fill(RECORD_ROW).join(", ");
  return `INSERT INTO codex_events (${RECORD_COLUMNS}) VALUES ${values} ON CONFLICT DO NOTHING`;
}

function pushValues(values: unknown[], tx: FastTx, record: NewRolloutRecord, seq: number): void {
  values.push(
    record.timestamp ?? tx.now,
    record.type,
    record.subtype,
    record.item_type,
    record.payload_json,
    record.payload_bytes,
    record.payload_truncated ? 1 : 0,
    record.byte_offset,
    record.ordinal,
    record.turn_id,
    record.thread_id,
    record.line_sha256,
    seq,
  );
}

/** Which of the records that were given these sequence numbers were new. */
function insertedBetween(tx: FastTx, first_seq: number, last_seq: number): { id: number; seq: number }[] {
  return tx.sql("SELECT id, seq FROM codex_events WHERE seq BETWEEN ? AND ? ORDER BY seq").all(first_seq, last_seq) as {
    id: number;
    seq: number;
  }[];
}

/** Move the cursor: the file's place and identity, the session's mirror of it, and what was derived. */
export function saveIngestCursor(
  tx: FastTx,
  cursor: {
    session_id: string;
    rollout_file_id: number;
    path: string;
    offset: number;
    /** Null for a compressed file: unpacked, it will be another file with the same content. */
    device: number | null;
    inode: number | null;
    size_seen: number;
    next_ordinal: number | null;
    last_line: { offset: number; sha256: string } | null;
    observation_json: string;
  },
): void {
  tx.sql(
    `UPDATE rollout_files SET "offset" = ?, device = ?, inode = ?, size_seen = ?, next_ordinal = coalesce(?, next_ordinal),
       last_line_offset = coalesce(?, last_line_offset), last_line_sha256 = coalesce(?, last_line_sha256),
       updated_at = ?, updated_seq = ? WHERE id = ?`,
  ).run(
    cursor.offset,
    cursor.device,
    cursor.inode,
    cursor.size_seen,
    cursor.next_ordinal,
    cursor.last_line?.offset ?? null,
    cursor.last_line?.sha256 ?? null,
    tx.now,
    tx.seq(),
    cursor.rollout_file_id,
  );
  tx.sql(
    `UPDATE sessions SET last_ingest_offset = ?, codex_session_path = ?, last_heartbeat_at = ?, last_heartbeat_source = 'ingest',
       observation_json = ? WHERE id = ?`,
  ).run(cursor.offset, cursor.path, tx.now, cursor.observation_json, cursor.session_id);
}

/** The time of the newest stored record of a thread, by which a rewritten file's old part is recognised. */
export function newestRecordTime(tx: FastTx, session_id: string): string | null {
  const row = tx
    .sql("SELECT timestamp FROM codex_events WHERE session_id = ? ORDER BY id DESC LIMIT 1")
    .get(session_id) as { timestamp: string } | undefined;
  return row?.timestamp ?? null;
}

/** The hashes of all stored lines of a session that have no ordinal; read only when a file was rewritten. */
export function knownLineHashes(tx: FastTx, session_id: string): Set<string> {
  const rows = tx
    .sql("SELECT line_sha256 FROM codex_events WHERE session_id = ? AND line_sha256 IS NOT NULL")
    .all(session_id) as { line_sha256: string }[];
  return new Set(rows.map((row) => row.line_sha256));
}
