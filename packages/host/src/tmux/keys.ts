import { ConveyorError } from "@conveyor/contracts/errors";

/** Key names of tmux besides single characters; tmux ignores their case. */
export const KEY_NAMES: readonly string[] = [
  ...Array.from({ length: 12 }, (_, index) => `F${index + 1}`),
  "IC",
  "Insert",
  "DC",
  "Delete",
  "Home",
  "End",
  "NPage",
  "PageDown",
  "PgDn",
  "PPage",
  "PageUp",
  "PgUp",
  "Tab",
  "BTab",
  "Space",
  "BSpace",
  "Enter",
  "Escape",
  "Up",
  "Down",
  "Left",
  "Right",
  ...["/", "*", "-", "+", ".", "Enter", ...Array.from({ length: 10 }, (_, digit) => String(digit))].map(
    (k) => `KP${k}`,
  ),
];

const BASE_KEYS: ReadonlySet<string> = new Set(KEY_NAMES.map((name) => name.toLowerCase()));
const MODIFIERS = /^(?:\^(?=.)|(?:[CMS]-(?=.))*)/i;
const PRINTABLE = /^[!-~]$/;

/**
 * Whether tmux takes `key` for a key: a key name or one visible ASCII character, each with any of `C-`, `M-`, `S-` (or
 * `^` for `C-`) before it. Anything else tmux would type as text (spec 02 §8.16).
 */
export function isKeyName(key: string): boolean {
  const base = PRINTABLE.test(key) ? key : key.replace(MODIFIERS, "");
  return PRINTABLE.test(base) || BASE_KEYS.has(base.toLowerCase());
}

/** Throws `invalid_input` unless `isKeyName(key)`. */
export function assertKeyName(key: string): void {
  if (isKeyName(key)) return;
  throw new ConveyorError("invalid_input", `tmux knows no key named ${JSON.stringify(key)}`, {
    hint: "use a name such as Escape, Enter, Tab, Up, PageDown, F1, C-c or M-x, or a single character",
    details: { key },
  });
}
