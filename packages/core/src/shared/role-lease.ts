import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import type { ReadTx } from "@conveyor/store";

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
export async function signsOfLife(tx: ReadTx, sessions: readonly LeasedSession[]): Promise<Map<string, SignOfLife>> {
  const ids = sessions.map(({ id }) => id);
  const newest = await tx.db.role_heartbeats.groupBy({
    by: ["session_id"],
    where: { session_id: { in: ids } },
    _max: { seq: true },
  });
  const heartbeats = await tx.db.role_heartbeats.findMany({
    where: { seq: { in: newest.flatMap(({ _max }) => _max.seq ?? []) } },
  });
  const rotations = await tx.db.worker_rotations.groupBy({
    by: ["worker_session_id"],
    where: { worker_session_id: { in: ids }, kind: "recorded" },
    _max: { seq: true },
  });
  const signs = new Map<string, SignOfLife>();
  for (const session of sessions) {
    const heartbeat = heartbeats.find((one) => one.session_id === session.id);
    const rotated = rotations.find((one) => one.worker_session_id === session.id)?._max.seq ?? null;
    if (heartbeat !== undefined && heartbeat.seq > (rotated ?? 0)) {
      signs.set(session.id, { source: heartbeat.source as SignOfLife["source"], recorded_at: heartbeat.recorded_at });
    } else if (heartbeat === undefined && rotated === null) {
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
