import { eastAsianWidth } from "get-east-asian-width";

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with ESC
const COLOUR = /\u001b\[\d+m/g;
const PLAIN = /^[ -~]*$/;

interface Alphabet {
  graphemes: Intl.Segmenter;
  invisible: RegExp;
  /** Symbols that are shown as pictures: by themselves, or because the sign behind them says so. */
  emoji: RegExp;
}

/** Made when the first text needs it: to make it takes longer than to print a whole short table. */
let alphabet: Alphabet | undefined;

function makeAlphabet(): Alphabet {
  return {
    graphemes: new Intl.Segmenter(undefined, { granularity: "grapheme" }),
    invisible: /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Mark}]*$/u,
    emoji: /^(?:\p{Emoji_Presentation}|[\p{Extended_Pictographic}\d#*]\ufe0f|\p{Regional_Indicator})/u,
  };
}

function* columnsOf(text: string): Generator<[grapheme: string, columns: number]> {
  alphabet ??= makeAlphabet();
  const { graphemes, invisible, emoji } = alphabet;
  for (const { segment } of graphemes.segment(text)) {
    if (invisible.test(segment)) yield [segment, 0];
    else yield [segment, emoji.test(segment) ? 2 : eastAsianWidth(segment.codePointAt(0) as number)];
  }
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
