import {
  applyAttention,
  applyFact,
  isAttentionRecord,
  isLifecycleRecord,
  type JsonObject,
  lifecycleFact,
  type RolloutRecord,
} from "@conveyor/host";
import type { Observed } from "../shared/observed.ts";

/** Take one more record into account (spec 02 §4.4); `id` is null for one that could not be stored. */
export function observe(
  observed: Observed,
  id: number | null,
  record: Pick<RolloutRecord, "timestamp" | "type" | "subtype" | "item_type" | "turn_id" | "thread_id">,
  payload: JsonObject,
): void {
  const { type, subtype, item_type } = record;
  if (id !== null) observed.last = { id, type, subtype, item_type };
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
