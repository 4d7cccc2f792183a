import {
  type AttentionState,
  applyAttention,
  applyFact,
  initialAttentionState,
  initialTurnState,
  isAttentionRecord,
  isLifecycleRecord,
  type JsonObject,
  lifecycleFact,
  type RolloutRecord,
  type TurnState,
} from "@conveyor/host";

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

/** Take one more stored record into account (spec 02 §4.4). */
export function observe(
  observed: Observed,
  id: number,
  record: Pick<RolloutRecord, "timestamp" | "type" | "subtype" | "item_type" | "turn_id" | "thread_id">,
  payload: JsonObject,
): void {
  const { type, subtype, item_type } = record;
  observed.last = { id, type, subtype, item_type };
  const is_lifecycle = isLifecycleRecord(record);
  const is_attention = isAttentionRecord(record);
  if (!is_lifecycle && !is_attention) return;
  const { timestamp, turn_id, thread_id } = record;
  const stored = { timestamp, type, subtype, item_type, turn_id, thread_id, payload };
  if (is_lifecycle) {
    const fact = lifecycleFact(stored);
    if (fact !== null) observed.turns = applyFact(observed.turns, { ...fact, ref: id });
  }
  if (is_attention) observed.attention = applyAttention(observed.attention, stored);
}
