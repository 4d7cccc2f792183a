import type { Screen } from "../agent.ts";
import { CHOICE_LINE, type Composer, findComposer } from "./composer.ts";
import { COMPOSER_PLACEHOLDER, FIRST_VERSION_WITH_ONE_PLACEHOLDER } from "./pane-patterns.ts";

/** So many lines at the end of a dialog show its heading and its choices, when no words of an agent stand between them. */
const HEADING_LINES = 20;
/** Into so many lines a narrow pane breaks the last one of a dialog. */
const BROKEN_LINES = 3;

/** An answer, a running step or a notice of Codex, or a message that was sent: each begins a block of the transcript. */
const BLOCK_LINE = /^[•◦■✔✓✗✘⚠›!⠀-⣿](?:\s|$)/;
/** Stand between transcript and composer: messages that wait for a running turn, a warning, and what else runs. */
const PENDING_LINE = /^• (?:Messages? to be submitted|Queued )/i;
const LIVE_LINES: readonly RegExp[] = [/^\s{4,}⚠ /, /^ {2}\d+ background terminals? running\b/];
/** tmux can leave one behind where a message with emoji stood, in front of what is written there next. */
const WITHOUT_WIDTH = /[\u200b-\u200f\u2060\ufeff]/g;
const VERSION = /OpenAI Codex \(v(\d+)\.(\d+)\.\d+/i;

/** What a captured screen says, taken apart. What stands below the composer is content and is not in here. */
export interface ReadScreen {
  is_blank: boolean;
  /** Null when something else is the last thing on the screen. */
  composer: Composer | null;
  /** Null when there is no composer, or nobody can tell its placeholder from a draft. */
  composer_is_empty: boolean | null;
  /** The dialog or view that is the last thing, line by line without indents; empty where a composer is. */
  dialog: string;
  /** The last lines of it. */
  heading: string;
  has_choice: boolean;
  /** The last line; empty below a composer that has the keys. */
  last_line: string;
  /** The last lines as one, for a line that a narrow pane has broken. */
  last_lines: string;
  /** The latest block of the transcript as one line, when nothing comes after it: a notice, or what Codex does now. */
  latest: string;
}

/** Take a captured screen apart. Pure. */
export function readScreen(screen: Screen): ReadScreen {
  const lines = screen.text
    .replace(WITHOUT_WIDTH, "")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd());
  const composer = findComposer(lines);
  const dialog = composer === null ? dialogOf(lines) : [];
  const heading = dialog.slice(-HEADING_LINES);
  const end = composer?.footer === "known" ? [] : lines.filter((line) => line !== "").slice(-BROKEN_LINES);
  return {
    is_blank: lines.every((line) => line === ""),
    composer,
    composer_is_empty: composer && isEmpty(composer, screen),
    dialog: dialog.join("\n"),
    heading: heading.join("\n"),
    has_choice: heading.some((line) => CHOICE_LINE.test(line)),
    last_line: (end.at(-1) ?? "").trim(),
    last_lines: composer === null ? flat(end) : "",
    latest: latestBlock(composer === null ? withoutLiveLines(lines) : transcriptOf(lines, composer)),
  };
}

/**
 * The transcript above a composer: without blank lines at its end, the warning at the right edge, the number of background
 * terminals and the messages that wait for the running turn. Pure.
 */
export function transcriptOf(lines: readonly string[], composer: Composer): readonly string[] {
  const above = withoutLiveLines(lines.slice(0, composer.at));
  const pending = above.findLastIndex((line) => PENDING_LINE.test(line));
  const is_last = pending !== -1 && above.slice(pending + 1).every((line) => !/^\S/.test(line));
  return is_last ? withoutLiveLines(above.slice(0, pending)) : above;
}

function withoutLiveLines(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "" && !LIVE_LINES.some((live) => live.test(line))) + 1);
}

/** What stands below the last block of the transcript, without indents and blank lines. */
function dialogOf(lines: readonly string[]): string[] {
  const block = lines.findLastIndex((line) => BLOCK_LINE.test(line) && !CHOICE_LINE.test(line));
  return lines
    .slice(block + 1)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Where the last block of a transcript begins, when nothing but its own lines comes after it; else null. Pure. */
export function latestBlockAt(transcript: readonly string[]): number | null {
  const at = transcript.findLastIndex((line) => BLOCK_LINE.test(line));
  return at === -1 || transcript.slice(at).includes("") ? null : at;
}

function latestBlock(transcript: readonly string[]): string {
  const at = latestBlockAt(transcript);
  return at === null ? "" : flat(transcript.slice(at));
}

/** Lines as one. Pure. */
export function flat(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(" ");
}

function isEmpty({ mode, draft, is_cut }: Composer, screen: Screen): boolean | null {
  if (mode === "shell" || is_cut) return false;
  const text = draft.join("\n").trim();
  if (text === "" || text === COMPOSER_PLACEHOLDER) return true;
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
