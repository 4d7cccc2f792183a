import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import { type FastTx, inboxRows } from "@conveyor/store";

/** The newest sign of life of a session. */
export interface SignOfLife {
  source: "app_heartbeat" | "inbox" | "registration";
  recorded_at: string;
}

export interface RoleLease {
  state: "missing" | "healthy" | "stale";
  source: SignOfLife["source"] | null;
  last_heartbeat_at: string | null;
  /** Whole seconds, never negative. */
  age_seconds: number | null;
  stale_after_seconds: number;
}

/** How fresh a role is (spec 03 §6.11). Pure. */
export function roleLease(
  sign: SignOfLife | null,
  now: Date,
  stale_after_seconds: number = FRESHNESS.LEASE_STALE_SECONDS,
): RoleLease {
  if (sign === null) {
    return { state: "missing", source: null, last_heartbeat_at: null, age_seconds: null, stale_after_seconds };
  }
  const age_seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(sign.recorded_at)) / 1000));
  return {
    state: age_seconds <= stale_after_seconds ? "healthy" : "stale",
    source: sign.source,
    last_heartbeat_at: sign.recorded_at,
    age_seconds,
    stale_after_seconds,
  };
}

interface LeasedSession {
  id: string;
  registered_at: string;
  last_heartbeat_at: string | null;
  last_heartbeat_source: string | null;
}

/**
 * The newest sign of life of each session: its newest heartbeat, else its registration. What was before the session's
 * last rotation does not count, and after one the registration does not either; such a session is missing in the map.
 */
export function signsOfLife(tx: FastTx, sessions: readonly LeasedSession[]): Map<string, SignOfLife> {
  const known = new Map(
    inboxRows
      .lastHeartbeats(
        tx,
        sessions.map(({ id }) => id),
      )
      .map((row) => [row.session_id, row]),
  );
  const signs = new Map<string, SignOfLife>();
  for (const session of sessions) {
    const { seq = null, source = null, recorded_at = null, rotated_seq = null } = known.get(session.id) ?? {};
    if (seq !== null && recorded_at !== null && seq > (rotated_seq ?? 0)) {
      signs.set(session.id, { source: source as SignOfLife["source"], recorded_at });
    } else if (seq === null && rotated_seq === null) {
      signs.set(session.id, { source: "registration", recorded_at: registeredAt(session) });
    }
  }
  return signs;
}

/** `registered_at` keeps the first registration; a later one shows as the source of the last contact. */
function registeredAt(session: LeasedSession): string {
  const again = session.last_heartbeat_source === "registration" ? session.last_heartbeat_at : null;
  return again ?? session.registered_at;
}
