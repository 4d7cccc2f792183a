import { type AttentionState, initialAttentionState, initialTurnState, type TurnState } from "@conveyor/host";

/** What is known of a session from its rollout so far. Plain JSON without content, kept with the session. */
export interface Observed {
  turns: TurnState;
  attention: AttentionState;
  /** The very latest record of any kind. */
  last: { id: number; type: string; subtype: string | null; item_type: string | null } | null;
}

/** The state to go on from: the stored one, or a fresh one when the session now follows another thread. */
export function openObserved(observation_json: string | null, thread_id: string | null): Observed {
  const stored = observation_json === null ? null : (JSON.parse(observation_json) as Observed);
  if (stored !== null && stored.turns.thread_id === thread_id) return stored;
  return { turns: initialTurnState(thread_id), attention: initialAttentionState(), last: null };
}
