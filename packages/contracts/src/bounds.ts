import { z } from "zod";
import { isDeeperThan, JSON_BYTES, JSON_LEVELS, MESSAGE_BYTES, TEXT_BYTES } from "./limits.ts";
import { INVISIBLE, nameProblem } from "./names.ts";
import { PLAIN_LINE, PLAIN_NAME, PLAIN_NONBLANK, PLAIN_PARAGRAPHS, PLAIN_TEXT, surely } from "./surely.ts";

/** Characters of a name, and of what refers to something by it. */
export const NAME_CHARACTERS = 200;
const REFERENCE_CHARACTERS = 512;
/** Linux takes no longer path. */
const PATH_CHARACTERS = 4096;
/** How many things of a kind one call may name. */
const LIST_LENGTH = 200;
/** Rows that one call may ask for. */
const MOST_ROWS = 1_000_000;
/** Prisma's Int, the type of all row ids. */
const LARGEST_ID = 2 ** 31 - 1;
const DAY_SECONDS = 86_400;
const CENTURY_SECONDS = 36_525 * DAY_SECONDS;

/** Bytes of a text in UTF-8. Works where there is no Buffer too. */
function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

function sizeText(bytes: number): string {
  return bytes % (1024 * 1024) === 0 ? `${bytes / (1024 * 1024)} MiB` : `${bytes / 1024} KiB`;
}

/** Text of at most this many bytes; the number of characters is looked at first, so that a huge one costs nothing. */
function textUpTo(bytes: number) {
  const message = `must not be longer than ${sizeText(bytes)}`;
  return z
    .string()
    .max(bytes, { message, abort: true })
    .refine((text) => text.length * 3 <= bytes || utf8Bytes(text) <= bytes, message);
}

const isNotBlank = (text: string) => text.trim() !== "";

/** Free text that may be empty. */
export const freeText = surely(textUpTo(TEXT_BYTES), PLAIN_PARAGRAPHS);
/** Free text that must hold something besides blanks. */
export const nonBlank = surely(freeText.refine(isNotBlank, "must not be blank"), PLAIN_NONBLANK);
/** What is sent to a session or typed into it; may be empty where that means something. */
export const messageText = surely(textUpTo(MESSAGE_BYTES), PLAIN_PARAGRAPHS);
export const message = surely(messageText.refine(isNotBlank, "must not be blank"), PLAIN_NONBLANK);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused here
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** One line of text that others read: no line break, control character or change of writing direction (spec 01 §4.7). */
export const printable = (max: number) =>
  surely(
    z
      .string()
      .min(1)
      .max(max)
      .refine((text) => !CONTROL.test(text), "must not contain line breaks or control characters")
      .refine(isNotBlank, "must not be blank"),
    PLAIN_LINE,
  );

/**
 * A name that is given to something: NFC, so that two that look alike are one, and nothing in it that nobody sees (spec 00,
 * ruling 10; see names.ts).
 */
export const newName = (max: number = NAME_CHARACTERS) =>
  surely(
    z
      .string()
      .min(1)
      .max(max)
      .normalize("NFC")
      .superRefine((text, context) => {
        const problem = nameProblem(text);
        if (problem !== null) context.addIssue({ code: "custom", message: problem });
      }),
    PLAIN_NAME,
  );

/** What refers to something that is there: a name, an id or the beginning of one. In NFC as names are. */
export const reference = surely(z.string().min(1).max(REFERENCE_CHARACTERS).normalize("NFC"), PLAIN_TEXT);

/** A label without meaning of its own, such as a correlation id, or a word that is compared as a whole. */
export const label = surely(
  printable(REFERENCE_CHARACTERS).refine((text) => !INVISIBLE.test(text), "must not contain invisible characters"),
  PLAIN_LINE,
);

/** The path of a file or folder. */
export const filePath = surely(
  z
    .string()
    .min(1)
    .max(PATH_CHARACTERS)
    .refine((path) => !path.includes("\u0000"), "must not contain NUL"),
  PLAIN_TEXT,
);

/** A list of things of one kind, by default empty. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(LIST_LENGTH);

/** The number by which a row is known. */
export const rowId = z.int().min(0).max(LARGEST_ID);
/** How many rows are wanted. */
export const rowCount = z.int().min(0).max(MOST_ROWS);
export const oneOrMoreRows = z.int().min(1).max(MOST_ROWS);
/** A counter, such as one of iterations or attempts. */
export const counter = z.int().min(0).max(MOST_ROWS);
/** A wait, in seconds: up to a week, far below what a timer can count. */
export const waitSeconds = z
  .number()
  .min(0)
  .max(7 * DAY_SECONDS);
/** A duration or an age, in seconds: up to a century. */
export const longSeconds = z.number().min(0).max(CENTURY_SECONDS);
export const wholeSeconds = z.int().min(0).max(CENTURY_SECONDS);

/** A window of time: a number that no calendar overflows, and its unit. */
export const timeWindow = z
  .string()
  .max(12)
  .regex(/^[1-9][0-9]{0,8}[smhdw]$/i, "must be a window such as 30m, 24h or 7d");

/** A JSON object as callers give it: bounded in size and in depth before anybody walks it (spec 00, ruling 10). */
export const jsonPayload = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const problem = payloadProblem(value);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});

/** What keeps a value from being a JSON payload; null when nothing does. Looks at no more of it than it allows. */
function payloadProblem(value: unknown): string | null {
  const tooLong = `must not be longer than ${sizeText(JSON_BYTES)}`;
  const left = { values: JSON_BYTES };
  if (isDeeperThan(value, JSON_LEVELS, left)) return `must not be nested deeper than ${JSON_LEVELS} levels`;
  if (left.values <= 0) return tooLong;
  try {
    const text = JSON.stringify(value);
    return text.length * 3 <= JSON_BYTES || utf8Bytes(text) <= JSON_BYTES ? null : tooLong;
  } catch {
    return "must be a JSON object";
  }
}
