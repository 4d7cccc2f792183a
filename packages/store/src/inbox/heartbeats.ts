import type { FastTx } from "../transaction.ts";

/** A sign of life of a role (spec 03 §4.8). */
export interface RoleHeartbeat {
  session_id: string;
  role: string;
  task_id: string | null;
  binding_id: string | null;
  source: "inbox" | "app_heartbeat";
  /** The telemetry event that tells people about it, if there is one. */
  event_id: string | null;
}

/** Record that a role lives, in its own table and on its session. */
export function recordRoleHeartbeat(tx: FastTx, heartbeat: RoleHeartbeat): void {
  tx.sql
    .hot(
      `INSERT INTO role_heartbeats (seq, task_id, binding_id, session_id, role, source, event_id, recorded_at)
     VALUES (@seq, @task_id, @binding_id, @session_id, @role, @source, @event_id, @now)`,
    )
    .run({ ...heartbeat, seq: tx.seq(), now: tx.now });
  tx.sql
    .hot("UPDATE sessions SET last_heartbeat_at = ?, last_heartbeat_source = ? WHERE id = ?")
    .run(tx.now, heartbeat.source, heartbeat.session_id);
}

/** What was heard last of a session. */
export interface LastHeartbeatRow {
  session_id: string;
  /** Null, with the two that follow, when it was never heard of. */
  seq: number | null;
  source: string | null;
  recorded_at: string | null;
  /** When its thread was replaced last; null: never. */
  rotated_seq: number | null;
}

export const LAST_HEARTBEATS_SQL = `SELECT own.value AS session_id, beat.seq, beat.source, beat.recorded_at,
    (SELECT max(seq) FROM worker_rotations
      WHERE worker_session_id = own.value AND kind = 'recorded' AND session_updated = 1) AS rotated_seq
  FROM json_each(?) own
  LEFT JOIN role_heartbeats beat
    ON beat.seq = (SELECT max(seq) FROM role_heartbeats WHERE session_id = own.value)`;

/** The newest heartbeat and the newest replacement of each session. */
export function lastHeartbeats(tx: FastTx, session_ids: readonly string[]): LastHeartbeatRow[] {
  return tx.sql.hot(LAST_HEARTBEATS_SQL).all(JSON.stringify(session_ids)) as LastHeartbeatRow[];
}
