import { plainText } from "../../plain-text.ts";

/**
 * A text as it is put into the composer of Codex so that nothing in it acts as a command: a blank before it, as a
 * leading `!` or `/` would run a shell or a session command, and one after it, as a trailing `@word` or `$word` would be
 * completed by Enter. Codex trims both, so the text arrives exactly but for blanks at its own ends (spec 00, ruling 1).
 * Empty text, which stands for Enter alone, stays empty. Pure.
 */
export function codexMessageText(text: string): string {
  const plain = plainText(text);
  return plain === "" ? "" : ` ${plain} `;
}
