/**
 * Every hint that Codex 0.137 to 0.171 writes below a composer that takes text; keys differ with the user's key map. A
 * piece that no row knows may belong to a search field or a view, so such a line is no footer of a composer.
 */
const COMPOSER_HINTS: readonly RegExp[] = [
  // A character without width in a message lets tmux leave more room after the first one.
  /^(\S+ )?for (agents|shortcuts)$/,
  /^←$/,
  // A very narrow pane cuts it.
  /^(\S+ )?\S+ again to (edit|quit)\b.*$/,
  /^\S+ \S+ to edit previous message$/,
  /^\S+ to (queue message|view)$/,
  // A narrow pane shortens "2 warnings · f2 to view".
  /^⚠ \d+( warnings?)?$/,
  /^f\d+$/,
  /^Plan mode( \(\S+ to cycle\))?$/,
  /^Shell mode$/,
  /^Vim: \w+$/,
  /^Pursuing goal( \(.+\))?$/,
  /^Goal [a-z ]+( \(.+\))?$/,
  /^\d+% (context )?(left|used)$/,
  /^IDE context$/,
  /^\? \/ esc close$/,
];

/** The configurable line above the hints: model, folder, and since 0.171 the name of the thread, which is content. */
const STATUS_LINE = /^ {2}\S.* · [~/]/;

/** What a dialog or a view of Codex writes last, where a composer would have its footer. */
const PANEL_HINT =
  /\b(esc|enter|q|↵) (to )?(accept|back|cancel|close|confirm|continue|dismiss|go back|interrupt|open|select|submit)\b/;

/** Whether all that a line says are hints that stand below a composer. Pure. */
export function isComposerHint(line: string): boolean {
  const pieces = line.trim().split(/\s{2,}| · /);
  return pieces.every((piece) => COMPOSER_HINTS.some((hint) => hint.test(piece)));
}

/** Whether a line begins the status of the session that stands below the composer. Pure. */
export function isStatusLine(line: string): boolean {
  return STATUS_LINE.test(line);
}

/** Whether a line tells the keys of a dialog or a view. Pure. */
export function isPanelHint(line: string): boolean {
  return PANEL_HINT.test(line);
}
