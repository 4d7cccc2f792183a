import type { Palette } from "./palette.ts";
import { displayWidth } from "./width.ts";

/** What a renderer may know besides the output itself. */
export interface View {
  colour: Palette;
  /** Whether a person is looking: columns are then aligned instead of separated by tabs. */
  isTerminal: boolean;
  columns: number;
  /** The time it is printed, in milliseconds since 1970: ages are told from it. */
  now: number;
  /** The name of the program, for commands in the text. */
  program: string;
  /** The input as it was given. */
  input: Readonly<Record<string, unknown>>;
  /** How many pieces of progress, or of a stream, were printed before. */
  told?: number;
}

/** Control characters but line break and tab, C1 among them, other line ends, and marks that turn the writing direction. */
const DRIVES_A_TERMINAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is removed here
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A copy whose texts and keys cannot drive a terminal: what could is shown as `?`. Stored text comes from agents and
 * programs; text output must not let it move the cursor, fake lines or turn them round. Keys that become equal keep their
 * places by further question marks.
 */
export function harmless<T>(value: T): T {
  if (typeof value === "string") return value.replace(DRIVES_A_TERMINAL, "?") as T;
  if (Array.isArray(value)) return value.map(harmless) as T;
  if (value === null || typeof value !== "object") return value;
  const shown = new Map<string, unknown>();
  for (const [key, own] of Object.entries(value)) {
    let name = harmless(key);
    while (shown.has(name)) name += "?";
    shown.set(name, harmless(own));
  }
  return Object.fromEntries(shown) as T;
}

/** A value as one table cell: on one line, `-` for nothing. */
export function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replace(/\s*[\r\n\t]+\s*/g, " ").trim();
}

/**
 * The one table printer: one line per row; tab-separated for programs, aligned for a person at a terminal.
 * No rows print nothing.
 */
export function table(rows: readonly (readonly unknown[])[], view: Pick<View, "isTerminal">): string {
  const cells = rows.map((row) => row.map(cell));
  if (!view.isTerminal) return cells.map((row) => `${row.join("\t")}\n`).join("");
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, text] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, displayWidth(text));
  }
  const pad = (text: string, i: number) => text + " ".repeat((widths[i] as number) - displayWidth(text));
  return cells.map((row) => `${row.map(pad).join("  ").trimEnd()}\n`).join("");
}

/** Lines of text with a final line break; absent lines are left out. */
export function lines(...parts: readonly (string | undefined | false | readonly string[])[]): string {
  return parts
    .flat()
    .filter((part): part is string => typeof part === "string")
    .map((part) => (part.endsWith("\n") ? part : `${part}\n`))
    .join("");
}

export { plural } from "@conveyor/contracts/plural";
