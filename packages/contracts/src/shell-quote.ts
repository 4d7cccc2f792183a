/**
 * One word of a POSIX shell that means exactly `text`. Whoever prints a command for others to run quotes with this and with
 * nothing else: names and paths come from agents and other people (spec 01 §4.8).
 */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
