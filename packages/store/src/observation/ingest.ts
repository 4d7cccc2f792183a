import type { FastTx } from "../transaction.ts";

/** Where the reading of a session's rollout stands: its file, and what was derived from what was read. */
export interface IngestCursor {
  session_id: string;
  session_name: string;
  agent_kind: string;
  session_state: string;
  path: string | null;
  thread_id: string | null;
  /** Null after a registration: read from the beginning again. */
  last_ingest_offset: number | null;
  /** What ingest has derived so far, as its own JSON; null before the first record. */
  observation_json: string | null;
  /** The task of the session's live binding. */
  task_id: string | null;
  /** Up to where in the file lie records that no live binding reports, and that were not read yet; null: nowhere. */
  history_offset: number | null;
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
  const session = tx.sql
    .hot(
      `SELECT s.id AS session_id, s.name AS session_name, s.agent_kind, s.state AS session_state, s.codex_session_path AS path,
              s.codex_session_id AS thread_id, s.last_ingest_offset, s.observation_json, s.history_offset,
              (SELECT b.task_id FROM bindings b WHERE b.state IN ('active', 'ending')
                 AND (b.worker_session_id = s.id OR b.manager_session_id = s.id) LIMIT 1) AS task_id
         FROM sessions s WHERE s.id = ?`,
    )
    .get(session_id) as Omit<IngestCursor, "file"> | undefined;
  if (session === undefined) return undefined;
  const file = tx.sql
    .hot(
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
  const result = tx.sql
    .hot(
      `INSERT INTO rollout_files (session_id, path, thread_id, history_mode, base_json, state, created_at, updated_at, seq, updated_seq)
       VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?, ?)`,
    )
    .run(file.session_id, file.path, file.thread_id, file.history_mode, file.base_json, tx.now, tx.now, seq, seq);
  return Number(result.lastInsertRowid);
}

/** Give a rollout file another state, path or both; see the states of spec 02 §3. */
export function changeRolloutFile(tx: FastTx, id: number, change: { state: string; path: string }): void {
  tx.sql
    .hot("UPDATE rollout_files SET state = ?, path = ?, updated_at = ?, updated_seq = ? WHERE id = ?")
    .run(change.state, change.path, tx.now, tx.seq(), id);
}

/** Note that a rollout file was read to its end in its compressed form; unpacked, it will be another file. */
export function markRolloutCompressed(tx: FastTx, id: number): void {
  tx.sql
    .hot(
      `UPDATE rollout_files SET state = 'compressed', device = NULL, inode = NULL, updated_at = ?, updated_seq = ?
      WHERE id = ?`,
    )
    .run(tx.now, tx.seq(), id);
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
    /** Lines that could not be stored as they are, to be added to those of the file. */
    skipped_lines: number;
    /** The newest record that was found to be history now; null when none was. */
    history_event_id: number | null;
    history_offset: number | null;
  },
): void {
  tx.sql
    .hot(
      `UPDATE rollout_files SET "offset" = ?, device = ?, inode = ?, size_seen = ?, next_ordinal = coalesce(?, next_ordinal),
       last_line_offset = coalesce(?, last_line_offset), last_line_sha256 = coalesce(?, last_line_sha256),
       skipped_lines = skipped_lines + ?, updated_at = ?, updated_seq = ? WHERE id = ?`,
    )
    .run(
      cursor.offset,
      cursor.device,
      cursor.inode,
      cursor.size_seen,
      cursor.next_ordinal,
      cursor.last_line?.offset ?? null,
      cursor.last_line?.sha256 ?? null,
      cursor.skipped_lines,
      tx.now,
      tx.seq(),
      cursor.rollout_file_id,
    );
  tx.sql
    .hot(
      `UPDATE sessions SET last_ingest_offset = ?, codex_session_path = ?, last_heartbeat_at = ?, last_heartbeat_source = 'ingest',
       observation_json = ?, history_event_id = coalesce(?, history_event_id), history_offset = ? WHERE id = ?`,
    )
    .run(
      cursor.offset,
      cursor.path,
      tx.now,
      cursor.observation_json,
      cursor.history_event_id,
      cursor.history_offset,
      cursor.session_id,
    );
}

/** Lines of a session's rollouts that could not be stored as they are. */
export function skippedLinesOf(tx: FastTx, session_id: string): number {
  const row = tx.sql
    .hot("SELECT coalesce(sum(skipped_lines), 0) AS lines FROM rollout_files WHERE session_id = ?")
    .get(session_id) as { lines: number };
  return row.lines;
}
