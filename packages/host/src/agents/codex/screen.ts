import type { Screen } from "../agent.ts";
import { COMPOSER_PLACEHOLDERS, FIRST_VERSION_WITH_ONE_PLACEHOLDER } from "./pane-patterns.ts";

/** Prompts stay in the scrollback after they were answered, so only this many lines count (spec 02 §7.3). */
const LINES_LOOKED_AT = 20;

const CHOICE_LINE = /^\s*› \d+\. /;
const COMPOSER_LINE = /^›(?:\s(.*))?$/;
/** An answer, a running step or a notice of Codex: what stands after a message that was sent. */
const ANSWER_LINE = /^[•◦■✔✓✗✘⚠]\s/;
const VERSION = /OpenAI Codex \(v(\d+)\.(\d+)\.\d+/i;

/** What the lines of the current region say. */
export interface ReadScreen {
  /** The last lines that are not blank. */
  lines: readonly string[];
  /** The same as one line, so that a phrase is found across a line break. */
  flat: string;
  /** What stands below the latest message that was sent, as one line; all of it when none is in sight. */
  since_message: string;
  has_choice: boolean;
  /** What the composer holds; null when the screen shows none. */
  composer: string | null;
  /** The composer is empty; null when there is none or an older version's placeholder cannot be told from text. */
  composer_is_empty: boolean | null;
}

/** Take a captured screen apart. Pure. */
export function readScreen(screen: Screen): ReadScreen {
  const lines = screen.text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-LINES_LOOKED_AT);
  const composer = composerOf(lines);
  const composer_at = composerLine(lines) ?? lines.length;
  const message_at = lines.findLastIndex((line, at) => at < composer_at && isSentMessage(line));
  return {
    lines,
    flat: flatten(lines),
    since_message: flatten(lines.slice(message_at + 1)),
    has_choice: lines.some((line) => CHOICE_LINE.test(line)),
    composer,
    composer_is_empty: isEmpty(composer, screen),
  };
}

/**
 * Where the composer begins: the last line with its mark, unless that is the mark of a choice or of a message that was
 * sent already. Null when the lines show none. Pure.
 */
export function composerLine(lines: readonly string[]): number | null {
  const at = lines.findLastIndex((line) => COMPOSER_LINE.test(line));
  const line = lines[at];
  if (line === undefined || CHOICE_LINE.test(line)) return null;
  if (lines.slice(at + 1).some((later) => ANSWER_LINE.test(later) || CHOICE_LINE.test(later))) return null;
  return at;
}

function isSentMessage(line: string): boolean {
  return COMPOSER_LINE.test(line) && !CHOICE_LINE.test(line);
}

function flatten(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(" ");
}

function composerOf(lines: readonly string[]): string | null {
  const at = composerLine(lines);
  return at === null ? null : (COMPOSER_LINE.exec(lines[at] ?? "")?.[1] ?? "").trim();
}

function isEmpty(composer: string | null, screen: Screen): boolean | null {
  if (composer === null) return null;
  if (composer === "" || COMPOSER_PLACEHOLDERS.some((placeholder) => placeholder.test(composer))) return true;
  return rotatesPlaceholders(screen) ? null : false;
}

/** Older versions show one of many placeholders, which look like text. An unknown version counts as a present one. */
function rotatesPlaceholders(screen: Screen): boolean {
  const shown = /^(\d+)\.(\d+)/.exec(screen.cli_version ?? "") ?? VERSION.exec(screen.text);
  if (!shown) return false;
  const [major, minor] = [Number(shown[1]), Number(shown[2])];
  const first = FIRST_VERSION_WITH_ONE_PLACEHOLDER;
  return major < first.major || (major === first.major && minor < first.minor);
}
