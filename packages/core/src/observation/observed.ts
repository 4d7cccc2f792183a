import {
  applyAttention,
  applyFact,
  type JsonObject,
  type RecordMeaning,
  type RolloutRecord,
  type TurnEnd,
  turnEndOf,
} from "@conveyor/host";
import type { Observed } from "../shared/observed.ts";

/**
 * Take one more record into account (spec 02 §4.4); `id` is null for one that could not be stored. Returns what the
 * record ended, null when it ended nothing.
 */
export function observe(
  meaning: RecordMeaning,
  observed: Observed,
  id: number | null,
  record: Pick<RolloutRecord, "timestamp" | "type" | "subtype" | "item_type" | "turn_id" | "thread_id">,
  payload: JsonObject,
): TurnEnd | null {
  const { type, subtype, item_type } = record;
  if (id !== null) observed.last = { id, type, subtype, item_type };
  const is_lifecycle = meaning.isLifecycle(record);
  const is_attention = meaning.isAttention(record);
  if (!is_lifecycle && !is_attention) return null;
  const { timestamp, turn_id, thread_id } = record;
  const stored = { timestamp, type, subtype, item_type, turn_id, thread_id, payload };
  const attention = is_attention ? meaning.attentionFact(stored) : null;
  if (attention !== null) observed.attention = applyAttention(observed.attention, attention);
  const fact = is_lifecycle ? meaning.lifecycleFact(stored) : null;
  if (fact === null) return null;
  const before = observed.turns;
  const referenced = { ...fact, ref: id };
  observed.turns = applyFact(before, referenced);
  return turnEndOf(before, observed.turns, referenced);
}
