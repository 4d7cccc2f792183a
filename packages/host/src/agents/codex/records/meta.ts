import { closeSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { openRollout, readFully } from "../../../records/file.ts";
import type { HistoryBase, RecordMeta } from "../../../records/meta.ts";
import type { JsonObject } from "../../../records/record.ts";
import { isJsonObject, numberOrNull, textOrNull } from "../../../records/record.ts";

const LONGEST_FIRST_LINE = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;
const NUL = 0x00;
/** Blanks, what a power cut leaves, and a byte order mark. */
const BESIDE_LINES = new Set([LINE_FEED, NUL, 0x09, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);

/** Why a file cannot be taken for a rollout; `details.reason` of the error. */
export type RolloutMetaProblem =
  | "rollout_missing"
  | "unreadable"
  | "empty"
  | "first_line_too_long"
  | "first_line_not_json"
  | "first_record_not_session_meta"
  | "payload_not_object"
  | "payload_without_id";

/** What the first line of a rollout tells (spec 01 §5.1, 02 §5.2). */
export interface RolloutMeta extends RecordMeta {
  /** The thread that the user talks to; another one in the files of sub-agents and reviews. */
  root_thread_id: string | null;
  originator: string | null;
  cli_version: string | null;
  /** `user` or `subagent`; null in files that do not tell. */
  thread_source: string | null;
  parent_thread_id: string | null;
  forked_from_id: string | null;
  /** Ordinal of the first line; null in legacy files. */
  first_ordinal: number | null;
}

/**
 * Read what a rollout says of itself; reads no further than its first line (spec 01 §5.1).
 *
 * Throws `not_found` when there is no file and `precondition_failed` otherwise, both with `details.kind` = `rollout`
 * and a `details.reason` of `RolloutMetaProblem`.
 */
export function readRolloutMeta(path: string): RolloutMeta {
  const line = readFirstLine(path);
  if (line === "") throw problem(path, "empty", "is empty: its agent has not written anything yet");
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (cause) {
    throw problem(path, "first_line_not_json", "does not begin with a line of JSON", cause);
  }
  if (!isJsonObject(record) || record["type"] !== "session_meta") {
    throw problem(path, "first_record_not_session_meta", "does not begin with a session_meta record");
  }
  const payload = record["payload"];
  if (!isJsonObject(payload)) {
    throw problem(path, "payload_not_object", "begins with a session_meta record whose payload is not an object");
  }
  const thread_id = textOrNull(payload["id"]);
  if (thread_id === null) {
    throw problem(path, "payload_without_id", "begins with a session_meta record that names no thread id");
  }
  return metaOf(path, thread_id, payload, numberOrNull(record["ordinal"]));
}

function metaOf(path: string, thread_id: string, payload: JsonObject, first_ordinal: number | null): RolloutMeta {
  return {
    path,
    thread_id,
    root_thread_id: textOrNull(payload["session_id"]),
    cwd: textOrNull(payload["cwd"]),
    timestamp: textOrNull(payload["timestamp"]),
    originator: textOrNull(payload["originator"]),
    cli_version: textOrNull(payload["cli_version"]),
    thread_source: textOrNull(payload["thread_source"]),
    parent_thread_id: textOrNull(payload["parent_thread_id"]),
    forked_from_id: textOrNull(payload["forked_from_id"]),
    history_mode: payload["history_mode"] === "paginated" ? "paginated" : "legacy",
    history_base: historyBaseOf(payload["history_base"]),
    first_ordinal,
  };
}

function historyBaseOf(base: unknown): HistoryBase | null {
  if (!isJsonObject(base)) return null;
  return {
    thread_id: textOrNull(base["thread_id"]),
    end_ordinal_exclusive: numberOrNull(base["end_ordinal_exclusive"]),
    end_byte_offset: numberOrNull(base["end_byte_offset"]),
  };
}

/** The first line that holds anything, or what there is of it; empty when there is none yet. */
function readFirstLine(path: string): string {
  const { fd, size } = openForMeta(path);
  try {
    const parts: Buffer[] = [];
    for (let position = 0; position < size; ) {
      if (position >= LONGEST_FIRST_LINE) {
        throw problem(path, "first_line_too_long", `has a first line of more than ${LONGEST_FIRST_LINE} bytes`);
      }
      const block = Buffer.allocUnsafe(64 * 1024);
      const piece = block.subarray(0, readFully(fd, path, block, position));
      if (piece.length === 0) break;
      position += piece.length;
      const begin = parts.length > 0 ? 0 : piece.findIndex((byte) => !BESIDE_LINES.has(byte));
      if (begin === -1) continue;
      const end = piece.subarray(begin).findIndex((byte) => byte === LINE_FEED || byte === NUL);
      parts.push(piece.subarray(begin, end === -1 ? piece.length : begin + end));
      if (end !== -1) break;
    }
    return Buffer.concat(parts).toString("utf8").trim();
  } finally {
    closeSync(fd);
  }
}

function openForMeta(path: string): ReturnType<typeof openRollout> {
  try {
    return openRollout(path);
  } catch (error) {
    if (!(error instanceof ConveyorError)) throw error;
    const options = { hint: error.hint ?? undefined, cause: error.cause };
    if (error.code === "rollout_missing") {
      const details = { kind: "rollout", reason: "rollout_missing" satisfies RolloutMetaProblem, path };
      throw new ConveyorError("not_found", error.message, { ...options, details });
    }
    const details = { kind: "rollout", reason: "unreadable" satisfies RolloutMetaProblem, path };
    throw new ConveyorError("precondition_failed", error.message, { ...options, details });
  }
}

function problem(path: string, reason: RolloutMetaProblem, what: string, cause?: unknown): ConveyorError {
  return new ConveyorError("precondition_failed", `the rollout ${path} ${what}`, {
    hint:
      reason === "empty"
        ? "give the agent its first input, then try again"
        : "pass the path of a rollout that the agent wrote (rollout-*.jsonl below its sessions folder)",
    details: { kind: "rollout", reason, path },
    cause,
  });
}
