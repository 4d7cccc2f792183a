import type { PaneClassification, PaneFinding, PaneReadiness, Screen, ScreenContext } from "../agent.ts";
import type { Composer } from "./composer.ts";
import type { PanePattern, SeenIn, UnphrasedPattern } from "./pane-patterns.ts";
import {
  ACTION_REQUIRED,
  BUSY_PATTERNS,
  OLDER_APPROVAL_RULE,
  PANE_PATTERNS,
  UNKNOWN_SCREEN,
  UNSUBMITTED_INPUT,
} from "./pane-patterns.ts";
import type { ReadScreen } from "./screen.ts";
import { readScreen } from "./screen.ts";
import { paneTitleMeaning } from "./title.ts";
import { usageLimitHolds } from "./usage-limit.ts";

/** From this many new records on, a session that can be interrupted is busy and not stuck (spec 02 §7.1). */
export const QUIET_EVENT_THRESHOLD = 10;

/**
 * Say what a pane of Codex shows (spec 02 §7). Prompts are flagged at once; what is normal for a while only when the last
 * sign of life is at least `busy_wait_seconds` old. Pure.
 */
export function classifyPane(screen: ScreenContext): PaneClassification {
  const read = readScreen(screen);
  const matches = matchesOf(read, screen);
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
 * Whether text or Enter may be sent into a pane of Codex: it must be recognised, not merely free of known obstacles
 * (spec 00, ruling 2). Text needs an empty composer as the last thing on the screen, and a title that asks for nobody.
 * Enter alone also answers a few dialogs and sends a draft that is no command, but never an approval: not when the title
 * asks for a human, nor when the rollout has an escalated call without an answer. Pure.
 */
export function paneReadiness(screen: Screen): PaneReadiness {
  const read = readScreen(screen);
  const { composer, composer_is_empty } = read;
  const matches = matchesOf(read, screen);
  const refuse = ({ pattern, reason }: UnphrasedPattern): PaneReadiness => {
    return { text_allowed: false, enter_allowed: false, pattern, reason, composer_is_empty };
  };

  const refusing = matches.find((match) => match.accepts === "nothing" && !isOver(match, read, screen));
  if (refusing) return refuse(refusing);
  if (paneTitleMeaning(screen.title ?? null) === "waiting_on_human") return refuse(ACTION_REQUIRED);
  const answerable = matches.find((match) => match.accepts === "enter");
  if (answerable) {
    if (composer !== null) return { ...refuse(answerable), enter_allowed: sendsText(composer) };
    if (screen.unanswered !== "approval") return { ...refuse(answerable), enter_allowed: true };
    return refuse({ ...answerable, reason: "a call of the agent has no answer yet, and this may be its approval" });
  }
  if (composer?.footer !== "known") return refuse(UNKNOWN_SCREEN);
  if (composer_is_empty !== true) {
    return refuse({ ...UNKNOWN_SCREEN, reason: "this version of Codex does not tell an empty composer from a draft" });
  }
  const reason = "an empty composer is the last thing on the screen";
  return { text_allowed: true, enter_allowed: true, pattern: null, reason, composer_is_empty };
}

/** Whether Enter sends what the composer holds as a message, instead of running it or completing its last word. */
function sendsText({ mode, draft, footer }: Composer): boolean {
  const completes = /(?:^|\s)[@$]\S*$/.test(draft.at(-1) ?? "");
  return footer === "known" && mode === "text" && !draft[0]?.startsWith("/") && !completes;
}

/** Whether the composer of Codex is empty; null when the screen shows none or does not tell (spec 02 §6, item 7). */
export function composerIsEmpty(screen: Screen): boolean | null {
  return readScreen(screen).composer_is_empty;
}

/** What a screen shows, most specific first. */
function matchesOf(read: ReadScreen, screen: Screen): UnphrasedPattern[] {
  const prompts = promptsOf(read);
  const busy = BUSY_PATTERNS.filter((row) => shows(read, row));
  const asks = prompts.some((row) => row.attention !== "none");
  const unexplained = !asks && read.composer === null && paneTitleMeaning(screen.title ?? null) === "waiting_on_human";
  const unsubmitted = read.composer_is_empty === false && read.composer?.footer !== "view";
  const found = [
    ...(unexplained ? [ACTION_REQUIRED] : []),
    ...prompts,
    ...(unsubmitted ? [UNSUBMITTED_INPUT] : []),
    ...busy,
  ];
  const has_keys = read.composer !== null && ["known", "none"].includes(read.composer.footer);
  return found.length > 0 || read.is_blank || has_keys ? found : [UNKNOWN_SCREEN];
}

/** The prompts of a screen. It shows one dialog at most; what else looks like one are words of an agent in or above it. */
function promptsOf(read: ReadScreen): PanePattern[] {
  const shown = PANE_PATTERNS.filter((row) => shows(read, row));
  const headings = shown.filter((row) => row.seen_in === "heading");
  const nearest = headings.toSorted((a, b) => lastPlace(read.heading, b) - lastPlace(read.heading, a))[0];
  const refused = nearest?.accepts === "nothing" ? nearest : olderApproval(read);
  const dialog = shown.find((row) => row.seen_in === "dialog") ?? refused ?? nearest;
  const others = shown.filter((row) => row.seen_in !== "dialog" && row.seen_in !== "heading");
  return dialog === undefined ? others : [dialog, ...others];
}

/** Approvals that use other words (spec 02 §7.1). */
function olderApproval(read: ReadScreen): PanePattern | undefined {
  if (!read.has_choice) return undefined;
  const rule = OLDER_APPROVAL_RULE;
  const text = read.heading
    .split("\n")
    .slice(-rule.lines_looked_at)
    .filter((line) => !rule.ignored_lines.test(line))
    .join("\n");
  if (!rule.any_of.test(text) || !rule.and_any_of.test(text)) return undefined;
  return PANE_PATTERNS.find((row) => row.pattern === "approval_prompt");
}

function shows(read: ReadScreen, row: PanePattern): boolean {
  if (row.or_last_line?.some((phrase) => phrase.test(read.last_lines))) return true;
  if (row.needs_choice && !read.has_choice) return false;
  const text = textFor(read, row.seen_in);
  if (row.all_of && !row.all_of.every((phrase) => phrase.test(text))) return false;
  return row.any_of.some((phrase) => phrase.test(text));
}

function textFor(read: ReadScreen, seen_in: SeenIn): string {
  switch (seen_in) {
    case "dialog":
      return read.dialog;
    case "heading":
      return read.heading;
    case "last_line":
      return read.last_line;
    case "latest_block":
      return read.latest;
  }
}

function lastPlace(text: string, row: PanePattern): number {
  return Math.max(
    ...row.any_of.map((phrase) => [...text.matchAll(new RegExp(phrase, `${phrase.flags}g`))].at(-1)?.index ?? -1),
  );
}

/** The one notice that stays on the screen after it has ceased to hold. */
function isOver({ pattern }: UnphrasedPattern, read: ReadScreen, screen: Screen): boolean {
  return pattern === "usage_limit" && !usageLimitHolds(read.latest, screen.at ?? null);
}

function isFlagged(match: UnphrasedPattern, screen: ScreenContext): boolean {
  if (match.flagged === "at_once") return true;
  const { status_age_seconds, busy_wait_seconds, recent_event_count = 0 } = screen;
  const is_quiet = status_age_seconds !== null && status_age_seconds >= busy_wait_seconds;
  if (match.pattern === UNKNOWN_SCREEN.pattern) return is_quiet;
  if (match.pattern === "long_running_interruptible") return is_quiet && recent_event_count < QUIET_EVENT_THRESHOLD;
  return status_age_seconds === null || is_quiet;
}

function findingOf({ pattern, reason, recommended_action }: UnphrasedPattern): PaneFinding {
  return { pattern, reason, recommended_action };
}

/** Prompts and work come before the composer, which the screen shows at the same time (spec 02 §7.2). */
function startupOf(read: ReadScreen, matches: readonly UnphrasedPattern[]): PaneClassification["startup"] {
  const prompt = matches.find((match) => match.attention !== "none");
  if (prompt?.attention === "trust") return { state: "needs_trust", reason: prompt.reason };
  // A dialog takes the place of the composer; a notice leaves it there.
  if (prompt && read.composer?.footer !== "known")
    return { state: "working", reason: `Codex waits for an answer: ${prompt.reason}` };
  const shown = matches.map((match) => match.pattern);
  if (shown.includes("mcp_startup")) return { state: "starting", reason: "Codex is starting its MCP servers" };
  if (shown.includes("long_running_interruptible")) return { state: "working", reason: "Codex is busy" };
  if (read.composer !== null) return { state: "ready", reason: "Codex shows its composer" };
  if (/error|failed/i.test(read.heading)) return { state: "error", reason: "the pane shows an error" };
  if (read.is_blank) return { state: "starting", reason: "the pane is still empty" };
  return { state: "starting", reason: "Codex has not shown its composer yet" };
}
