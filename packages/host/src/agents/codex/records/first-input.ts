import type { JsonObject } from "../../../records/record.ts";
import { isJsonObject } from "../../../records/record.ts";
import { lifecycleFact } from "./facts.ts";
import { readCodexRollout } from "./line.ts";

const FAR_ENOUGH_BYTES = 4 * 1024 * 1024;

/**
 * The first thing that the user said in a rollout, for finding the marker of a start in it; null when nothing was said
 * yet. Reads up to the record, at most about 4 MiB. A text of more than 20 KiB lacks its middle.
 * Throws `rollout_missing` and `rollout_unreadable`.
 */
export function firstUserInput(path: string): string | null {
  for (const batch of readCodexRollout({ path, offset: 0, limit_bytes: FAR_ENOUGH_BYTES })) {
    for (const [index, record] of batch.records.entries()) {
      const payload = batch.payloads[index];
      if (payload === undefined) continue;
      const fact = lifecycleFact({ ...record, payload });
      if (fact?.kind === "user_input") return inputText(payload);
    }
  }
  return null;
}

function inputText(payload: JsonObject): string {
  if (typeof payload["message"] === "string") return payload["message"];
  const content = isJsonObject(payload["item"]) ? payload["item"]["content"] : undefined;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("\n");
}
