import type { Role, Session } from "@conveyor/contracts";
import type { lookups } from "@conveyor/store";

/**
 * A stored session as users see it: without what only the session itself may know (spec 07 §7.7.1, Secrets). What is shown is
 * named one by one, so that a new column is not.
 */
export function sessionOf(row: lookups.SessionRow): Session {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    state: row.state as Session["state"],
    identity_token: "[REDACTED]",
    origin: row.origin as Session["origin"],
    liveness: row.liveness as Session["liveness"],
    tmux_session: row.tmux_session,
    tmux_pane_id: row.tmux_pane_id,
    codex_session_path: row.codex_session_path,
    codex_session_id: row.codex_session_id,
    codex_app_thread_id: row.codex_app_thread_id,
    codex_app_thread_title: row.codex_app_thread_title,
    pid: row.pid,
    pid_started_at: row.pid_started_at,
    cwd: row.cwd,
    registered_at: row.registered_at,
    last_heartbeat_at: row.last_heartbeat_at,
    last_heartbeat_source: row.last_heartbeat_source,
    last_ingest_offset: row.last_ingest_offset,
    agent_kind: row.agent_kind,
    transport: row.transport,
    transport_state: row.transport_state,
    codex_home: row.codex_home,
  };
}
