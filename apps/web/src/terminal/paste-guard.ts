/** What would be pasted, judged before it is. */
export interface Paste {
  text: string;
  /** Lines as a program would see them. */
  line_count: number;
  /** Characters that a terminal takes for commands of its own. */
  control_count: number;
}

/** Judge a text that somebody wants to paste. Pure. */
export function judgePaste(text: string): Paste {
  const trimmed = text.replace(/\r?\n$/, "");
  const control = text.match(/(?![\t\n\r])\p{Cc}/gu) ?? [];
  return { text, line_count: trimmed.split(/\r\n|\r|\n/).length, control_count: control.length };
}

/** Whether somebody is asked before: several lines may press Enter several times, a line end at the end once. Pure. */
export function isPasteAsked({ text, line_count, control_count }: Paste): boolean {
  return line_count > 1 || control_count > 0 || /[\r\n]$/.test(text);
}

/** The same as one line without control characters. Pure. */
export function asOneLine(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .trim();
}
