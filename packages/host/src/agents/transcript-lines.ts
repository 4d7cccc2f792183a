/** The lines of a captured screen without trailing blanks and without blank lines at its end. Pure. */
export function writtenLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
