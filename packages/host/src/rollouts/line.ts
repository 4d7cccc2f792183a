import { hash } from "node:crypto";
import type { JsonObject, RolloutRecord } from "./record.ts";
import { isJsonObject, textOrNull } from "./record.ts";
import { reducePayload } from "./storage.ts";

/** Why a complete line was passed over (spec 02 §4.1, §4.3). */
export type SkipReason = "invalid_utf8" | "not_json" | "not_object" | "type_missing" | "line_too_long";

/** A complete line: its text, where its bytes without the line feed lie, where it begins in the file, and the file's thread. */
export interface RolloutLine {
  text: string;
  /** Holds the line's bytes from `start` to `end`. */
  block: Uint8Array;
  start: number;
  end: number;
  byte_offset: number;
  file_thread_id: string | null;
}

export type LineResult =
  | { kind: "record"; record: RolloutRecord; payload: JsonObject }
  | { kind: "blank" }
  | { kind: "skipped"; reason: SkipReason };

interface Envelope {
  timestamp: string | null;
  ordinal: number | null;
  type: string;
  payload: JsonObject;
  payload_text: string;
}

/**
 * The beginning that every line written by Codex has. Where it matches, only the payload is parsed and its text is kept
 * as it is, which saves parsing the whole line and writing the payload out again. A line of any other shape takes the
 * long way with the same result.
 */
const PLAIN_HEAD =
  /^\{"timestamp":"([ !#-[\]-~]*)",(?:"ordinal":(0|[1-9]\d{0,14}),)?"type":"([ !#-[\]-~]*)","payload":(?=\{)/;
const METADATA_KEY = ',"metadata":';

/** Turn one complete line into a record, or say why it is passed over. Pure; spec 02 §4.1. */
export function parseRolloutLine(line: RolloutLine): LineResult {
  const envelope = parsePlainLine(line.text) ?? parseAnyLine(line.text);
  if (typeof envelope === "string") {
    return envelope === "blank" ? { kind: "blank" } : { kind: "skipped", reason: envelope };
  }
  const { type, payload, payload_text, ordinal } = envelope;
  const is_ascii = line.text.length === line.end - line.start;
  const payload_bytes = is_ascii ? payload_text.length : Buffer.byteLength(payload_text);
  const reduced = reducePayload(type, payload, payload_text, payload_bytes);
  const item = payload["item"];
  return {
    kind: "record",
    payload: reduced ?? payload,
    record: {
      timestamp: envelope.timestamp,
      type,
      subtype: type === "event_msg" && typeof payload["type"] === "string" ? payload["type"] : null,
      item_type: isJsonObject(item) ? textOrNull(item["type"]) : null,
      payload_json: reduced ? JSON.stringify(reduced) : payload_text,
      payload_bytes,
      payload_truncated: reduced !== null,
      byte_offset: line.byte_offset,
      ordinal,
      turn_id: turnOf(payload),
      thread_id: textOrNull(payload["thread_id"]) ?? line.file_thread_id,
      line_sha256: ordinal === null ? hash("sha256", line.block.subarray(line.start, line.end), "hex") : null,
    },
  };
}

function turnOf(payload: JsonObject): string | null {
  if (payload["turn_id"] !== undefined) return textOrNull(payload["turn_id"]);
  const passed_through = payload["internal_chat_message_metadata_passthrough"];
  return isJsonObject(passed_through) ? textOrNull(passed_through["turn_id"]) : null;
}

function parsePlainLine(text: string): Envelope | undefined {
  const head = PLAIN_HEAD.exec(text);
  if (!head || !text.endsWith("}")) return undefined;
  const start = head[0].length;
  const last = text.length - 1;
  const cut = head[3] === "response_item" ? text.lastIndexOf(METADATA_KEY) : -1;
  const end = cut > start ? cut : last;
  const payload_text = text.slice(start, end);
  const payload = parseJson(payload_text);
  if (!isJsonObject(payload)) return undefined;
  // What follows the payload must be exactly one JSON value, else the key was found inside of the payload.
  if (end !== last && parseJson(text.slice(end + METADATA_KEY.length, last)) === undefined) return undefined;
  return {
    timestamp: textOrNull(head[1]),
    ordinal: head[2] === undefined ? null : Number(head[2]),
    type: head[3] ?? "",
    payload,
    payload_text,
  };
}

function parseAnyLine(text: string): Envelope | SkipReason | "blank" {
  const parsed = parseJson(text);
  if (parsed === undefined) return text.trim() === "" ? "blank" : "not_json";
  if (!isJsonObject(parsed)) return "not_object";
  const { type, payload, ordinal, timestamp } = parsed;
  if (typeof type !== "string") return "type_missing";
  const kept = isJsonObject(payload) ? payload : {};
  return {
    timestamp: textOrNull(timestamp),
    ordinal: Number.isSafeInteger(ordinal) && Number(ordinal) >= 0 ? Number(ordinal) : null,
    type,
    payload: kept,
    payload_text: JSON.stringify(kept),
  };
}

/** `undefined` is no JSON value, so it can stand for "not JSON". */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
