import type { Screen } from "../agent.ts";
import { readScreen } from "./screen.ts";

/** Codex shows a long paste as its number of characters; it does not always count the blanks at the ends. */
const FOLDED = /^\s*\[Pasted Content (\d+) chars\]\s*$/;
const BLANKS_AT_ENDS = 2;

/**
 * Whether the composer holds this text and nothing else, so that Enter sends it and no draft of a person with it. Of a
 * text that is taller than the composer only the end is seen, of a folded one only its length, and characters outside of
 * ASCII, which a terminal may show its own way, are not compared. Pure.
 */
export function composerHolds(screen: Screen, text: string): boolean {
  const { composer } = readScreen(screen);
  if (composer === null || composer.mode === "shell" || composer.footer === "view") return false;
  const shown = composer.draft.join("\n");
  const drafts = [shown];
  // A status line of the user's own making is not recognised, and then it counts as the end of the draft.
  if (composer.footer === "none") drafts.push(shown.slice(0, Math.max(0, shown.lastIndexOf("\n\n"))));
  const wanted = comparable(text);
  const written = drafts.filter((draft) => draft.trim() !== "").map(comparable);
  if (written.some((draft) => (composer.is_cut ? wanted.endsWith(draft) : wanted === draft))) return true;
  const length = FOLDED.exec(shown)?.[1];
  return length !== undefined && Math.abs(Number(length) - [...text].length) <= BLANKS_AT_ENDS;
}

function comparable(text: string): string {
  return text.replace(/[^!-~]/g, "");
}
