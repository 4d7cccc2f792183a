import { eastAsianWidth } from "get-east-asian-width";

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with ESC
const COLOUR = /\u001b\[\d+m/g;
const PLAIN = /^[ -~]*$/;
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Mark}]*$/u;
/** Symbols that are shown as pictures: by themselves, or because the sign behind them says so. */
const EMOJI = /^(?:\p{Emoji_Presentation}|[\p{Extended_Pictographic}\d#*]\ufe0f|\p{Regional_Indicator})/u;

/** Made when the first text needs it: that takes longer than a whole short table. */
let graphemes: Intl.Segmenter | undefined;

function* columnsOf(text: string): Generator<[grapheme: string, columns: number]> {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of graphemes.segment(text)) yield [segment, widthOfOne(segment)];
}

function widthOfOne(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0) as number);
}

/** How many columns of a terminal a text takes; colours take none. */
export function displayWidth(text: string): number {
  const plain = text.replace(COLOUR, "");
  if (PLAIN.test(plain)) return plain.length;
  let width = 0;
  for (const [, columns] of columnsOf(plain)) width += columns;
  return width;
}

/** A text without colours cut to at most this many columns; `…` says so where the rest was. */
export function cutTo(text: string, columns: number, lose: "end" | "start" = "end"): string {
  if (displayWidth(text) <= columns) return text;
  const all = PLAIN.test(text) ? [...text].map((one) => [one, 1] as const) : [...columnsOf(text)];
  if (lose === "start") all.reverse();
  const kept: string[] = [];
  let room = columns - 1;
  for (const [grapheme, width] of all) {
    if (width > room) break;
    room -= width;
    kept.push(grapheme);
  }
  return lose === "start" ? `…${kept.reverse().join("")}` : `${kept.join("").trimEnd()}…`;
}
