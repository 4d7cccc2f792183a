import type { Attention } from "@conveyor/contracts/agent-status";
import { DRAFT_PATTERN, UNKNOWN_SCREEN_PATTERN } from "../obstacles.ts";

/** Where on the screen the phrases of a row stand. */
export type SeenIn =
  /**
   * Anywhere in a dialog, which is what stands below the latest answer or message when no composer is the last thing on
   * the screen. Such a row wins over every heading, because a dialog can show words of an agent below its own.
   */
  | "dialog"
  /** In the last lines of a dialog, as the heading nearest to its choices. */
  | "heading"
  /** At the very end of the screen. */
  | "last_line"
  /** In the latest block of the transcript, while nothing comes after it: a notice, or what Codex does at the moment. */
  | "latest_block";

/** A row of the classifier. */
export interface PanePattern {
  pattern: string;
  /** The sentence shown with a finding. */
  reason: string;
  seen_in: SeenIn;
  /** Any of these phrases. In a dialog `^` is the beginning of a line, and `\s+` finds a phrase across a line break. */
  any_of: readonly RegExp[];
  /** Or any of these in the last line, where only Codex writes: they prove the dialog whatever is in sight of it. */
  or_last_line?: readonly RegExp[];
  /** And each of these. */
  all_of?: readonly RegExp[];
  /** The phrases count only beside a line with a numbered choice, so that a worker that prints them is not flagged. */
  needs_choice: boolean;
  /** `at_once`: a human is waited for. `after_busy_wait`: normal for a while, notable when it lasts. */
  flagged: "at_once" | "after_busy_wait";
  attention: Attention;
  recommended_action: string;
  /** What may be sent into the pane while it shows this: text would be taken as keys, Enter as the answer. */
  accepts: "text_and_enter" | "enter" | "nothing";
}

/** Screens of Codex 0.137 to 0.171 that mean something, most specific first (spec 02 §7.3, §6 item 4). */
export const PANE_PATTERNS: readonly PanePattern[] = [
  {
    pattern: "trust_prompt",
    reason: "Codex asks whether this directory may be trusted",
    seen_in: "heading",
    any_of: [/^do you trust the\s+contents of this\s+directory/im, /^trust this\s+folder\?/im],
    needs_choice: true,
    flagged: "at_once",
    attention: "trust",
    recommended_action: "inspect_or_accept_trust",
    accepts: "enter",
  },
  {
    pattern: "approval_prompt",
    reason: "Codex asks for approval before it goes on",
    seen_in: "dialog",
    any_of: [
      /^would you\s+like\s+to\s+(run\s+the\s+following\s+command|make\s+the\s+following\s+edits|grant\s+these\s+permissions|send\s+input\s+to)/im,
      /needs\s+your\s+approval/i,
      // A tool of an MCP server or of an app, however it words what it asks to be allowed.
      /^allow\s[^?]{1,300}\?/im,
    ],
    // The end of every approval of a command, an edit or a permission, and of nothing else.
    or_last_line: [/press enter to confirm or esc to cancel/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "approval",
    recommended_action: "inspect_or_approve",
    accepts: "nothing",
  },
  {
    pattern: "question_prompt",
    reason: "Codex has put a question",
    seen_in: "dialog",
    any_of: [/^question \d+\/\d+/im],
    or_last_line: [/enter to submit( answer)?\b/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "question",
    recommended_action: "inspect_or_answer",
    accepts: "nothing",
  },
  {
    pattern: "plan_prompt",
    reason: "Codex asks what to do with its plan",
    seen_in: "heading",
    any_of: [/^implement this\s+plan\?/im, /^create a\s+plan\?/im],
    needs_choice: true,
    flagged: "at_once",
    attention: "plan_decision",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
  {
    pattern: "rate_limit_prompt",
    reason: "Codex warns that a rate limit is near",
    seen_in: "heading",
    any_of: [/^approaching rate\s+limits$/im],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_interrupt",
    accepts: "nothing",
  },
  {
    pattern: "permissions_menu",
    reason: "Codex offers to change what it may do without asking",
    seen_in: "heading",
    any_of: [/^update\s+model\s+permissions$/im],
    needs_choice: true,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "send_escape",
    accepts: "nothing",
  },
  {
    pattern: "usage_limit",
    reason: "the usage limit of the account is reached",
    seen_in: "latest_block",
    any_of: [/^■ you.ve hit your usage limit/i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "escalate",
    accepts: "nothing",
  },
  {
    pattern: "interrupt_menu",
    reason: "Codex asks what to do with the running task",
    seen_in: "heading",
    any_of: [/^task is\s+still\s+running/im],
    all_of: [/\d\. cancel task/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
  {
    pattern: "transcript_browse",
    reason: "the pane shows the transcript instead of the composer",
    seen_in: "last_line",
    any_of: [/^browsing( transcript)? · /i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "send_escape",
    accepts: "nothing",
  },
  {
    pattern: "enter_to_confirm",
    reason: "Codex waits for Enter",
    seen_in: "last_line",
    any_of: [/press enter to (confirm|continue)/i, /enter (select|continue) · esc/i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
];

/** A finding that no phrase proves. */
export type UnphrasedPattern = Omit<PanePattern, "any_of" | "or_last_line" | "all_of" | "needs_choice" | "seen_in">;

/** The title asks for a human, and the screen does not tell why: so far these were approvals that hide their question. */
export const ACTION_REQUIRED = {
  pattern: "action_required",
  reason: "the title of the pane asks for a human, and the screen does not tell why",
  flagged: "at_once",
  attention: "approval",
  recommended_action: "inspect_or_approve",
  accepts: "nothing",
} as const satisfies UnphrasedPattern;

/** Found by looking at the composer instead of by a phrase; stands between the prompts and the busy patterns. */
export const UNSUBMITTED_INPUT = {
  pattern: DRAFT_PATTERN,
  reason: "text stands in the composer and was not sent",
  flagged: "at_once",
  attention: "none",
  recommended_action: "inspect_or_submit",
  accepts: "enter",
} as const satisfies UnphrasedPattern;

/** What is left: another view of Codex, another program, or a screen of a later version. */
export const UNKNOWN_SCREEN = {
  pattern: UNKNOWN_SCREEN_PATTERN,
  reason: "no empty composer is the last thing on the screen",
  flagged: "after_busy_wait",
  attention: "none",
  recommended_action: "inspect",
  accepts: "nothing",
} as const satisfies UnphrasedPattern;

/** What is normal for a while. */
export const BUSY_PATTERNS: readonly PanePattern[] = [
  {
    pattern: "reconnecting",
    reason: "Codex is trying to reach its model again",
    seen_in: "latest_block",
    any_of: [/^\S reconnecting\.\.\./i],
    needs_choice: false,
    flagged: "after_busy_wait",
    attention: "none",
    recommended_action: "wait",
    accepts: "text_and_enter",
  },
  {
    pattern: "mcp_startup",
    reason: "Codex is still starting its MCP servers",
    seen_in: "latest_block",
    any_of: [/^\S (starting|booting) mcp server/i],
    needs_choice: false,
    flagged: "after_busy_wait",
    attention: "none",
    recommended_action: "inspect_or_interrupt",
    accepts: "text_and_enter",
  },
  {
    pattern: "long_running_interruptible",
    reason: "Codex has been busy for a long time and can be interrupted",
    seen_in: "latest_block",
    // A very narrow pane cuts the words after the key.
    any_of: [/^\S .*\(.*\d+s • \S+ to in/i],
    needs_choice: false,
    flagged: "after_busy_wait",
    attention: "none",
    recommended_action: "inspect_or_interrupt",
    accepts: "text_and_enter",
  },
];

/** The rule of the earlier tool for approvals that use other words (spec 02 §7.1). */
export const OLDER_APPROVAL_RULE = {
  lines_looked_at: 12,
  /** Our own output, echoed in the pane. */
  ignored_lines: /approval_prompt|inspect_or_approve|notable_pane_pattern/i,
  any_of: /approval|approve/i,
  and_any_of: /allow|deny|permission|requires approval|needs approval|approve command/i,
} as const;

/** What an empty composer shows. Until 0.168 one of several, chosen at random. */
export const COMPOSER_PLACEHOLDER = "Ask Codex to do anything";
export const FIRST_VERSION_WITH_ONE_PLACEHOLDER = { major: 0, minor: 169 } as const;

/** Whether a block of the transcript is the step that runs, which changes every second and goes when it ends. */
export function isRunningStep(block: string): boolean {
  return BUSY_PATTERNS.some((row) => row.any_of.some((phrase) => phrase.test(block)));
}
