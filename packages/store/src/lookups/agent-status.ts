import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** What the status of a session's agent rests on. */
export interface AgentStatusRow {
  id: string;
  name: string;
  role: string;
  state: string;
  liveness: string;
  pid: number | null;
  pid_started_at: string | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  tmux_socket: string | null;
  terminal_pid: number | null;
  terminal_started_at: string | null;
  agent_kind: string;
  thread_id: string | null;
  /** Where its agent records what it does. */
  record_path: string | null;
  last_ingest_offset: number | null;
  observation_json: string | null;
  seen_json: string | null;
}

/** The same of a session in a live binding. */
export interface BoundAgentRow extends AgentStatusRow {
  task_id: string;
  task_name: string;
}

const COLUMNS = `s.id, s.name, s.role, s.state, s.liveness, s.pid, s.pid_started_at, s.tmux_session, s.tmux_pane_id, s.tmux_socket, s.terminal_pid,
  s.terminal_started_at,
  s.agent_kind, s.codex_session_id AS thread_id, s.codex_session_path AS record_path, s.last_ingest_offset, s.observation_json, s.seen_json`;

/** What is known of one session's agent; undefined for an unknown session. */
export function agentStatusRow(tx: FastTx, session_id: string): AgentStatusRow | undefined {
  return tx.sql.hot(`SELECT ${COLUMNS} FROM sessions s WHERE s.id = ?`).get(session_id) as AgentStatusRow | undefined;
}

/** The sessions of live bindings, of these tasks or of all, in order of the bindings; a worker stands before its manager. */
export function boundAgentRows(tx: FastTx, task_ids: readonly string[] | null): BoundAgentRow[] {
  return tx.sql
    .hot(
      `SELECT ${COLUMNS}, t.id AS task_id, t.name AS task_name
         FROM bindings b
         JOIN tasks t ON t.id = b.task_id
         JOIN sessions s ON s.id IN (b.worker_session_id, b.manager_session_id)
        WHERE b.state IN ('active', 'ending') AND (@task_ids IS NULL OR b.task_id IN (SELECT value FROM json_each(@task_ids)))
        ORDER BY b.seq, s.id = b.manager_session_id`,
    )
    .all({ task_ids: task_ids === null ? null : JSON.stringify(task_ids) }) as BoundAgentRow[];
}

/** The task whose live binding holds the session. */
export function taskOfSession(tx: FastTx, session_id: string): string | undefined {
  const row = tx.sql
    .hot(
      `SELECT task_id FROM bindings WHERE state IN ('active', 'ending')
         AND (worker_session_id = @session_id OR manager_session_id = @session_id) ORDER BY seq DESC LIMIT 1`,
    )
    .get({ session_id }) as { task_id: string } | undefined;
  return row?.task_id;
}

/** All sessions that were ever bound to a task. */
export function sessionsOfTask(tx: FastTx, task_id: string): string[] {
  const rows = tx.sql
    .hot(
      `SELECT DISTINCT s.id FROM bindings b JOIN sessions s ON s.id IN (b.worker_session_id, b.manager_session_id)
        WHERE b.task_id = ?`,
    )
    .all(task_id) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** A session that is there, with the task whose live binding holds it. */
export interface PresentSessionRow extends AgentStatusRow {
  last_heartbeat_at: string | null;
  task_id: string | null;
  task_name: string | null;
}

/** Active sessions but legacy ones, or `all` there are, in order of first registration, at most `limit`. */
export function presentSessionRows(tx: FastTx, { all, limit }: { all: boolean; limit: number }): PresentSessionRow[] {
  return tx.sql
    .hot(
      `SELECT ${COLUMNS}, s.last_heartbeat_at, t.id AS task_id, t.name AS task_name
         FROM sessions s
         LEFT JOIN bindings b ON b.state IN ('active', 'ending') AND (b.worker_session_id = s.id OR b.manager_session_id = s.id)
         LEFT JOIN tasks t ON t.id = b.task_id
        WHERE @all OR (s.state = 'active' AND s.origin <> 'legacy')
        ORDER BY s.seq ${AT_MOST}`,
    )
    .all({ all: all ? 1 : 0, limit }) as PresentSessionRow[];
}

/** Keep what a look at a session found, as its own JSON. */
export function saveSeen(tx: FastTx, session_id: string, seen_json: string): void {
  tx.sql.hot("UPDATE sessions SET seen_json = ? WHERE id = ?").run(seen_json, session_id);
}

/**
 * Count the task whose live binding holds this session as changed, so that its followers see it; returns
 * its id, or null when the session is not bound.
 */
export function touchTaskOf(tx: FastTx, session_id: string): string | null {
  const touched = tx.sql
    .atomic(
      `UPDATE tasks SET updated_seq = @seq WHERE id IN (SELECT task_id FROM bindings
       WHERE state IN ('active', 'ending') AND (worker_session_id = @session_id OR manager_session_id = @session_id))
     RETURNING id`,
    )
    .all({ seq: tx.seq(), session_id }) as { id: string }[];
  return touched[0]?.id ?? null;
}
