import type { Role, Session } from "@conveyor/contracts";
import type { lookups } from "@conveyor/store";

/** A stored session as its contract describes it: without what only the session itself may know, or only we (spec 07 §7.7.1, Secrets). */
export function sessionOf({
  seq: _seq,
  observation_json: _observationJson,
  seen_json: _seenJson,
  tmux_socket: _tmuxSocket,
  terminal_pid: _terminalPid,
  terminal_started_at: _terminalStartedAt,
  host_id: _hostId,
  history_event_id: _historyEventId,
  history_offset: _historyOffset,
  ...row
}: lookups.SessionRow): Session {
  return {
    ...row,
    identity_token: "[REDACTED]",
    role: row.role as Role,
    state: row.state as Session["state"],
    origin: row.origin as Session["origin"],
    liveness: row.liveness as Session["liveness"],
  };
}
