import type { PaneClassification, PaneFinding, PaneReadiness, Screen, ScreenContext, TitleMeaning } from "../agent.ts";
import type { PanePattern } from "./pane-patterns.ts";
import { BUSY_PATTERNS, OLDER_APPROVAL_RULE, PANE_PATTERNS, UNSUBMITTED_INPUT } from "./pane-patterns.ts";
import type { ReadScreen } from "./screen.ts";
import { readScreen } from "./screen.ts";

/** From this many new records on, a session that can be interrupted is busy and not stuck (spec 02 §7.1). */
export const QUIET_EVENT_THRESHOLD = 10;

type Match = Omit<PanePattern, "any_of" | "all_of" | "needs_choice" | "passes_with_next_message">;

/**
 * Say what a pane of Codex shows (spec 02 §7). Prompts are flagged at once; what is normal for a while only when the last
 * sign of life is at least `busy_wait_seconds` old. Pure.
 */
export function classifyPane(screen: ScreenContext): PaneClassification {
  const read = readScreen(screen);
  const matches = matchesOf(read);
  const flagged = matches.find((match) => isFlagged(match, screen));
  const asks = matches.find((match) => match.attention !== "none");
  return {
    classifier: flagged ? findingOf(flagged) : null,
    patterns: matches.map((match) => match.pattern),
    attention: asks?.attention ?? "none",
    startup: startupOf(read, matches),
    title: paneTitleMeaning(screen.title ?? null),
  };
}

/**
 * Whether text or Enter may be sent into a pane of Codex (spec 02 §6, item 4). Text needs a screen without any prompt or
 * menu; Enter alone may answer some of them. A title that asks for a human over a screen that nobody knows allows
 * neither. Pure.
 */
export function paneReadiness(screen: Screen): PaneReadiness {
  const read = readScreen(screen);
  const { composer_is_empty } = read;
  const matches = matchesOf(read);
  const refusing = matches.find((match) => match.accepts === "nothing");
  const obstacle = refusing ?? matches.find((match) => match.accepts === "enter");
  if (obstacle) {
    const { pattern, reason } = obstacle;
    return { text_allowed: false, enter_allowed: !refusing, pattern, reason, composer_is_empty };
  }
  if (paneTitleMeaning(screen.title ?? null) === "waiting_on_human") {
    const reason = "the title of the pane asks for a human, and the screen does not tell why";
    return { text_allowed: false, enter_allowed: false, pattern: "action_required", reason, composer_is_empty };
  }
  const pattern = composer_is_empty === false ? UNSUBMITTED_INPUT.pattern : null;
  const reason = "the pane shows no prompt and no menu";
  return { text_allowed: true, enter_allowed: true, pattern, reason, composer_is_empty };
}

/** Whether the composer of Codex is empty; null when the screen shows none or does not tell (spec 02 §6, item 7). */
export function composerIsEmpty(screen: Screen): boolean | null {
  return readScreen(screen).composer_is_empty;
}

/** What the title that Codex gives its terminal says; null without a title (spec 02 §7.3). */
export function paneTitleMeaning(title: string | null): TitleMeaning | null {
  if (title === null || title.trim() === "") return null;
  if (/^\s*[\u2800-\u28ff]/.test(title)) return "busy";
  return /action required/i.test(title) ? "waiting_on_human" : "idle";
}

function matchesOf(read: ReadScreen): Match[] {
  const prompts = PANE_PATTERNS.filter((row) => shows(read, row));
  const unsubmitted = read.composer_is_empty === false ? [UNSUBMITTED_INPUT] : [];
  return [...prompts, ...unsubmitted, ...BUSY_PATTERNS.filter((row) => shows(read, row))];
}

function shows(read: ReadScreen, row: PanePattern): boolean {
  if (row.needs_choice && !read.has_choice) return false;
  if (row.all_of && !row.all_of.every((phrase) => phrase.test(read.flat))) return false;
  const text = row.passes_with_next_message ? read.since_message : read.flat;
  if (row.any_of.some((phrase) => phrase.test(text))) return true;
  return row.pattern === "approval_prompt" && showsOlderApproval(read);
}

function showsOlderApproval(read: ReadScreen): boolean {
  const rule = OLDER_APPROVAL_RULE;
  const text = read.lines
    .slice(-rule.lines_looked_at)
    .filter((line) => !rule.ignored_lines.test(line))
    .join("\n");
  return rule.any_of.test(text) && rule.and_any_of.test(text);
}

function isFlagged(match: Match, screen: ScreenContext): boolean {
  if (match.flagged === "at_once") return true;
  const { status_age_seconds, busy_wait_seconds, recent_event_count = 0 } = screen;
  if (match.pattern !== "long_running_interruptible") {
    return status_age_seconds === null || status_age_seconds >= busy_wait_seconds;
  }
  if (recent_event_count >= QUIET_EVENT_THRESHOLD) return false;
  return status_age_seconds !== null && status_age_seconds >= busy_wait_seconds;
}

function findingOf({ pattern, reason, recommended_action }: Match): PaneFinding {
  return { pattern, reason, recommended_action };
}

/** Prompts and work come before the composer, which the screen shows at the same time (spec 02 §7.2). */
function startupOf(read: ReadScreen, matches: readonly Match[]): PaneClassification["startup"] {
  const prompt = matches.find((match) => match.attention !== "none");
  if (prompt?.attention === "trust") return { state: "needs_trust", reason: prompt.reason };
  // A dialog takes the place of the composer; a notice leaves it there.
  if (prompt && read.composer === null)
    return { state: "working", reason: `Codex waits for an answer: ${prompt.reason}` };
  const shown = matches.map((match) => match.pattern);
  if (shown.includes("mcp_startup")) return { state: "starting", reason: "Codex is starting its MCP servers" };
  if (shown.includes("long_running_interruptible")) return { state: "working", reason: "Codex is busy" };
  if (read.composer !== null) return { state: "ready", reason: "Codex shows its composer" };
  if (/error|failed/i.test(read.flat)) return { state: "error", reason: "the pane shows an error" };
  if (read.flat === "") return { state: "starting", reason: "the pane is still empty" };
  return { state: "starting", reason: "Codex has not shown its composer yet" };
}
