import { setOwn } from "@conveyor/contracts/json";
import { SECRET_KEY } from "./forms.ts";
import { formsWithin } from "./known.ts";

const MASK = "[masked]";
/** What already stands for something that is hidden. */
const HIDDEN: ReadonlySet<string> = new Set(["", MASK, "[REDACTED]"]);
/** What is nested deeper is not shown at all, so that no value can exhaust the stack. */
const DEEPEST = 200;

/**
 * Replace anything that looks like a credential, by key or by form: on the way into records that people read, and on the
 * way out of the program (spec 07 §7.7.1, §7.7.2). Returns the value itself when there is nothing to hide. Pure.
 */
export function maskSecrets<Value>(value: Value): Value {
  return mask(value, false, 0) as Value;
}

const SECRET_MEMBER = new RegExp(`${SECRET_KEY.source.replace(/\$$/, "")}":`, "i");

/**
 * The same for a JSON text, which is taken apart only where something in it could be a credential. Returns the text itself
 * when there is nothing to hide. Throws on what is no JSON and looks as if it held one.
 */
export function maskJson(text: string): string {
  if (!SECRET_MEMBER.test(text)) {
    if (formsWithin(text).length === 0) return text;
    // In front of a token an escaped line break looks like a letter.
    if (!text.includes("\\") && maskText(text) === text) return text;
  }
  const value: unknown = JSON.parse(text);
  const masked = maskSecrets(value);
  return masked === value ? text : JSON.stringify(masked);
}

/** The same for one text. Takes time in proportion to its length. */
function maskText(text: string): string {
  return formsWithin(text).reduce((masked, { pattern }) => masked.replace(pattern, hide), text);
}

/** A match gives way to the mask; where the pattern names a value, only that does. */
function hide(match: string, ...more: unknown[]): string {
  const groups = more.at(-1);
  if (groups === null || typeof groups !== "object") return MASK;
  const { value } = groups as { value?: string };
  if (value === undefined || HIDDEN.has(value)) return match;
  const from = match.lastIndexOf(value);
  return `${match.slice(0, from)}${MASK}${match.slice(from + value.length)}`;
}

function mask(value: unknown, isSecret: boolean, depth: number): unknown {
  if (typeof value === "string") return isSecret && !HIDDEN.has(value) ? MASK : maskText(value);
  if (value === null || typeof value !== "object") return value;
  if (depth > DEEPEST) return MASK;
  if (Array.isArray(value)) {
    const items = value.map((item) => mask(item, isSecret, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return maskObject(value as Record<string, unknown>, isSecret, depth);
}

function maskObject(value: Record<string, unknown>, isSecret: boolean, depth: number): Record<string, unknown> {
  let changed = false;
  const masked: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const key = maskText(name);
    const own = mask(member, isSecret || SECRET_KEY.test(name), depth + 1);
    changed ||= own !== member || key !== name;
    setOwn(masked, key, own);
  }
  return changed ? masked : value;
}
