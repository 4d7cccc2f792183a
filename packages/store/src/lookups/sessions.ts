import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type SessionRow = Prisma.sessionsGetPayload<object>;

/** The session of exactly this name, else the one with exactly this id. */
export function sessionByNameOrId(tx: FastTx, reference: string): SessionRow | undefined {
  return tx.sql
    .hot("SELECT * FROM sessions WHERE name = @reference OR id = @reference ORDER BY name = @reference DESC LIMIT 1")
    .get({ reference }) as SessionRow | undefined;
}

/** The newest session that is this thread of an agent; one that is active comes before those that are gone. */
export function sessionOfThread(tx: FastTx, thread_id: string): SessionRow | undefined {
  return tx.sql
    .hot(
      `SELECT * FROM sessions WHERE codex_session_id = @thread_id OR codex_app_thread_id = @thread_id
       ORDER BY state = 'active' DESC, seq DESC LIMIT 1`,
    )
    .get({ thread_id }) as SessionRow | undefined;
}

/** Names of the newest sessions, newest first, at most `limit`. */
export function sessionNames(tx: FastTx, limit: number): string[] {
  return (tx.sql.hot("SELECT name FROM sessions ORDER BY seq DESC LIMIT ?").all(limit) as { name: string }[]).map(
    ({ name }) => name,
  );
}

/** The sessions whose id begins like this, oldest first, at most `limit`. */
export function sessionsByIdPrefix(tx: FastTx, prefix: string, limit: number): SessionRow[] {
  return tx.sql
    .hot("SELECT * FROM sessions WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq LIMIT @limit")
    .all({ prefix, limit }) as SessionRow[];
}

const SESSIONS_MARK_SQL = `SELECT
  (SELECT json_group_array(json_array(seq, name, identity_token, tmux_session, tmux_pane_id, codex_session_path,
      codex_session_id, codex_app_thread_id, codex_app_thread_title, pid, pid_started_at, cwd, registered_at,
      last_heartbeat_at, last_heartbeat_source, last_ingest_offset, seen_json, origin, liveness, agent_kind, transport, codex_home,
      transport_state))
    FROM sessions WHERE role IN ('worker', 'manager') AND state = 'active')
  || (SELECT json_group_array(json_array(id, worker_session_id, manager_session_id, state))
    FROM bindings WHERE state IN ('active', 'ending')) AS mark`;

/**
 * A text that differs whenever an active session or a live binding differs. Much cheaper than reading them, which most
 * commits give no reason for.
 */
export function sessionsMark(tx: FastTx): string {
  return (tx.sql.hot(SESSIONS_MARK_SQL).get() as { mark: string }).mark;
}
