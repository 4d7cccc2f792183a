import type { LineFormat, LineResult, RolloutLine, SkipReason } from "../../../records/line.ts";
import { hashOfLine, keptHash } from "../../../records/line.ts";
import type { Outline } from "../../../records/outline.ts";
import { isTooDeep, outlineOf } from "../../../records/outline.ts";
import type { ReadRolloutOptions } from "../../../records/reader.ts";
import { readRollout } from "../../../records/reader.ts";
import type { JsonObject } from "../../../records/record.ts";
import { isJsonObject, textOrNull } from "../../../records/record.ts";
import { reducePayload } from "./storage.ts";

/** Of what a record is and belongs to, so much is kept; what is longer was not written by an agent. */
const LONGEST_NAME = 200;
/** How the lines of a rollout of Codex are read. */
export const CODEX_LINES: LineFormat = {
  record_begin: '{"timestamp":"',
  parse: parseRolloutLine,
  parseOutline,
  threadOfFirst: ({ record, payload }) => (record.type === "session_meta" ? textOrNull(payload["id"]) : undefined),
};

/** Read the records of a rollout of Codex. See `readRollout`. */
export function readCodexRollout(options: ReadRolloutOptions) {
  return readRollout(options, CODEX_LINES);
}

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

/**
 * Turn one complete line into a record, or say why it is passed over. One that is nested too deeply is stored as far as
 * it is not. Pure; never throws, whatever the line holds. Spec 02 §4.1.
 */
function parseRolloutLine(line: RolloutLine): LineResult {
  if (isTooDeep(line.text)) {
    const outline = outlineOf(line.block.subarray(line.start, line.end));
    return outline === null ? { kind: "skipped", reason: "not_json" } : parseOutline(line, outline);
  }
  const envelope = parsePlainLine(line.text) ?? parseAnyLine(line.text);
  if (typeof envelope === "string") {
    return envelope === "blank" ? { kind: "blank" } : { kind: "skipped", reason: envelope };
  }
  const is_ascii = line.text.length === line.end - line.start;
  const payload_bytes = is_ascii ? envelope.payload_text.length : Buffer.byteLength(envelope.payload_text);
  return recordOf(line, envelope, { payload_bytes, content_hash: hashOfLine(line), is_reduced: false });
}

/** The record that a line stands for which is too long or too deep to be held, by its outline. */
function parseOutline(line: Pick<RolloutLine, "byte_offset" | "file_thread_id">, outline: Outline): LineResult {
  const envelope = parseAnyLine(outline.bytes.toString("utf8"));
  if (typeof envelope === "string") {
    return envelope === "blank" ? { kind: "blank" } : { kind: "skipped", reason: envelope };
  }
  const { payload_bytes, sha256, is_reduced } = outline;
  return recordOf(line, envelope, { payload_bytes, content_hash: keptHash(sha256), is_reduced });
}

function recordOf(
  line: Pick<RolloutLine, "byte_offset" | "file_thread_id">,
  envelope: Envelope,
  facts: { payload_bytes: number; content_hash: string; is_reduced: boolean },
): LineResult {
  const { type, payload, payload_text, ordinal, timestamp } = envelope;
  const { payload_bytes, content_hash, is_reduced } = facts;
  const text_bytes = is_reduced ? Buffer.byteLength(payload_text) : payload_bytes;
  const reduced = reducePayload(type, payload, payload_text, text_bytes);
  const item = payload["item"];
  const subtype = payload["type"];
  return {
    kind: "record",
    payload: reduced ?? payload,
    record: {
      timestamp: timestamp !== null && timestamp.length <= LONGEST_NAME ? timestamp : null,
      type: type.slice(0, LONGEST_NAME),
      subtype: type === "event_msg" && typeof subtype === "string" ? subtype.slice(0, LONGEST_NAME) : null,
      item_type: isJsonObject(item) ? nameOrNull(item["type"]) : null,
      payload_json: reduced ? JSON.stringify(reduced) : payload_text,
      payload_bytes,
      payload_truncated: is_reduced || reduced !== null,
      byte_offset: line.byte_offset,
      ordinal,
      turn_id: turnOf(payload),
      thread_id: nameOrNull(payload["thread_id"]) ?? line.file_thread_id,
      content_hash,
    },
  };
}

/** A non-empty text that is no longer than a name can be, else null. */
function nameOrNull(value: unknown): string | null {
  const text = textOrNull(value);
  return text !== null && text.length <= LONGEST_NAME ? text : null;
}

function turnOf(payload: JsonObject): string | null {
  if (payload["turn_id"] !== undefined) return nameOrNull(payload["turn_id"]);
  const passed_through = payload["internal_chat_message_metadata_passthrough"];
  return isJsonObject(passed_through) ? nameOrNull(passed_through["turn_id"]) : null;
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
