import type { SessionIdentity } from "@conveyor/contracts";
import type { Host } from "@conveyor/host";

/** The stored facts about a session that is to be stopped. */
export interface StoredSession {
  id: string;
  name: string;
  role: string;
  state: string;
  pid: number | null;
  tmux_session: string | null;
  tmux_pane_id: string | null;
}

/** A pane that is not the recorded one belongs to somebody else; everything else only means that there is nothing to stop. */
const FATAL_MISMATCHES: ReadonlySet<string> = new Set(["tmux_pane_mismatch"]);

/** What the terminal of a session looks like now, compared with what was recorded (spec 01 §6.14, step c). */
export async function identifySession(host: Host, session: StoredSession): Promise<SessionIdentity> {
  const live_pane_ids = await livePanes(host, session.tmux_session);
  const live = live_pane_ids.length > 0;
  const recordedIsThere = session.tmux_pane_id !== null && live_pane_ids.includes(session.tmux_pane_id);
  const mismatches = [
    session.state !== "active" && `session_state_${session.state}`,
    session.tmux_session !== null && !live && "tmux_session_missing",
    live && session.tmux_pane_id !== null && !recordedIsThere && "tmux_pane_mismatch",
  ].filter((name) => name !== false);
  return {
    session: session.name,
    role: session.role,
    state: session.state,
    pid: session.pid,
    db_session: session.tmux_session,
    db_pane_id: session.tmux_pane_id,
    live,
    live_pane_id: recordedIsThere ? session.tmux_pane_id : (live_pane_ids[0] ?? null),
    delivery_mode: session.tmux_session === null ? "pull_required" : "push",
    mismatches,
  };
}

/** Whether stopping what stands under this name would stop something else. */
export function isSomebodyElse(identity: SessionIdentity): boolean {
  return identity.mismatches.some((name) => FATAL_MISMATCHES.has(name));
}

async function livePanes(host: Host, tmux_session: string | null): Promise<string[]> {
  if (tmux_session === null) return [];
  const panes = await host.tmux.listPanes();
  return panes.filter((pane) => pane.session === tmux_session).map((pane) => pane.pane_id);
}
