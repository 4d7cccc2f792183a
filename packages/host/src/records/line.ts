import { hash } from "node:crypto";
import type { Outline } from "./outline.ts";
import type { JsonObject, RolloutRecord } from "./record.ts";

/** Hex digits of the hash that are kept. */
const HASH_LENGTH = 32;

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

/** A record as it is stored, and its parsed payload. */
export interface ParsedRecord {
  record: RolloutRecord;
  payload: JsonObject;
}

export type LineResult =
  | ({ kind: "record" } & ParsedRecord)
  | { kind: "blank" }
  | { kind: "skipped"; reason: SkipReason };

/** How the lines of one kind of agent's records are read. */
export interface LineFormat {
  /**
   * How every record begins: what stands so within a damaged line is the record after a torn one. Null: nothing tells,
   * and a torn line costs the record behind it too.
   */
  record_begin: string | null;
  /** Turn one complete line into a record, or say why it is passed over. Pure; never throws, whatever the line holds. */
  parse: (line: RolloutLine) => LineResult;
  /** The record that a line stands for which is too long or too deep to be held, by its outline. Likewise. */
  parseOutline: (line: Pick<RolloutLine, "byte_offset" | "file_thread_id">, outline: Outline) => LineResult;
  /** The thread that the first record of a file gives to all of it; null when it names none, undefined when it does not tell. */
  threadOfFirst: (first: ParsedRecord) => string | null | undefined;
}

/** The hash by which a line is known (spec 00, ruling 3). */
export function hashOfLine({ block, start, end }: Pick<RolloutLine, "block" | "start" | "end">): string {
  return keptHash(hash("sha256", block.subarray(start, end), "hex"));
}

/** What is kept of a whole hash. */
export function keptHash(sha256: string): string {
  return sha256.slice(0, HASH_LENGTH);
}
