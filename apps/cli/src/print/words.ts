/** What a worker said last, set apart from what stands around it; nothing when it said nothing. */
export function lastWords(name: string, message: string | null | undefined): string[] {
  const words = message?.trim() ?? "";
  if (words === "") return [];
  return [`${name} said:`, ...words.split("\n").map((line) => `  ${line}`.trimEnd())];
}
