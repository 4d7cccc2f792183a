import { isComposerHint, isPanelHint, isStatusLine } from "./footer.ts";

/** A choice of a dialog that is marked. */
export const CHOICE_LINE = /^\s*› \d+\. /;
/** `›` takes text, `!` a shell command that Enter would run. */
const COMPOSER_LINE = /^[›!](?:\s|$)/;
/** Stands at the right end of a draft that is taller than the composer. */
const MORE_ABOVE = /\s+↑$/;

/** What stands below a composer. */
export type ComposerFooter =
  /** The session's status and hints that are known: the composer has the keys. */
  | "known"
  /** The session's status and something else: a long status in a narrow pane, or a search field that has the keys. */
  | "status"
  /** The keys of a view. */
  | "view"
  | "none";

/** The place at the bottom of the screen into which a person types. */
export interface Composer {
  /** Where its first line stands. */
  at: number;
  mode: "text" | "shell";
  /** What it holds or shows in its place, without its mark, line by line. */
  draft: readonly string[];
  /** Only the end of the draft is in sight. */
  is_cut: boolean;
  footer: ComposerFooter;
}

/**
 * The composer of a screen, when it is the last thing there; null when that is a dialog, an answer or another program.
 * All that stands below its mark is indented. Pure.
 */
export function findComposer(lines: readonly string[]): Composer | null {
  const at = lines.findLastIndex((line) => COMPOSER_LINE.test(line));
  const first = lines[at];
  if (first === undefined || lines.slice(at + 1).some((line) => /^\S/.test(line))) return null;
  const { from, footer } = footerOf(lines, at);
  const is_cut = MORE_ABOVE.test(first);
  if (footer !== "known" && isDialog(lines.slice(at), { footer, is_cut })) return null;
  const draft = [first.replace(MORE_ABOVE, ""), ...lines.slice(at + 1, from)].map((line) => line.slice(2));
  while (draft.length > 1 && draft.at(-1) === "") draft.pop();
  return { at, mode: first.startsWith("!") ? "shell" : "text", draft, is_cut, footer };
}

/** A numbered draft looks like the choices of a dialog, and words of an agent stand in dialogs: in doubt it is one. */
function isDialog(lines: readonly string[], { footer, is_cut }: Pick<Composer, "footer" | "is_cut">): boolean {
  const tells_keys = isPanelHint(lines.findLast((line) => line !== "") ?? "");
  if (is_cut && !tells_keys) return false;
  return lines.some((line) => CHOICE_LINE.test(line)) || (tells_keys && footer === "none");
}

/** Where the footer begins, and what it tells. */
function footerOf(lines: readonly string[], at: number): { from: number; footer: ComposerFooter } {
  const end = lines.findLastIndex((line) => line !== "");
  const none = { from: end + 1, footer: "none" } as const;
  if (end <= at) return none;
  const gap = lines.findLastIndex((line, index) => index < end && line === "");
  const status = lines.findIndex((line, index) => index > Math.max(at, gap) && isStatusLine(line));
  const last = lines[end] ?? "";
  // A draft may begin with a line break, so a mark alone says "empty" only with a blank line below it.
  const from = gap > at ? gap + 1 : status === -1 ? end : status;
  if (isComposerHint(last)) return { from, footer: "known" };
  if (status === -1) return none;
  if (status === end) return { from: status, footer: "known" };
  return { from: status, footer: isPanelHint(last) ? "view" : "status" };
}
