import type { JsonObject, StoredRecord } from "../../../records/record.ts";
import { textOrNull } from "../../../records/record.ts";
import type { AttentionFact, WaitingCall } from "../../../turns/attention.ts";
import { escalationOf } from "./storage.ts";

/** Whether a record can begin or end a wait; tells from two columns. */
export function isAttentionRecord(record: Pick<StoredRecord, "type" | "subtype">): boolean {
  if (record.type === "event_msg") return record.subtype === "task_complete" || record.subtype === "turn_aborted";
  return record.type === "response_item" || record.type === "retained_context";
}

/**
 * What a record means for what Codex waits for (spec 02 §4.4): a call that asks for more rights or puts a question waits
 * until its output is written or its turn ends. Null when it means nothing. Pure.
 */
export function attentionFact(record: StoredRecord): AttentionFact | null {
  if (!isAttentionRecord(record)) return null;
  const { payload, turn_id, timestamp: at } = record;
  if (record.type === "event_msg") {
    return { kind: "turn_over", turn_id, root_turn_id: textOrNull(payload["root_turn_id"]) };
  }
  const call_id = textOrNull(payload["call_id"]);
  if (call_id === null) return null;
  if (payload["type"] !== "function_call") return { kind: "call_answered", call_id };
  const attention = attentionOfCall(payload);
  return attention === null ? null : { kind: "call_waits", call: { call_id, attention, turn_id, at } };
}

function attentionOfCall(payload: JsonObject): WaitingCall["attention"] | null {
  if (payload["name"] === "request_user_input") return "question";
  const permissions = escalationOf(payload["arguments"]) ?? payload["sandbox_permissions"];
  return permissions === "require_escalated" ? "approval" : null;
}
