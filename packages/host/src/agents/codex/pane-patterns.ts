import type { Attention } from "../agent.ts";

/** A row of the classifier. */
export interface PanePattern {
  pattern: string;
  /** The sentence shown with a finding. */
  reason: string;
  /** Any of these phrases, upper or lower case; a line break counts as a blank. */
  any_of: readonly RegExp[];
  /** And each of these. */
  all_of?: readonly RegExp[];
  /** Counts only beside a line with a numbered choice, so that a worker that prints such words is not flagged. */
  needs_choice: boolean;
  /** It stays in the scrollback for good, so it counts only until something is sent after it. */
  passes_with_next_message?: true;
  /** `at_once`: a human is waited for. `after_busy_wait`: normal for a while, notable when it lasts. */
  flagged: "at_once" | "after_busy_wait";
  attention: Attention;
  recommended_action: string;
  /** What may be sent into the pane while it shows this: text would be taken as keys, Enter as the answer. */
  accepts: "text_and_enter" | "enter" | "nothing";
}

/** Screens of Codex 0.137 to 0.169 that mean something, most specific first (spec 02 §7.3, §6 item 4). */
export const PANE_PATTERNS: readonly PanePattern[] = [
  {
    pattern: "trust_prompt",
    reason: "Codex asks whether this directory may be trusted",
    any_of: [/do you trust the contents of this directory/i, /trust this folder\?/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "trust",
    recommended_action: "inspect_or_accept_trust",
    accepts: "enter",
  },
  {
    pattern: "approval_prompt",
    reason: "Codex asks for approval before it goes on",
    any_of: [
      /would you like to (run the following command|make the following edits|grant these permissions|send input to)/i,
      /needs your approval/i,
    ],
    needs_choice: true,
    flagged: "at_once",
    attention: "approval",
    recommended_action: "inspect_or_approve",
    accepts: "nothing",
  },
  {
    pattern: "question_prompt",
    reason: "Codex has put a question",
    any_of: [/question \d+\/\d+/i, /enter to submit answer/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "question",
    recommended_action: "inspect_or_answer",
    accepts: "nothing",
  },
  {
    pattern: "plan_prompt",
    reason: "Codex asks what to do with its plan",
    any_of: [/implement this plan\?/i, /create a plan\?/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "plan_decision",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
  {
    pattern: "rate_limit_prompt",
    reason: "Codex warns that a rate limit is near",
    any_of: [/approaching rate limits/i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_interrupt",
    accepts: "nothing",
  },
  {
    pattern: "usage_limit",
    reason: "the usage limit of the account is reached",
    any_of: [/you.ve hit your usage limit/i],
    needs_choice: false,
    passes_with_next_message: true,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "escalate",
    accepts: "nothing",
  },
  {
    pattern: "interrupt_menu",
    reason: "Codex asks what to do with the running task",
    any_of: [/task is still running/i],
    all_of: [/cancel task/i],
    needs_choice: true,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
  {
    pattern: "transcript_browse",
    reason: "the pane shows the transcript instead of the composer",
    any_of: [/browsing transcript/i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "send_escape",
    accepts: "nothing",
  },
  {
    pattern: "enter_to_confirm",
    reason: "Codex waits for Enter",
    any_of: [/press enter to (confirm|continue)/i, /enter (select|continue) · esc/i],
    needs_choice: false,
    flagged: "at_once",
    attention: "menu",
    recommended_action: "inspect_or_confirm",
    accepts: "enter",
  },
];

/** Found by looking at the composer instead of by a phrase; stands between the prompts and the busy patterns. */
export const UNSUBMITTED_INPUT = {
  pattern: "unsubmitted_input",
  reason: "text stands in the composer and was not sent",
  flagged: "at_once",
  attention: "none",
  recommended_action: "inspect_or_submit",
  accepts: "text_and_enter",
} as const satisfies Omit<PanePattern, "any_of" | "needs_choice">;

/** What is normal for a while. */
export const BUSY_PATTERNS: readonly PanePattern[] = [
  {
    pattern: "reconnecting",
    reason: "Codex is trying to reach its model again",
    any_of: [/reconnecting\.\.\./i],
    needs_choice: false,
    flagged: "after_busy_wait",
    attention: "none",
    recommended_action: "wait",
    accepts: "text_and_enter",
  },
  {
    pattern: "mcp_startup",
    reason: "Codex is still starting its MCP servers",
    any_of: [/(starting|booting) mcp server/i],
    needs_choice: false,
    flagged: "after_busy_wait",
    attention: "none",
    recommended_action: "inspect_or_interrupt",
    accepts: "text_and_enter",
  },
  {
    pattern: "long_running_interruptible",
    reason: "Codex has been busy for a long time and can be interrupted",
    any_of: [/esc to interrupt/i],
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
export const COMPOSER_PLACEHOLDERS: readonly RegExp[] = [/^Ask Codex to do anything$/i];
export const FIRST_VERSION_WITH_ONE_PLACEHOLDER = { major: 0, minor: 169 } as const;
