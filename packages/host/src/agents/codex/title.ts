import type { TitleMeaning } from "../agent.ts";

/** A spinner glyph first: a turn runs. */
const BUSY = /^[\u2801-\u28ff](?: |$)/;
/** Codex lets the mark blink. */
const WAITING = /^\[ [!.] \] Action Required(?: \| |$)/;
/** Between the name of the thread and the folder. */
const SEPARATOR = " | ";
/** Codex cuts a long name. */
const CUT = "...";

/** What the title that Codex gives its terminal says by its fixed beginning; null without a title (spec 02 §7.3). Pure. */
export function paneTitleMeaning(title: string | null): TitleMeaning | null {
  if (title === null || title.trim() === "") return null;
  if (BUSY.test(title)) return "busy";
  return WAITING.test(title) ? "waiting_on_human" : "idle";
}

/**
 * The name of the thread in a title of Codex 0.171, cut as Codex cuts it; null where the title names none, as before
 * 0.171 and in a thread without a name. Pure.
 */
export function threadNameOfTitle(title: string | null): string | null {
  const rest = (title ?? "").replace(WAITING, "").replace(BUSY, "");
  const end = rest.lastIndexOf(SEPARATOR);
  const name = end === -1 ? "" : plain(rest.slice(0, end));
  return name === "" ? null : name;
}

/** Whether a title names this thread; null when the title names none, so that it cannot tell. Pure. */
export function titleNamesThread(title: string | null, thread_name: string): boolean | null {
  const shown = threadNameOfTitle(title);
  if (shown === null) return null;
  const name = plain(thread_name);
  if (shown === name) return true;
  const beginning = shown.endsWith(CUT) ? shown.slice(0, -CUT.length).trimEnd() : "";
  return beginning !== "" && name.startsWith(beginning);
}

function plain(name: string): string {
  return name.replace(/\s+/g, " ").trim();
}
