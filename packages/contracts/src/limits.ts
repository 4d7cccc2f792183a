/** The bounds of ruling 10 of spec 00 that callers apply before they send anything, in a module without zod. */

/** A message from one session to another, or an operator's, in bytes of UTF-8. */
export const MESSAGE_BYTES = 1024 * 1024;
/** A goal, a reason, any other free text, in bytes of UTF-8. */
export const TEXT_BYTES = 64 * 1024;
/** A JSON payload, in bytes of its text, and how deep it may be nested: far below what SQLite and the stack can bear. */
export const JSON_BYTES = 1024 * 1024;
export const JSON_LEVELS = 64;
/** What a command reads from standard input, in bytes: a payload at its largest, written with blanks. */
export const STDIN_BYTES = 4 * 1024 * 1024;

/** How many rows a list holds that was not asked for another number; what is left out is reached with its cursor. */
export const LIST_ROWS = 10_000;

/**
 * Whether a value is nested deeper than this many levels. Recurses no further than that, and ends when `left.values` are
 * looked at: each of them takes a byte of JSON, so one object that stands in many places costs no more than a long text.
 */
export function isDeeperThan(value: unknown, levels: number, left: { values: number }): boolean {
  left.values -= 1;
  if (value === null || typeof value !== "object" || left.values <= 0) return false;
  if (levels === 0) return true;
  return Object.values(value).some((member) => isDeeperThan(member, levels - 1, left));
}
