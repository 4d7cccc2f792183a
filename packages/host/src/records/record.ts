/** A JSON object whose shape nobody promised us. */
export type JsonObject = Record<string, unknown>;

/** Is it an object in the sense of JSON: neither null nor a list? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value when it is a non-empty text, else null. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value when it is a finite number, else null. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** One line of a rollout as it is stored in `codex_events` (spec 02 §3). */
export interface RolloutRecord {
  /** The record's own time; null when it has none, and the time of the ingest takes its place. */
  timestamp: string | null;
  type: string;
  /** `payload.type`, for `event_msg` records only. */
  subtype: string | null;
  /** `payload.item.type`. */
  item_type: string | null;
  /** The payload as JSON text, reduced by the storage policy (spec 02 §4.3); `{}` when the line has no object there. */
  payload_json: string;
  /** Size of the payload as the agent wrote it, in UTF-8 bytes. */
  payload_bytes: number;
  /** Whether the storage policy left something out of `payload_json`. */
  payload_truncated: boolean;
  /** Where the line begins in the file. */
  byte_offset: number;
  ordinal: number | null;
  turn_id: string | null;
  /** The thread that the payload names, else the thread of the file. */
  thread_id: string | null;
  /** Hash of the line, without what surrounds it: the record's identity together with thread and ordinal (spec 00, ruling 3). */
  content_hash: string;
}

/** The columns that say what happened; a row read back from the ledger fits once its payload is parsed. */
export interface StoredRecord {
  timestamp: string | null;
  type: string;
  subtype: string | null;
  item_type: string | null;
  turn_id: string | null;
  thread_id: string | null;
  payload: JsonObject;
}
