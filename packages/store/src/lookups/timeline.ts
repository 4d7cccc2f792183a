import type { FastTx } from "../transaction.ts";

/** One thing that happened to sessions or a task. */
export interface TimelineRow {
  seq: number;
  at: string;
  kind: "message" | "turn" | "command" | "receipt" | "event";
  session: string | null;
  what: string;
  id: string;
  /** Content. */
  message: string | null;
}

/** Whose timeline, and which part of it. */
export interface TimelineRequest {
  task_id: string | null;
  session_ids: readonly string[];
  after_seq: number;
  limit: number;
  /** Which ones, when there are more. */
  take: "newest" | "oldest";
}

/** Such rows behind a place in the ledger's order, at most `limit`, in that order. */
export function timelineRows(tx: FastTx, { session_ids, take, ...request }: TimelineRequest): TimelineRow[] {
  const direction = take === "newest" ? "DESC" : "ASC";
  const bounded = (sql: string) => `SELECT * FROM (${sql} ORDER BY 1 ${direction} LIMIT @limit)`;
  const arms = [
    `SELECT n.seq AS seq, n.created_at AS at, 'message' AS kind, t.name AS session,
            n.signal_type || ' from ' || f.name AS what, CAST(n.id AS TEXT) AS id,
            json_extract(n.payload_json, '$.message') AS message
       FROM routed_notifications n JOIN sessions t ON t.id = n.target_session_id JOIN sessions f ON f.id = n.source_session_id
      WHERE n.seq > @after_seq AND (n.task_id = @task_id OR n.target_session_id IN (SELECT value FROM wanted)
                                    OR n.source_session_id IN (SELECT value FROM wanted))`,
    `SELECT e.seq, e.timestamp, 'turn', s.name,
            'turn ' || coalesce(w.outcome, w.fact) || coalesce(': ' || w.error_info, ''), coalesce(w.turn_id, ''), NULL
       FROM turn_ends w JOIN codex_events e ON e.id = w.event_id JOIN sessions s ON s.id = w.session_id
      WHERE w.session_id IN (SELECT value FROM wanted) AND e.seq > @after_seq`,
    `SELECT c.seq, c.created_at, 'command', NULL, c.type || ' ' || c.state, c.id, NULL
       FROM commands c WHERE c.task_id = @task_id AND c.seq > @after_seq`,
    `SELECT a.seq, a.created_at, 'receipt', s.name, a.status || ' #' || a.notification_id, CAST(a.notification_id AS TEXT), NULL
       FROM notification_acknowledgements a JOIN routed_notifications n ON n.id = a.notification_id
       JOIN sessions s ON s.id = n.target_session_id
      WHERE a.seq > @after_seq AND (a.task_id = @task_id OR n.target_session_id IN (SELECT value FROM wanted))`,
    `SELECT v.seq, v.created_at, 'event', s.name, v.type, CAST(v.id AS TEXT), NULL
       FROM events v JOIN sessions s ON s.id = v.session_id
      WHERE v.session_id IN (SELECT value FROM wanted) AND v.seq > @after_seq`,
  ];
  const rows = tx.sql
    .search(
      `WITH wanted AS (SELECT value FROM json_each(@sessions))
       SELECT * FROM (${arms.map(bounded).join(" UNION ALL ")}) ORDER BY seq ${direction} LIMIT @limit`,
    )
    .all({ ...request, sessions: JSON.stringify(session_ids) }) as TimelineRow[];
  return take === "newest" ? rows.reverse() : rows;
}
