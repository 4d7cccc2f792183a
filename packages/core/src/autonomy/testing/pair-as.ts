import type { PairSnapshot } from "../pair-status.ts";

type State = "missing" | "healthy" | "stale";

const at = { last_heartbeat_at: "2026-01-01T00:00:00.000Z", age_seconds: 5, stale_after_seconds: 180 };
/** A role of a pair with a lease in this state. */
export const roleAs = (name: string, state: State, more: Partial<PairSnapshot["worker"]["session"]> = {}) => ({
  session: {
    id: `session-${name}`,
    name,
    tmux_session: null,
    codex_app_thread_id: `thr-${name}`,
    codex_app_thread_title: null,
    ...more,
  },
  lease: { ...at, state, source: state === "missing" ? null : ("app_heartbeat" as const) },
});
/** A pair whose leases are in these states; healthy where nothing is said. */
export const pairAs = (states: { dispatch?: State; manager?: State; worker?: State } = {}): PairSnapshot => ({
  task: { id: "task-1", name: "login" },
  is_closed: false,
  dispatcher_id: null,
  dispatch: { ...at, dispatcher_id: "d1", state: states.dispatch ?? "healthy" },
  manager: roleAs("bob", states.manager ?? "healthy"),
  worker: roleAs("ada", states.worker ?? "healthy"),
});
