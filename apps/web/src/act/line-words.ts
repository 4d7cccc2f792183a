import { shellQuote } from "@conveyor/contracts/shell-quote";

/** A word that a shell takes as it is; one of them reads more into `=` at the beginning. */
const PLAIN = /^(?:--|-{0,2}[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:@%+,=-]*)$/;

export type LineWords = readonly (string | number)[];

/** The line of the program that a shell reads these words in. */
export function typedLine(words: LineWords): string {
  const quoted = words.map((word) => (PLAIN.test(String(word)) ? String(word) : shellQuote(String(word))));
  return ["conveyor", ...quoted].join(" ");
}
