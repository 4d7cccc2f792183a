import { textSize } from "./text-size.ts";

/** Where in a document a value stands; the same key is content in one place and metadata in another. */
type Place = "anywhere" | "rollout_payload" | "carried_message" | "capture" | "alerts";

interface ContentRule {
  about: string;
  keys: readonly string[];
  /** Places in which these keys are content. */
  within: readonly Place[];
  /** What happens to a list or an object under such a key: its members are looked at, or it is hidden as a whole. */
  structures: "walk" | "hide";
  /** Texts that are shown nevertheless. */
  except?: RegExp;
}

const PLACE_OF = { record: "anywhere", carried: "carried_message", rollout: "rollout_payload" } as const;
const SLASH_COMMAND = /^\/[a-z-]+$/;
const EVERY_PLACE: readonly Place[] = ["anywhere", "rollout_payload", "carried_message", "capture", "alerts"];

const RULES: readonly ContentRule[] = [
  {
    about: "terminal text, transcripts, last words of an agent, prompts and contracts",
    keys: ["content", "output", "segment_text", "last_agent_message", "prompt", "contract"],
    within: EVERY_PLACE,
    structures: "walk",
  },
  {
    about: "what an agent said, and what stood in its terminal",
    keys: ["message", "text"],
    within: ["rollout_payload", "capture"],
    structures: "walk",
  },
  {
    about: "what an agent called its tools with and got from them, and what it was told",
    keys: [
      "arguments",
      "input",
      "aggregated_output",
      "stdout",
      "stderr",
      "formatted_output",
      "unified_diff",
      "summary_text",
      "raw_content",
      "query",
      "chars",
      "cmd",
      "command",
      "instructions",
      "developer_instructions",
      "user_instructions",
      "base_instructions",
      "encrypted_content",
      "image_url",
      "review_output",
      "overall_explanation",
      "title",
      "body",
      "question",
      "answer",
      "additional_details",
      "preview",
      "step",
      "steps",
      "explanation",
      "objective",
      "reason",
      "justification",
      "structured_content",
      "structuredContent",
      "result",
      "note",
      "notes",
      "summary",
      "description",
      "thought",
      "delta",
    ],
    within: ["rollout_payload"],
    structures: "hide",
  },
  {
    about: "messages that Conveyor itself carried; a bare slash command says nothing private",
    keys: ["message", "text", "send_text", "followup"],
    within: ["anywhere", "carried_message"],
    structures: "walk",
    except: SLASH_COMMAND,
  },
  {
    about: "what a report says in short, and what supports it",
    keys: ["subject", "evidence"],
    within: ["carried_message"],
    structures: "hide",
  },
];

/** Any other text in a rollout payload that is longer than this is content too, in bytes (spec 02 §4.3). */
const LONGEST_METADATA_BYTES = 256;
/** What is nested deeper is hidden, so that no input can exhaust the stack. */
const DEEPEST = 100;

/** What stands for a value that is hidden as a whole (spec 00, Content). */
interface Hidden {
  redacted: true;
  bytes: number | null;
}

/** What is hidden: all content, or what was captured, but not the messages that the program carried (spec 07 §7.7.2). */
export type RedactionProfile = "strict" | "captured";

const CAPTURED_RULES = RULES.filter(({ within }) => !within.includes("carried_message") || within === EVERY_PLACE);
const RULES_OF: Readonly<Record<RedactionProfile, readonly ContentRule[]>> = {
  strict: RULES,
  captured: CAPTURED_RULES,
};

/** Keys under which content stands in stored documents that are no record of an agent. */
const STORED_KEYS = new RegExp(
  `"(?:${[...new Set(RULES.filter(({ within }) => within.some((place) => place !== "rollout_payload")).flatMap(({ keys }) => keys))].join("|")})":`,
);

/** Whether a stored JSON text could hold content: no key of the rules stands in it otherwise, and `redact` would change nothing. */
export function mayHoldContent(json: string): boolean {
  return STORED_KEYS.test(json) || json.includes('"byte_offset"');
}

/**
 * A copy of a JSON value without content: each content text gives way to `<key>_redacted`, `<key>_byte_count` and
 * `<key>_line_count`, lists of texts and free structures to `{redacted, bytes}`. Stored rollout records (objects with
 * `byte_offset` and `payload`) and captures are recognised inside of it. Redacting twice changes nothing. Never throws.
 */
export function redact(value: unknown, profile: RedactionProfile = "strict"): unknown {
  return walk(value, "anywhere", 0, RULES_OF[profile]);
}

/** What is known to hold content of this kind, on its own: a rollout record's payload (spec 02 §4.3), a command's, a row. */
export function redactAs(kind: "record" | "carried" | "rollout", value: unknown): unknown {
  return walk(value, PLACE_OF[kind], 0, RULES);
}

/** Whether a text that the program carried says anything: a bare slash command does not. */
export function isMessage(text: string): boolean {
  return !SLASH_COMMAND.test(text);
}

function walk(value: unknown, place: Place, depth: number, rules: readonly ContentRule[]): unknown {
  if (typeof value === "string") return place === "rollout_payload" && isLong(value) ? hidden(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (depth > DEEPEST) return { redacted: true, bytes: null } satisfies Hidden;
  if (Array.isArray(value)) return value.map((item) => walk(item, place, depth + 1, rules));
  return walkObject(value as Record<string, unknown>, place, depth + 1, rules);
}

function walkObject(
  source: Record<string, unknown>,
  outer: Place,
  depth: number,
  rules: readonly ContentRule[],
): Record<string, unknown> {
  const place = placeOf(source, outer);
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    const rule = rules.find((one) => applies(one, key, place));
    if (typeof value === "string") {
      const shown = rule === undefined ? place !== "rollout_payload" || !isLong(value) : rule.except?.test(value);
      if (shown) result[key] = value;
      else Object.assign(result, siblings(key, value));
    } else if (rule !== undefined && isHiddenAsWhole(value, rule)) {
      result[key] = hidden(value);
    } else {
      result[key] = walk(value, placeBelow(source, key, place), depth, rules);
    }
  }
  return result;
}

function applies(rule: ContentRule, key: string, place: Place): boolean {
  return rule.within.includes(place) && rule.keys.includes(key);
}

/** A capture or a segment is recognised by the keys that only they have. */
function placeOf(object: Record<string, unknown>, outer: Place): Place {
  if (outer !== "anywhere") return outer;
  return "content_sha256" in object || "history_lines" in object || "segment_kind" in object ? "capture" : "anywhere";
}

function placeBelow(parent: Record<string, unknown>, key: string, place: Place): Place {
  if (place !== "anywhere") return place;
  if (key === "payload" && "byte_offset" in parent) return "rollout_payload";
  // A command, or the item that it led to.
  if (key === "payload" && ("idempotency_key" in parent || "dedupe_key" in parent)) return "carried_message";
  return key === "alerts" ? "alerts" : "anywhere";
}

function isHiddenAsWhole(value: unknown, rule: ContentRule): boolean {
  if (value === null || typeof value !== "object" || isHidden(value)) return false;
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) return true;
  return rule.structures === "hide";
}

function isHidden(value: object): value is Hidden {
  if (!("redacted" in value && "bytes" in value) || Object.keys(value).length !== 2) return false;
  return value.redacted === true && (value.bytes === null || typeof value.bytes === "number");
}

/** What is shown of a text that is hidden. */
export function siblings(key: string, text: string): Record<string, unknown> {
  const { bytes, lines } = textSize(text);
  return { [`${key}_redacted`]: true, [`${key}_byte_count`]: bytes, [`${key}_line_count`]: lines };
}

/** What stands for a value that is content as a whole, whatever its keys are; what is hidden already stays as it is. */
export function hidden(value: unknown): Hidden {
  if (typeof value === "object" && value !== null && isHidden(value)) return value;
  return { redacted: true, bytes: byteSize(value) };
}

/** Bytes of the text, or of the JSON; null when it is nested too deeply to be written down. */
function byteSize(value: unknown): number | null {
  try {
    return Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value), "utf8");
  } catch {
    return null;
  }
}

function isLong(text: string): boolean {
  return Buffer.byteLength(text, "utf8") > LONGEST_METADATA_BYTES;
}
