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
