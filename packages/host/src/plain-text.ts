/**
 * `text` without what a terminal would take for a key or an order: line ends become `\n`, and control characters other
 * than tab go away. An escape sequence in a message could otherwise end a bracketed paste, and the rest would act as
 * keys. Pure.
 */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
