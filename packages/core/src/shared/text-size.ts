/** Size of a text as the records count it: UTF-8 bytes, and lines (spec 07 §7.2). */
export interface TextSize {
  bytes: number;
  lines: number;
}

/** Lines end at CRLF, CR or LF; a final line break adds none; an empty text has 0 lines. */
export function textSize(text: string): TextSize {
  const breaks = text.match(/\r\n|\r|\n/g)?.length ?? 0;
  return { bytes: Buffer.byteLength(text, "utf8"), lines: text === "" ? 0 : breaks + (/[\r\n]$/.test(text) ? 0 : 1) };
}
