import type { JsonObject, RolloutRecord } from "../../../records/record.ts";
import { isJsonObject, textOrNull } from "../../../records/record.ts";

/** The text of a message of the user, in the older and the present form; null for every other record. */
export function codexInputText({ type, subtype, item_type }: RolloutRecord, payload: JsonObject): string | null {
  if (type !== "event_msg") return null;
  if (subtype === "user_message") return textOrNull(payload["message"]);
  if (subtype !== "item_completed" || item_type !== "UserMessage") return null;
  const item = payload["item"];
  const content = isJsonObject(item) && Array.isArray(item["content"]) ? item["content"] : [];
  return content.map((part) => (isJsonObject(part) ? (textOrNull(part["text"]) ?? "") : "")).join("");
}
