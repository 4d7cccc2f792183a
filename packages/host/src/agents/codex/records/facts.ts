import type { JsonObject, StoredRecord } from "../../../records/record.ts";
import { isJsonObject, numberOrNull, textOrNull } from "../../../records/record.ts";
import type { FactBase, LifecycleFact, TurnError, TurnTiming } from "../../../turns/facts.ts";

type Reading = (base: FactBase, payload: JsonObject) => LifecycleFact | null;

const userInput: Reading = (base, payload) => {
  const item = payload["item"];
  return { ...base, kind: "user_input", client_id: isJsonObject(item) ? textOrNull(item["client_id"]) : null };
};
const compacted: Reading = (base) => ({ ...base, kind: "compacted" });
const userShell: Reading = (base, payload) => {
  const command = isJsonObject(payload["item"]) ? payload["item"] : payload;
  return command["source"] === "user_shell" ? { ...base, kind: "user_shell" } : null;
};
const reviewEntered: Reading = (base) => ({ ...base, kind: "review_mode", phase: "entered" });
const reviewExited: Reading = (base) => ({ ...base, kind: "review_mode", phase: "exited" });

/** How each kind of record is read; the key is `type`, `type/subtype` or `type/subtype/item type`, old and new form. */
const READINGS: Readonly<Record<string, Reading>> = {
  "event_msg/task_started": (base, payload) => {
    const attribution = isJsonObject(payload["turn_attribution"]) ? payload["turn_attribution"] : {};
    return {
      ...base,
      kind: "turn_started",
      root_turn_id: textOrNull(payload["root_turn_id"]) ?? textOrNull(attribution["root_turn_id"]),
      parent_turn_id: textOrNull(attribution["parent_turn_id"]),
      trigger: textOrNull(attribution["turn_trigger"]),
    };
  },
  "event_msg/task_complete": (base, payload) => ({
    ...base,
    kind: "turn_ended",
    error: errorOf(payload["error"]),
    timing: timingOf(payload),
  }),
  "event_msg/turn_aborted": (base, payload) => ({
    ...base,
    kind: "turn_interrupted",
    reason: textOrNull(payload["reason"]),
    timing: timingOf(payload),
  }),
  "event_msg/user_message": userInput,
  "event_msg/item_completed/UserMessage": userInput,
  compacted,
  "event_msg/context_compacted": compacted,
  "event_msg/item_completed/ContextCompaction": compacted,
  "event_msg/exec_command_end": userShell,
  "event_msg/item_completed/CommandExecution": userShell,
  "event_msg/thread_goal_updated": (base, payload) => {
    const goal = isJsonObject(payload["goal"]) ? payload["goal"] : {};
    return { ...base, kind: "goal", status: textOrNull(goal["status"]) };
  },
  "event_msg/thread_goal_cleared": (base) => ({ ...base, kind: "goal", status: null }),
  "event_msg/entered_review_mode": reviewEntered,
  "event_msg/item_completed/EnteredReviewMode": reviewEntered,
  "event_msg/exited_review_mode": reviewExited,
  "event_msg/item_completed/ExitedReviewMode": reviewExited,
};

/** The same by type, subtype and item type: joining a key for each of thousands of records costs more than looking it up. */
const READINGS_BY_TYPE = nested(READINGS);

type BySubtype = Map<string, { reading: Reading | undefined; by_item_type: Map<string, Reading> }>;

function nested(readings: Readonly<Record<string, Reading>>): Map<string, BySubtype> {
  const by_type = new Map<string, BySubtype>();
  for (const [key, reading] of Object.entries(readings)) {
    const [type = "", subtype = "", item_type] = key.split("/");
    const by_subtype: BySubtype = by_type.get(type) ?? new Map();
    const entry = by_subtype.get(subtype) ?? { reading: undefined, by_item_type: new Map() };
    if (item_type === undefined) entry.reading = reading;
    else entry.by_item_type.set(item_type, reading);
    by_type.set(type, by_subtype.set(subtype, entry));
  }
  return by_type;
}

function readingOf({
  type,
  subtype,
  item_type,
}: Pick<StoredRecord, "type" | "subtype" | "item_type">): Reading | undefined {
  const entry = READINGS_BY_TYPE.get(type)?.get(subtype ?? "");
  if (entry === undefined) return undefined;
  return subtype === "item_completed" && item_type !== null ? entry.by_item_type.get(item_type) : entry.reading;
}

/** Whether a record can mean anything for a turn; tells from three columns, so that a store can leave the rest unread. */
export function isLifecycleRecord(record: Pick<StoredRecord, "type" | "subtype" | "item_type">): boolean {
  return readingOf(record) !== undefined;
}

/**
 * The one lifecycle fact that a record stands for, or null; the same for records just read, for stored ones, and for
 * the older and the present form of the history (spec 02 §4.4, §5.3). Pure; never throws on odd payloads.
 */
export function lifecycleFact(record: StoredRecord): LifecycleFact | null {
  const reading = readingOf(record);
  if (reading === undefined) return null;
  const { payload } = record;
  const base: FactBase = {
    at: record.timestamp,
    thread_id: textOrNull(payload["thread_id"]) ?? record.thread_id,
    turn_id: textOrNull(payload["turn_id"]) ?? record.turn_id,
  };
  return reading(base, payload);
}

function timingOf(payload: JsonObject): TurnTiming {
  return {
    completed_at: numberOrNull(payload["completed_at"]),
    duration_ms: numberOrNull(payload["duration_ms"]),
    time_to_first_token_ms: numberOrNull(payload["time_to_first_token_ms"]),
  };
}

/** `codex_error_info` is a word, or an object with one key that is the word; unknown words are kept (spec 02 §5.2). */
function errorOf(error: unknown): TurnError | null {
  if (error === null || error === undefined) return null;
  if (!isJsonObject(error)) return { info: "other", http_status: null, has_message: typeof error === "string" };
  const has_message = textOrNull(error["message"]) !== null;
  const info = error["codex_error_info"];
  if (isJsonObject(info)) {
    const [word, detail] = Object.entries(info)[0] ?? ["other", null];
    const http_status = isJsonObject(detail) ? numberOrNull(detail["http_status_code"]) : null;
    return { info: word, http_status, has_message };
  }
  return { info: textOrNull(info) ?? "other", http_status: null, has_message };
}
