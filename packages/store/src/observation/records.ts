import { isLedgerTrouble } from "../dispatch/isolate.ts";
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
  content_hash: string;
  /** Which of several equal lines of the thread, counted from 0; where there is an ordinal it is left out. */
  occurrence?: number;
}

/** What happened to a number of records that were to be stored. */
export interface StoredRecords {
  /** Records that were not there before. */
  new_records: number;
  /** Of those, the ones whose payload the ledger refused, and of which only the columns stand there. */
  without_payload: number;
  /** Records of which nothing could be stored. */
  lost: number[];
}

interface RecordOwner {
  session_id: string;
  rollout_file_id: number;
}

/** The columns of a record, first those that are the same for all of a transaction and are bound only once. */
const RECORD_COLUMNS = `session_id, rollout_file_id, ingested_at, timestamp, type, subtype, item_type, payload_json,
  payload_bytes, payload_truncated, byte_offset, ordinal, turn_id, thread_id, content_hash, occurrence, seq`;
const RECORD_ROW = "(@session_id, @rollout_file_id, @now, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Records per statement: binding values is most of the cost of a row, and one call for several rows saves half of it. */
const ROWS_AT_ONCE = 16;

/**
 * Store records in their order. Those that are there already are passed over: the same thread, ordinal and content, or
 * without ordinal the same thread, content and occurrence (spec 00, ruling 3); the file does not matter. A record that
 * stands there in a former form, without hash or without the ordinal that its file has meanwhile, is known too and takes
 * on the present form. Calls `stored` with the index and row id of each one that is new. A payload that the ledger
 * refuses costs the payload only, never its neighbours.
 */
export function insertRolloutRecords(
  tx: FastTx,
  owner: RecordOwner,
  records: readonly NewRolloutRecord[],
  stored: (index: number, id: number) => void,
): StoredRecords {
  const outcome: StoredRecords = { new_records: 0, without_payload: 0, lost: [] };
  const former = formerForms(tx, owner, records);
  const has_former = former.without_hash || former.without_ordinal;
  for (let start = 0; start < records.length; ) {
    const size = records.length - start >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 1;
    const rows = size === records.length ? records : records.slice(start, start + size);
    if (has_former && rows.some((record) => mayHaveFormerForm(former, record))) {
      rows.forEach((record, row) => {
        if (!isKnown(tx, owner, record)) insertOne(tx, owner, record, start + row, outcome, stored);
      });
    } else if (!insertSeveral(tx, owner, rows, start, outcome, stored)) {
      rows.forEach((record, row) => {
        insertOne(tx, owner, record, start + row, outcome, stored);
      });
    }
    start += size;
  }
  return outcome;
}

const INSERT_ONE = insertSql(1);
const INSERT_SEVERAL = insertSql(ROWS_AT_ONCE);

function insertSql(rows: number): string {
  const values = new Array<string>(rows).fill(RECORD_ROW).join(", ");
  return `INSERT INTO codex_events (${RECORD_COLUMNS}) VALUES ${values} ON CONFLICT DO NOTHING`;
}

/** One statement for all; false when the ledger refused one of them, which undid the statement and nothing else. */
function insertSeveral(
  tx: FastTx,
  owner: RecordOwner,
  rows: readonly NewRolloutRecord[],
  start: number,
  outcome: StoredRecords,
  stored: (index: number, id: number) => void,
): boolean {
  const size = rows.length;
  const first_seq = tx.reserveSeq(size);
  const values: unknown[] = [];
  for (let row = 0; row < size; row += 1) {
    const record = rows[row];
    if (record !== undefined) pushValues(values, tx, record, first_seq + row);
  }
  let result: { changes: number; lastInsertRowid: number | bigint };
  try {
    result = tx.sql.hot(size === 1 ? INSERT_ONE : INSERT_SEVERAL).run(values, { ...owner, now: tx.now });
  } catch (error) {
    if (isLedgerTrouble(error)) throw error;
    return false;
  }
  outcome.new_records += result.changes;
  if (result.changes === size) {
    // All are new, so their ids follow one another (AUTOINCREMENT).
    const first_id = Number(result.lastInsertRowid) - size + 1;
    for (let row = 0; row < size; row += 1) stored(start + row, first_id + row);
  } else if (result.changes > 0) {
    for (const { id, seq } of insertedBetween(tx, first_seq, first_seq + size - 1)) stored(start + seq - first_seq, id);
  }
  return true;
}

function insertOne(
  tx: FastTx,
  owner: RecordOwner,
  record: NewRolloutRecord,
  index: number,
  outcome: StoredRecords,
  stored: (index: number, id: number) => void,
): void {
  if (insertSeveral(tx, owner, [record], index, outcome, stored)) return;
  const payload_json = JSON.stringify({ omitted: true, bytes: record.payload_bytes });
  const bare = { ...record, payload_json, payload_truncated: true };
  const before = outcome.new_records;
  if (!insertSeveral(tx, owner, [bare], index, outcome, stored)) outcome.lost.push(index);
  else outcome.without_payload += outcome.new_records - before;
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
    record.content_hash,
    record.occurrence ?? 0,
    seq,
  );
}

/** Which of the records that were given these sequence numbers were new. */
function insertedBetween(tx: FastTx, first_seq: number, last_seq: number): { id: number; seq: number }[] {
  return tx.sql
    .hot("SELECT id, seq FROM codex_events WHERE seq BETWEEN ? AND ? ORDER BY seq")
    .all(first_seq, last_seq) as {
    id: number;
    seq: number;
  }[];
}

export const CONTENT_SQL = `SELECT 1 FROM codex_events WHERE session_id = @session_id AND ifnull(thread_id, '') = @thread_id
  AND content_hash = @content_hash AND ordinal IS NULL LIMIT 1`;

/** Whether a record without ordinal with this content is stored of a session's thread. */
export function hasContent(
  tx: FastTx,
  record: { session_id: string; thread_id: string | null; content_hash: string },
): boolean {
  return tx.sql.hot(CONTENT_SQL).get({ ...record, thread_id: record.thread_id ?? "" }) !== undefined;
}

/** Which forms of before the records of a session still have that lines of this file, from here on, may meet. */
interface FormerForms {
  without_hash: boolean;
  without_ordinal: boolean;
}

const existsRecord = (where: string) =>
  `EXISTS (SELECT 1 FROM codex_events WHERE session_id = @session_id AND ${where})`;
const existsElsewhere = (where: string) =>
  ["rollout_file_id IS NULL", "rollout_file_id < @rollout_file_id", "rollout_file_id > @rollout_file_id"]
    .map((place) => existsRecord(`${where} AND ${place}`))
    .join(" OR ");

export const FORMER_FORMS_SQL = `SELECT
  ${existsElsewhere("content_hash IS NULL")}
    OR ${existsRecord("content_hash IS NULL AND rollout_file_id = @rollout_file_id AND byte_offset >= @byte_offset")} AS without_hash,
  ${existsElsewhere("ordinal IS NULL")} AS without_ordinal`;

function formerForms(tx: FastTx, owner: RecordOwner, records: readonly NewRolloutRecord[]): FormerForms {
  const from = { ...owner, byte_offset: records[0]?.byte_offset ?? 0 };
  const row = tx.sql.hot(FORMER_FORMS_SQL).get(from) as Record<keyof FormerForms, number>;
  return { without_hash: row.without_hash === 1, without_ordinal: row.without_ordinal === 1 };
}

function mayHaveFormerForm(former: FormerForms, record: NewRolloutRecord): boolean {
  return former.without_hash || (former.without_ordinal && record.ordinal !== null);
}

export const IDENTITY_SQL = {
  by_ordinal: `SELECT 1 FROM codex_events WHERE session_id = @session_id AND ifnull(thread_id, '') = ifnull(@thread_id, '')
    AND ordinal = @ordinal AND content_hash = @content_hash LIMIT 1`,
  by_content: `SELECT 1 FROM codex_events WHERE session_id = @session_id AND ifnull(thread_id, '') = ifnull(@thread_id, '')
    AND content_hash = @content_hash AND occurrence = @occurrence AND ordinal IS NULL LIMIT 1`,
};

/** What must agree besides the form; a line further up in the same file is another record, however alike the two are. */
const SAME_RECORD = `session_id = @session_id AND timestamp = @timestamp AND type = @type
  AND (thread_id IS NULL OR thread_id IS @thread_id) AND NOT (rollout_file_id IS @rollout_file_id AND byte_offset < @byte_offset)`;

export const FORMER_RECORD_SQL = {
  /** Stored before records had hashes: recognised by ordinal, time, type and size, or by its place. */
  without_hash: `SELECT min(id) AS id FROM codex_events WHERE content_hash IS NULL AND ${SAME_RECORD}
    AND (ordinal IS NULL OR ordinal IS @ordinal)
    AND (payload_bytes IS NULL OR payload_bytes = @payload_bytes OR byte_offset = @byte_offset)`,
  /** Stored before its file was migrated to ordinals, which may give it another payload. */
  without_ordinal: `SELECT min(id) AS id FROM codex_events WHERE ordinal IS NULL AND ${SAME_RECORD}`,
};

/** Whether a record is stored in its present or in a former form; the latter is brought up to date. */
function isKnown(tx: FastTx, owner: RecordOwner, record: NewRolloutRecord): boolean {
  const { ordinal, timestamp, type, thread_id, payload_bytes, byte_offset, content_hash, occurrence = 0 } = record;
  const identity = { session_id: owner.session_id, thread_id, ordinal, content_hash, occurrence };
  const sql = ordinal === null ? IDENTITY_SQL.by_content : IDENTITY_SQL.by_ordinal;
  if (tx.sql.hot(sql).get(identity) !== undefined) return true;
  const wanted = { ...owner, ordinal, timestamp, type, thread_id, payload_bytes, byte_offset };
  const find = (sql: string) => (tx.sql.hot(sql).get(wanted) as { id: number | null }).id;
  const id =
    find(FORMER_RECORD_SQL.without_hash) ?? (ordinal === null ? null : find(FORMER_RECORD_SQL.without_ordinal));
  if (id === null) return false;
  tx.sql
    .hot(
      "UPDATE codex_events SET ordinal = ?, content_hash = ?, occurrence = ?, thread_id = coalesce(thread_id, ?) WHERE id = ?",
    )
    .run(ordinal, content_hash, occurrence, thread_id, id);
  return true;
}
