import { describe, expect, it } from "vitest";
import { paneFixture, recordedPanes } from "../../../fixtures/index.ts";
import type { ScreenContext } from "../agent.ts";
import { classifyPane, composerIsEmpty, paneReadiness } from "./pane.ts";
import { BUSY_PATTERNS, PANE_PATTERNS } from "./pane-patterns.ts";

function classify(text: string, context: Partial<ScreenContext> = {}) {
  return classifyPane({ text, status_age_seconds: 0, busy_wait_seconds: 90, ...context });
}
const patternOf = (text: string, context: Partial<ScreenContext> = {}) =>
  classify(text, context).classifier?.pattern ?? null;

const CHOICE = "› 1. Yes, proceed (y)\n  2. No";
const STATUS = "  model default · /home/dev/project";
const HINTS = "  ← for agents · ? for shortcuts";
const COMPOSER = `› Ask Codex to do anything\n\n${STATUS}\n${HINTS}`;

/** A text in each of the words that a row of the table looks for. */
const PHRASES = [
  "Do you trust the contents of this directory?",
  "Trust this folder?",
  "Would you like to run the following command?",
  "Would you like to make the following edits?",
  "Would you like to grant these permissions?",
  "Would you like to send input to the existing terminal?",
  "The server needs your approval",
  'Allow the files MCP server to run tool "delete"?',
  "Question 1/2",
  "enter to submit answer",
  "Implement this plan?",
  "Create a plan?",
  "Approaching rate limits",
  "■ You’ve hit your usage limit. try again at 10:38 AM.",
  "Update Model Permissions",
  "Task is still running",
  "1. Cancel task",
  "Browsing transcript · esc back",
  "Press enter to confirm or esc to cancel",
  "Press enter to continue",
  "enter select · esc back",
  "enter continue · esc back",
  "• Reconnecting... 2/5",
  "• Starting MCP servers (1/2): demo (3s • esc to interrupt)",
  "• Working (2s • esc to interrupt)",
  "[ ! ] Action Required | x",
  "reverse-i-search:",
  "Find: x",
];

describe("the phrases of this test", () => {
  it("cover every row of the tables", () => {
    for (const row of [...PANE_PATTERNS, ...BUSY_PATTERNS]) {
      for (const phrase of [...row.any_of, ...(row.or_last_line ?? []), ...(row.all_of ?? [])]) {
        expect(
          PHRASES.some((text) => phrase.test(text)),
          `${row.pattern}: ${phrase}`,
        ).toBe(true);
      }
    }
  });
});

describe("words that are content", () => {
  it.each(PHRASES)("are no screen as the name of the thread: %s", (name) => {
    const text = `› hello\n\n• Done.\n\n  Worked for 2s • 09:38\n\n\n› Ask Codex to do anything\n\n${STATUS} · ${name}\n${HINTS}`;
    const screen = { text, title: `a ${name} | project` };
    expect(paneReadiness(screen)).toMatchObject({ text_allowed: true, pattern: null });
    expect(classify(text, screen)).toMatchObject({ classifier: null, attention: "none", startup: { state: "ready" } });
  });

  it.each(PHRASES)(
    "are no screen in a message that was sent, nor in the answer above an empty composer: %s",
    (words) => {
      const text = `› ${words}\n  ${words}\n\n\n• Fine.\n\n  ${words}\n\n  1. Yes\n\n  Worked for 2s • 09:38\n\n\n${COMPOSER}`;
      expect(paneReadiness({ text })).toMatchObject({ text_allowed: true, pattern: null });
      expect(classify(text)).toMatchObject({ classifier: null, attention: "none", startup: { state: "ready" } });
    },
  );

  it.each(PHRASES)("make no other dialog of an approval in whose command they stand: %s", (words) => {
    const dialog = (command: string, end: string) =>
      `• Running it\n\n\n  Would you like to run the following command?\n\n  $ ${command}\n\n\n${CHOICE}\n\n${end}`;
    const end = "  Press enter to confirm or esc to cancel";
    const long = Array.from({ length: 30 }, (_, n) => `line ${n}`).join("\n  ");
    for (const text of [
      dialog(words, end),
      dialog(`cat\n  ${words}\n  ${words}`, end),
      dialog(`${long}\n  ${words}\n\n  › 1. Yes`, end),
      // Only the end of one that is higher than the pane is in sight.
      `  ${words}\n  ${long}\n  ${words}\n↓\n${end}`,
      // A later version may end it with other words.
      dialog(words, "  enter select · esc back"),
      dialog(`${long}\n  ${words}`, "  enter select · esc back"),
    ]) {
      expect(paneReadiness({ text })).toMatchObject({
        text_allowed: false,
        enter_allowed: false,
        pattern: "approval_prompt",
      });
      expect(classify(text)).toMatchObject({ attention: "approval", startup: { state: "working" } });
    }
  });

  it.each(PHRASES)("make no dialog that Enter answers of a question in which they stand: %s", (words) => {
    const text = `› plan\n\n\n  Question 1/1 (1 unanswered)\n  ${words}\n\n  › 1. ${words}\n    2. No\n\n  tab to add notes | enter to submit answer | esc to interrupt`;
    expect(paneReadiness({ text })).toMatchObject({ text_allowed: false, enter_allowed: false });
    expect(["question", "approval"]).toContain(classify(text).attention);
  });

  it.each(PHRASES)("are unsent text as a draft: %s", (words) => {
    const text = `• Done.\n\n\n› note: ${words}\n  ${words}\n\n${STATUS}\n${HINTS}`;
    expect(paneReadiness({ text })).toMatchObject({ text_allowed: false, pattern: "unsubmitted_input" });
    expect(classify(text)).toMatchObject({ attention: "none", startup: { state: "ready" } });
  });
});

describe("classifyPane", () => {
  it("flags what is normal for a while once it lasts", () => {
    expect(patternOf(paneFixture("v0.169-mcp-startup"), { status_age_seconds: 90 })).toBe("mcp_startup");
    expect(patternOf(paneFixture("v0.169-mcp-startup"), { status_age_seconds: null })).toBe("mcp_startup");
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: 89 })).toBeNull();
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: 90 })).toBe("long_running_interruptible");
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: null })).toBeNull();
    expect(patternOf("• Reconnecting... 2/5", { status_age_seconds: 90 })).toBe("reconnecting");
    expect(patternOf("~\n~\nsomething else", { status_age_seconds: 89 })).toBeNull();
    expect(patternOf("~\n~\nsomething else", { status_age_seconds: null })).toBeNull();
    expect(patternOf("~\n~\nsomething else", { status_age_seconds: 90 })).toBe("unknown_screen");
  });

  it("does not call a worker stuck that has just written many records", () => {
    const screen = paneFixture("v0.169-working");
    expect(patternOf(screen, { status_age_seconds: 900, recent_event_count: 9 })).toBe("long_running_interruptible");
    expect(patternOf(screen, { status_age_seconds: 900, recent_event_count: 10 })).toBeNull();
    expect(classify(screen, { recent_event_count: 10 }).patterns).toEqual(["long_running_interruptible"]);
  });

  it("lists every pattern of a screen, the most specific first", () => {
    expect(classify(paneFixture("v0.169-command-approval")).patterns).toEqual(["approval_prompt", "enter_to_confirm"]);
    expect(classify(paneFixture("v0.169-trust-prompt")).patterns).toEqual(["trust_prompt", "enter_to_confirm"]);
    expect(classify(paneFixture("v0.169-user-question")).patterns).toEqual(["question_prompt"]);
  });

  it.each([
    ["Would you like to make the following edits?", "approval_prompt"],
    ["Would you like to grant these permissions?", "approval_prompt"],
    ["Would you like to send input to process 7?", "approval_prompt"],
    ["The server needs your approval", "approval_prompt"],
    ["This command requires approval. Allow it?", "approval_prompt"],
    ["Allow Calendar to create an event?", "approval_prompt"],
    ["Create a plan?", "plan_prompt"],
    ["Question 2/3", "question_prompt"],
  ])("takes %j for a prompt only beside a choice", (text, pattern) => {
    expect(patternOf(`${text}\n${CHOICE}`)).toBe(pattern);
    expect(patternOf(`• ${text}`)).toBeNull();
  });

  it.each([
    ["Approaching rate limits\nSwitch to a smaller model?", "rate_limit_prompt", "menu"],
    ["■ You’ve hit your usage limit. Try again later.", "usage_limit", "menu"],
    ["Press Enter to continue", "enter_to_confirm", "menu"],
    ["Press enter to confirm or esc to cancel", "approval_prompt", "approval"],
    ["    … of the command\n↓\n\n  Press enter to confirm\n  or esc to cancel", "approval_prompt", "approval"],
  ])("finds %j without a choice", (text, pattern, attention) => {
    expect(classify(text)).toMatchObject({ classifier: { pattern }, attention });
  });

  it("finds a phrase that the width of the pane has broken", () => {
    expect(patternOf(`  Would you like to run the\n  following command?\n${CHOICE}`)).toBe("approval_prompt");
    expect(patternOf(`  Allow the very long\n  name MCP server to\n  run tool "x"?\n${CHOICE}`)).toBe(
      "approval_prompt",
    );
  });

  it("takes a dialog for one only while it is the last thing on the screen", () => {
    const prompt = paneFixture("v0.169-trust-prompt");
    expect(patternOf(`${prompt}\n• line\n`)).toBeNull();
    expect(patternOf(`${prompt}\n\n${COMPOSER}`)).toBeNull();
    expect(patternOf(prompt)).toBe("trust_prompt");
  });

  it("takes the heading that is nearest to the choices", () => {
    const plan = "  Implement this plan?\n\n› 1. Yes, implement this plan\n  2. No\n\n  enter select · esc back";
    expect(patternOf(`• Plan\n\n  Approaching rate limits\n\n  Trust this folder?\n\n${plan}`)).toBe("plan_prompt");
  });

  it("is not fooled by our own output", () => {
    expect(patternOf(`"notable_pane_pattern": "approval_prompt", permission\n${CHOICE}`)).toBeNull();
  });

  it("takes a message that was sent for sent, and text in the composer for unsent", () => {
    expect(patternOf("› fix it\n\n• Working (2s • esc to interrupt)")).toBeNull();
    expect(patternOf("• Done.\n\n› fix it\n\n  model · /p")).toBe("unsubmitted_input");
    expect(patternOf("• Done.\n\n›\n\n  model · /p")).toBeNull();
  });

  it("does not judge the composer of versions that change their placeholder", () => {
    const text = "• Done.\n\n› Summarize recent commits\n\n  model · /p";
    expect(patternOf(text, { cli_version: "0.137.0" })).toBeNull();
    expect(patternOf(text, { cli_version: "0.169.0" })).toBe("unsubmitted_input");
    expect(patternOf(`│ >_ OpenAI Codex (v0.137.0) │\n${text}`)).toBeNull();
    expect(composerIsEmpty({ text, cli_version: "0.137.0" })).toBeNull();
    expect(classify(text, { cli_version: "0.137.0" }).startup.state).toBe("ready");
    expect(paneReadiness({ text, cli_version: "0.137.0" })).toMatchObject({
      text_allowed: false,
      pattern: "unknown_screen",
    });
  });

  it.each([
    ["", "starting"],
    ["$ codex", "starting"],
    ["codex: error: unknown option", "error"],
    ["Login failed", "error"],
  ])("tells the start-up state of %j: %s", (text, state) => {
    expect(classify(text).startup.state).toBe(state);
  });

  it("says that a human is waited for when only the title tells", () => {
    const title = "[ . ] Action Required | hello | project";
    expect(classify("~\n~\n 100% ─\n q close", { title })).toMatchObject({
      classifier: { pattern: "action_required" },
      attention: "approval",
      title: "waiting_on_human",
    });
    const asked = recordedPanes("0.171").find((pane) => pane.name === "user-question");
    expect(classify(asked?.text ?? "", { title })).toMatchObject({ attention: "question" });
  });

  it("gives each pattern one row with a sentence and an action", () => {
    const rows = [...PANE_PATTERNS, ...BUSY_PATTERNS];
    expect(new Set(rows.map((row) => row.pattern)).size).toBe(rows.length);
    for (const row of rows) {
      expect(row.reason).toMatch(/^\S.+[^.]$/);
      expect(row.needs_choice).toBe(
        ["trust", "approval", "question", "plan_decision"].includes(row.attention) ||
          ["interrupt_menu", "permissions_menu"].includes(row.pattern),
      );
      expect(row.accepts === "nothing" || row.attention !== "approval", row.pattern).toBe(true);
    }
  });
});

describe("paneReadiness", () => {
  const READY = { text_allowed: true, enter_allowed: true, pattern: null };
  const NOTHING = { text_allowed: false, enter_allowed: false };

  it("takes text only where an empty composer is the last thing", () => {
    expect(paneReadiness({ text: COMPOSER })).toMatchObject(READY);
    expect(paneReadiness({ text: `${COMPOSER}\n\n\n\n` })).toMatchObject(READY);
    expect(paneReadiness({ text: "›\n\n  ? for shortcuts" })).toMatchObject(READY);
    // What tmux keeps of a message with joined emoji, in the place of the footer.
    const leftover = COMPOSER.replace("← for", "\u200d←  for");
    expect(paneReadiness({ text: leftover })).toMatchObject(READY);
  });

  it.each([
    ["a blank pane", ""],
    ["a shell", "$ "],
    ["a shell after Codex has ended", `${COMPOSER}\nTo continue this session, run codex resume 0\n$ `],
    ["a shell whose prompt is a composer's mark", "› "],
    ["an editor", "fix the parser\n~\n~\n-- INSERT --"],
    ["a pager", "line\nline\n:"],
    [
      "an update prompt",
      "  ✨ Update available! 0.171.0 -> 0.172.0\n\n› 1. Update now\n  2. Skip\n\n  Press enter to go on",
    ],
    ["an unknown hint below the composer", `› Ask Codex to do anything\n\n${STATUS}\n  type to filter · esc leave`],
    [
      "a view that keeps the composer in sight",
      `› Ask Codex to do anything\n\n${STATUS}\n  reverse-i-search: ? for shortcuts`,
    ],
    ["a composer that takes no input", `› Input disabled.\n\n${STATUS}\n${HINTS}`],
    ["a screen that prints a composer", `${COMPOSER}\n\n• And then?`],
  ])("is not ready: %s", (_what, text) => {
    expect(paneReadiness({ text }).text_allowed).toBe(false);
    expect(paneReadiness({ text }).pattern).not.toBeNull();
  });

  it("refuses keys when the title asks for a human, whatever the screen shows", () => {
    const title = "[ ! ] Action Required | project";
    for (const text of ["something new", COMPOSER, `Implement this plan?\n${CHOICE}`]) {
      expect(paneReadiness({ text, title })).toMatchObject({ ...NOTHING, pattern: "action_required" });
    }
    expect(paneReadiness({ text: COMPOSER, title: "project" })).toMatchObject(READY);
  });

  it("keeps Enter from a menu while a call of the rollout waits for approval", () => {
    const menu = { text: "  Select\n\n› 1. One\n  2. Two\n\n  enter select · esc back" };
    expect(paneReadiness(menu)).toMatchObject({ text_allowed: false, enter_allowed: true });
    expect(paneReadiness({ ...menu, unanswered: "approval" })).toMatchObject(NOTHING);
    // A call that was approved stays unanswered until its command has ended; the composer shows that nobody asks.
    expect(paneReadiness({ text: COMPOSER, unanswered: "approval" })).toMatchObject(READY);
  });

  it("names the prompt that stands in the way, the stricter one of two", () => {
    expect(paneReadiness({ text: paneFixture("v0.169-command-approval") }).pattern).toBe("approval_prompt");
    expect(paneReadiness({ text: `Approaching rate limits\nPress enter to continue` })).toMatchObject({
      enter_allowed: false,
      pattern: "rate_limit_prompt",
    });
  });

  it.each([
    ["half a thought", true],
    ["1. first\n  2. second", true],
    ["日本語で書きかけ", true],
    ["Ask Codex to do", true],
    ["Ask Codex to do anything\n  else", true],
    ["\n  begins with a line break", true],
    ["/quit", false],
    ["look at @alpha", false],
    ["use $review", false],
    ["$", false],
    ["write to a@b.c", true],
    ["/foo do the thing", false],
  ])("takes no text beside the draft %j; Enter sends it: %s", (draft, enter_allowed) => {
    expect(paneReadiness({ text: `• Done.\n\n› ${draft}\n\n${STATUS}\n${HINTS}` })).toEqual({
      text_allowed: false,
      enter_allowed,
      pattern: "unsubmitted_input",
      reason: expect.any(String),
      composer_is_empty: false,
    });
  });
});

describe("the notice of a usage limit", () => {
  const notice = (end: string, after = "") =>
    `› go on\n\n\n■ You’ve hit your usage limit. Upgrade, or ${end}\n\n${after}\n${COMPOSER}`;
  const at = (hour: number, minute: number) => new Date(2026, 10, 29, hour, minute);

  it.each([
    ["try again at 10:38 AM.", at(10, 37), false],
    ["try again at 10:38 AM.", at(10, 38), true],
    ["try again at 3:05 PM.", at(15, 4), false],
    ["try again at 3:05 PM.", at(15, 5), true],
    ["try again at 12:10 AM.", at(0, 9), false],
    ["try again at 12:10 AM.", at(0, 10), true],
    ["try\nagain at 3:05\nPM.", at(15, 4), false],
    ["try again at Dec 3rd, 2026 10:38 AM.", at(23, 59), false],
    ["try again at Dec 3rd, 2026 10:38 AM.", new Date(2026, 11, 3, 10, 38), true],
    ["try again later.", at(9, 0), true],
    ["try again at 10:38 AM.", undefined, false],
  ] as const)("%j lets text through at %s: %s", (end, now, text_allowed) => {
    const text = notice(end);
    expect(paneReadiness({ text, at: now })).toMatchObject({ text_allowed });
    expect(classify(text, { at: now })).toMatchObject({ classifier: { pattern: "usage_limit" }, attention: "menu" });
  });

  it("ends with whatever comes after it, and not with the warning at the right edge", () => {
    const end = "try again at 10:38 AM.";
    const edge = `${" ".repeat(60)}⚠ 5h limit: only <1% left · resets at 10:38 · /status\n`;
    expect(paneReadiness({ text: notice(end, edge) }).pattern).toBe("usage_limit");
    const terminals = "  1 background terminal running · /ps to view · /stop to close\n";
    expect(paneReadiness({ text: notice(end, terminals) }).pattern).toBe("usage_limit");
    for (const later of ["• Model changed to scripted.\n", "› once more\n\n• Done.\n", "■ Codex ran out of room.\n"]) {
      expect(paneReadiness({ text: notice(end, `${later}\n${edge}`) }).pattern).toBeNull();
    }
  });
});
