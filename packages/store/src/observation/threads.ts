import type { FastTx } from "../transaction.ts";

/** A session as far as it matters to which thread it follows. */
export interface ThreadSubject {
  session_name: string;
  agent_kind: string;
  path: string | null;
  thread_id: string | null;
  cwd: string;
  pid: number | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  /** The task of the session's live binding. */
  task_id: string | null;
  /** Time of the newest stored record; null before the first one. */
  silent_since: string | null;
  /** Threads of other sessions. */
  taken_threads: ReadonlySet<string>;
}

/** What is known of a session's thread; undefined for an unknown session. */
export function threadSubject(tx: FastTx, session_id: string): ThreadSubject | undefined {
  const row = tx.sql
    .hot(
      `SELECT s.name AS session_name, s.agent_kind, s.codex_session_path AS path, s.codex_session_id AS thread_id, s.cwd, s.pid,
              s.tmux_session, s.tmux_pane_id,
              (SELECT b.task_id FROM bindings b WHERE b.state IN ('active', 'ending')
                 AND (b.worker_session_id = s.id OR b.manager_session_id = s.id) LIMIT 1) AS task_id,
              (SELECT timestamp FROM codex_events WHERE session_id = s.id ORDER BY id DESC LIMIT 1) AS silent_since
         FROM sessions s WHERE s.id = ?`,
    )
    .get(session_id) as Omit<ThreadSubject, "taken_threads"> | undefined;
  if (row === undefined) return undefined;
  const taken = tx.sql
    .hot(
      "SELECT codex_session_id AS id FROM sessions WHERE id <> ? AND state = 'active' AND codex_session_id IS NOT NULL",
    )
    .all(session_id) as { id: string }[];
  return { ...row, taken_threads: new Set(taken.map(({ id }) => id)) };
}

/** Make a session follow another thread from its beginning; the file that it read so far is superseded. */
export function followThread(tx: FastTx, session_id: string, to: { thread_id: string; path: string }): void {
  tx.sql
    .atomic(
      `UPDATE rollout_files SET state = 'superseded', updated_at = ?, updated_seq = ?
      WHERE session_id = ? AND state IN ('active', 'compressed')`,
    )
    .run(tx.now, tx.seq(), session_id);
  tx.sql
    .hot(
      `UPDATE sessions SET codex_session_id = ?, codex_session_path = ?, last_ingest_offset = NULL, observation_json = NULL,
       history_offset = NULL
      WHERE id = ?`,
    )
    .run(to.thread_id, to.path, session_id);
}
