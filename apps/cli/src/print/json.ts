import { sortedKeys } from "@conveyor/contracts/json";

/** The document as `--json` prints it: equal documents are equal text (spec 00, Output). */
export function jsonDocument(value: unknown): string {
  return `${inert(JSON.stringify(sortedKeys(value ?? null), null, 2))}\n`;
}

/** The document on one line, for streams. */
export function jsonLine(value: unknown): string {
  return `${inert(JSON.stringify(sortedKeys(value ?? null)))}\n`;
}

/**
 * What JSON lets stand and a terminal obeys: DEL, C1 controls, other line ends, marks of writing direction. They can only
 * be inside of texts and keys, so their escape means the same to whoever parses it.
 */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function inert(json: string): string {
  return json.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
