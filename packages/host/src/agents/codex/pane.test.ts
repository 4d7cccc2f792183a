import { describe, expect, it } from "vitest";
import { paneFixture, recordedPane, recordedPanes, titleFixtures } from "../../../fixtures/index.ts";
import type { ScreenContext } from "../agent.ts";
import { classifyPane, composerIsEmpty, paneReadiness, paneTitleMeaning } from "./pane.ts";
import { BUSY_PATTERNS, PANE_PATTERNS } from "./pane-patterns.ts";

function classify(text: string, context: Partial<ScreenContext> = {}) {
  return classifyPane({ text, status_age_seconds: 0, busy_wait_seconds: 90, ...context });
}
const patternOf = (text: string, context: Partial<ScreenContext> = {}) =>
  classify(text, context).classifier?.pattern ?? null;

const CHOICE = "› 1. Yes, proceed (y)\n  2. No";

describe("the sample panes", () => {
  it.each([
    // screen, found at once, attention, start-up, text, Enter, composer empty
    ["v0.137-command-approval", "approval_prompt", "approval", "working", false, false, null],
    ["v0.137-trust-prompt", "trust_prompt", "trust", "needs_trust", false, true, null],
    ["v0.169-command-approval", "approval_prompt", "approval", "working", false, false, null],
    ["v0.169-ctrl-c-task-still-running", "interrupt_menu", "menu", "working", false, true, null],
    ["v0.169-idle-composer", null, "none", "ready", true, true, true],
    ["v0.169-implement-plan", "plan_prompt", "plan_decision", "working", false, true, null],
    ["v0.169-interrupted", null, "none", "ready", true, true, true],
    ["v0.169-mcp-startup", null, "none", "starting", true, true, true],
    ["v0.169-transcript-browsing", "transcript_browse", "menu", "working", false, false, null],
    ["v0.169-trust-prompt", "trust_prompt", "trust", "needs_trust", false, true, null],
    ["v0.169-unsubmitted-paste-in-composer", "unsubmitted_input", "none", "ready", true, true, false],
    ["v0.169-user-question", "question_prompt", "question", "working", false, false, null],
    ["v0.169-working", null, "none", "working", true, true, true],
  ] as const)("%s: %s, attention %s, start-up %s", (name, pattern, attention, state, text, enter, composer) => {
    const screen = paneFixture(name);
    const found = classify(screen);
    expect(found.classifier?.pattern ?? null).toBe(pattern);
    expect(found.attention).toBe(attention);
    expect(found.startup.state).toBe(state);
    expect(paneReadiness({ text: screen })).toMatchObject({
      text_allowed: text,
      enter_allowed: enter,
      composer_is_empty: composer,
    });
    expect(composerIsEmpty({ text: screen })).toBe(composer);
  });

  it("flags what is normal for a while once it lasts", () => {
    expect(patternOf(paneFixture("v0.169-mcp-startup"), { status_age_seconds: 90 })).toBe("mcp_startup");
    expect(patternOf(paneFixture("v0.169-mcp-startup"), { status_age_seconds: null })).toBe("mcp_startup");
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: 89 })).toBeNull();
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: 90 })).toBe("long_running_interruptible");
    expect(patternOf(paneFixture("v0.169-working"), { status_age_seconds: null })).toBeNull();
    expect(patternOf("• Reconnecting... 2/5", { status_age_seconds: 90 })).toBe("reconnecting");
  });

  it("does not call a worker stuck that has just written many records", () => {
    const screen = paneFixture("v0.169-working");
    expect(patternOf(screen, { status_age_seconds: 900, recent_event_count: 9 })).toBe("long_running_interruptible");
    expect(patternOf(screen, { status_age_seconds: 900, recent_event_count: 10 })).toBeNull();
    expect(classify(screen, { recent_event_count: 10 }).patterns).toEqual(["long_running_interruptible"]);
  });

  it("lists every pattern of a screen, the most specific first", () => {
    expect(classify(paneFixture("v0.169-command-approval")).patterns).toEqual(["approval_prompt", "enter_to_confirm"]);
    expect(classify(paneFixture("v0.169-trust-prompt")).patterns[0]).toBe("trust_prompt");
    expect(classify(paneFixture("v0.169-user-question")).patterns).toEqual([
      "question_prompt",
      "long_running_interruptible",
    ]);
  });
});

describe("the recorded panes", () => {
  const rows = [
    // screen, found at once, attention, start-up, title, text, Enter, composer empty
    ["trust-prompt", "trust_prompt", "trust", "needs_trust", "idle", false, true, null],
    ["idle-composer", null, "none", "ready", "idle", true, true, true],
    ["working", null, "none", "working", "busy", true, true, true],
    ["interrupted", null, "none", "ready", "idle", true, true, true],
    ["steer-pending", null, "none", "working", "busy", true, true, true],
    ["steer-sent", null, "none", "ready", "idle", true, true, true],
    ["commands", null, "none", "ready", "idle", true, true, true],
    ["command-approval", "approval_prompt", "approval", "working", "waiting_on_human", false, false, null],
    ["approval-declined", null, "none", "ready", "idle", true, true, true],
    ["unsubmitted-input", "unsubmitted_input", "none", "ready", "idle", true, true, false],
    ["ctrl-c-clears-composer", null, "none", "ready", "idle", true, true, true],
    ["rate-limit-prompt", "rate_limit_prompt", "menu", "working", "idle", false, false, null],
    ["usage-limit", "usage_limit", "menu", "ready", "idle", false, false, true],
    ["turn-failed", null, "none", "ready", "idle", true, true, true],
    ["compacted", null, "none", "ready", "idle", true, true, true],
    ["user-question", "question_prompt", "question", "working", "waiting_on_human", false, false, null],
    ["implement-plan", "plan_prompt", "plan_decision", "working", "idle", false, true, null],
    ["after-clear", null, "none", "ready", "idle", true, true, true],
  ] as const;

  it.each(rows)(
    "%s: %s, attention %s, start-up %s, title %s",
    (name, pattern, attention, state, title, text, enter, composer) => {
      const screen = recordedPane(name);
      const found = classify(screen.text, screen);
      expect(found.classifier?.pattern ?? null).toBe(pattern);
      expect(found).toMatchObject({ attention, startup: { state }, title });
      expect(paneReadiness(screen)).toMatchObject({
        text_allowed: text,
        enter_allowed: enter,
        composer_is_empty: composer,
      });
    },
  );

  it("are all judged", () => {
    expect(rows.map(([name]) => name).sort()).toEqual(recordedPanes().sort());
  });
});

describe("classifyPane", () => {
  it.each([
    ["Would you like to make the following edits?", "approval_prompt"],
    ["Would you like to grant these permissions?", "approval_prompt"],
    ["Would you like to send input to process 7?", "approval_prompt"],
    ["The server needs your approval", "approval_prompt"],
    ["This command requires approval. Allow it?", "approval_prompt"],
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
  ])("finds %j without a choice", (text, pattern, attention) => {
    expect(classify(text)).toMatchObject({ classifier: { pattern }, attention });
  });

  it("finds a phrase that the width of the pane has broken", () => {
    expect(patternOf(`  Would you like to run the\n  following command?\n${CHOICE}`)).toBe("approval_prompt");
  });

  it("ignores a prompt that has left the last 20 lines, but counts no blank lines", () => {
    const prompt = paneFixture("v0.169-trust-prompt");
    const lines = (count: number) => Array.from({ length: count }, (_, n) => `• line ${n}`).join("\n\n\n");
    expect(patternOf(`${prompt}\n${lines(20)}`)).toBeNull();
    expect(patternOf(`${prompt}\n${lines(5)}`)).toBe("trust_prompt");
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
  });

  it.each([
    ["", "starting"],
    ["$ codex", "starting"],
    ["codex: error: unknown option", "error"],
    ["Login failed", "error"],
  ])("tells the start-up state of %j: %s", (text, state) => {
    expect(classify(text).startup.state).toBe(state);
  });

  it("gives each pattern one row with a sentence and an action", () => {
    const rows = [...PANE_PATTERNS, ...BUSY_PATTERNS];
    expect(new Set(rows.map((row) => row.pattern)).size).toBe(rows.length);
    for (const row of rows) {
      expect(row.reason).toMatch(/^\S.+[^.]$/);
      expect(row.needs_choice).toBe(
        ["trust", "approval", "question", "plan_decision"].includes(row.attention) || row.pattern === "interrupt_menu",
      );
    }
  });
});

describe("paneReadiness", () => {
  it("refuses keys when the title asks for a human and the screen does not tell why", () => {
    const screen = { text: "something new", title: "[ ! ] Action Required | project" };
    expect(paneReadiness(screen)).toMatchObject({
      text_allowed: false,
      enter_allowed: false,
      pattern: "action_required",
    });
    expect(paneReadiness({ ...screen, title: "project" })).toMatchObject({ text_allowed: true, pattern: null });
  });

  it("names the prompt that stands in the way, the stricter one of two", () => {
    expect(paneReadiness({ text: paneFixture("v0.169-command-approval") }).pattern).toBe("approval_prompt");
    expect(paneReadiness({ text: `Approaching rate limits\nPress enter to confirm` })).toMatchObject({
      enter_allowed: false,
      pattern: "rate_limit_prompt",
    });
  });
});

describe("paneTitleMeaning", () => {
  it("reads the titles that Codex sets", () => {
    const titles = titleFixtures();
    expect(paneTitleMeaning(titles.idle)).toBe("idle");
    expect(titles.busy.map(paneTitleMeaning)).toEqual(titles.busy.map(() => "busy"));
    expect(titles.waiting_on_human.map(paneTitleMeaning)).toEqual(["waiting_on_human", "waiting_on_human"]);
    expect(paneTitleMeaning("")).toBeNull();
  });
});
