import { hash } from "node:crypto";
import { setOwn } from "@conveyor/contracts/json";
import type { JsonObject } from "../../../records/record.ts";
import { isJsonObject } from "../../../records/record.ts";

const HEAD_BYTES = 16 * 1024;
const TAIL_BYTES = 4 * 1024;
const LONGEST_KEPT_STRING = HEAD_BYTES + TAIL_BYTES;

/** What stands in the place of a value that is not stored. */
interface LeftOut {
  omitted: true;
  bytes: number;
  sha256?: string;
}

interface StorageRule {
  /** The records meant, in words. */
  about: string;
  applies: (type: string, payload: JsonObject) => boolean;
  /** Whether the value under this key of the payload is left out. */
  leavesOut: (key: string) => boolean;
  keeps: "byte_count" | "byte_count_and_hash";
}

const COMPACTION_METADATA = new Set([
  "compaction_response_id",
  "first_window_id",
  "latest_token_usage_record",
  "previous_window_id",
  "window_id",
  "window_number",
]);

const isMessage = (type: string, payload: JsonObject) => type === "response_item" && payload["type"] === "message";

/** Storage policy, spec 02 §4.3: what only leaves its size, and for most its hash, behind. */
const STORAGE_RULES: readonly StorageRule[] = [
  {
    about: "the first line: the base instructions, about 20 KB that are the same in every file",
    applies: (type) => type === "session_meta",
    leavesOut: (key) => key === "base_instructions",
    keeps: "byte_count",
  },
  {
    about: "what the model sees of its environment",
    applies: (type) => type === "world_state",
    leavesOut: (key) => key === "state",
    keeps: "byte_count_and_hash",
  },
  {
    about: "a compaction, which repeats the whole kept history",
    applies: (type) => type === "compacted",
    leavesOut: (key) => !COMPACTION_METADATA.has(key),
    keeps: "byte_count_and_hash",
  },
  {
    about: "instructions of the developer or the system",
    applies: (type, payload) =>
      isMessage(type, payload) && (payload["role"] === "developer" || payload["role"] === "system"),
    leavesOut: (key) => key === "content",
    keeps: "byte_count_and_hash",
  },
  {
    about: "encrypted reasoning, which nobody here can read",
    applies: (type, payload) => type === "response_item" && payload["encrypted_content"] !== undefined,
    leavesOut: (key) => key === "encrypted_content",
    keeps: "byte_count_and_hash",
  },
  {
    about: "a replaced history, wherever it turns up",
    applies: (_type, payload) => payload["replacement_history"] !== undefined,
    leavesOut: (key) => key === "replacement_history",
    keeps: "byte_count_and_hash",
  },
];

/** Records that carry command output, patches, tool output and messages: their long texts keep head and tail only. */
const ABRIDGED_TYPES = new Set(["event_msg", "response_item"]);

/**
 * Reduce a payload to what is stored (spec 02 §4.3). `text` is the payload as JSON text and `bytes` its size: with
 * them most records are recognised as small and plain without being walked. Null means: store the text as it is.
 */
export function reducePayload(type: string, payload: JsonObject, text: string, bytes: number): JsonObject | null {
  const abridges = bytes > LONGEST_KEPT_STRING && ABRIDGED_TYPES.has(type);
  const has_rule = STORAGE_RULES.some((rule) => rule.applies(type, payload));
  if (!has_rule && !abridges && !text.includes('"data:image')) return null;
  const rules = STORAGE_RULES.filter((rule) => rule.applies(type, payload));

  const reduction = new Reduction(abridges);
  const reduced: JsonObject = {};
  for (const [key, value] of Object.entries(payload)) {
    const rule = rules.find((candidate) => candidate.leavesOut(key));
    if (rule && value !== null) setOwn(reduced, key, reduction.leaveOut(value, rule.keeps));
    else reduction.put(reduced, key, value);
  }
  if (!reduction.changed) return null;
  keepEscalation(payload, reduced);
  return reduced;
}

class Reduction {
  changed = false;
  constructor(private readonly abridges: boolean) {}

  leaveOut(value: unknown, keeps: StorageRule["keeps"]): LeftOut {
    this.changed = true;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const left_out: LeftOut = { omitted: true, bytes: Buffer.byteLength(text) };
    if (keeps === "byte_count_and_hash") left_out.sha256 = hash("sha256", text, "hex");
    return left_out;
  }

  put(target: JsonObject, key: string, value: unknown): void {
    const reduced = this.reduce(value);
    setOwn(target, key, reduced);
    if (typeof value === "string" && typeof reduced === "string" && reduced !== value) {
      target[`${key}_original_bytes`] = Buffer.byteLength(value);
    }
  }

  private reduce(value: unknown): unknown {
    if (typeof value === "string") {
      if (value.startsWith("data:image")) return this.leaveOut(value, "byte_count_and_hash");
      return this.abridges ? this.abridge(value) : value;
    }
    if (Array.isArray(value)) return value.map((entry) => this.reduce(entry));
    if (!isJsonObject(value)) return value;
    const copy: JsonObject = {};
    for (const [key, entry] of Object.entries(value)) this.put(copy, key, entry);
    return copy;
  }

  private abridge(text: string): string {
    if (text.length * 3 <= LONGEST_KEPT_STRING) return text;
    const bytes = Buffer.byteLength(text);
    if (bytes <= LONGEST_KEPT_STRING) return text;
    this.changed = true;
    // Cutting by characters first keeps a text of many megabytes from being copied as a whole.
    const head = headOf(Buffer.from(text.slice(0, HEAD_BYTES)));
    const tail = tailOf(Buffer.from(text.slice(-TAIL_BYTES)));
    const left_out = bytes - head.length - tail.length;
    return `${head.toString("utf8")}\n[${left_out} of ${bytes} bytes left out]\n${tail.toString("utf8")}`;
  }
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

function headOf(bytes: Buffer): Buffer {
  let end = Math.min(HEAD_BYTES, bytes.length);
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

function tailOf(bytes: Buffer): Buffer {
  let start = Math.max(0, bytes.length - TAIL_BYTES);
  while (start < bytes.length && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/** Arguments that were cut no longer parse, but whether they asked for more rights decides about attention (spec 02 §4.4). */
function keepEscalation(payload: JsonObject, reduced: JsonObject): void {
  if (reduced["arguments"] === payload["arguments"]) return;
  const permissions = escalationOf(payload["arguments"]);
  if (permissions !== null) reduced["sandbox_permissions"] = permissions;
}

/** The `sandbox_permissions` that the arguments of a call ask for, or null; arguments are JSON text in a text. */
export function escalationOf(call_arguments: unknown): string | null {
  if (typeof call_arguments !== "string" || !call_arguments.includes('"sandbox_permissions"')) return null;
  try {
    const parsed: unknown = JSON.parse(call_arguments);
    const value = isJsonObject(parsed) ? parsed["sandbox_permissions"] : undefined;
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
