import { shellQuote } from "@conveyor/contracts/shell-quote";

/** Words that mean the same to a shell without quotes, and places to be filled in, such as `<task>`. */
const PLAIN = /^(?:[A-Za-z0-9_./:=@%+,-]+|<[a-z_|-]+>)$/;

/** A command line as a person would type it: quotes stand only where a shell needs them. */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => (PLAIN.test(word) ? word : shellQuote(word))).join(" ");
}
