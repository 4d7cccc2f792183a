import type { Attention } from "@conveyor/contracts/agent-status";
import { describe, expect, it } from "vitest";
import { furtherPanes, paneFixture, type RecordedPane, recordedPanes } from "../../../fixtures/index.ts";
import type { StartupState, TitleMeaning } from "../agent.ts";
import { classifyPane, paneReadiness } from "./pane.ts";

/** What a screen must mean: `ready` takes text, `enter` takes Enter alone, `nothing` takes no key. */
type Row = [
  name: string,
  pattern: string | null,
  attention: Attention,
  startup: StartupState,
  takes: "text" | "enter" | "nothing",
  composer_is_empty: boolean | null,
  title?: TitleMeaning | null,
];

const READY: Row = ["", null, "none", "ready", "text", true, "idle"];
const WORKING: Row = ["", null, "none", "working", "text", true, "busy"];
const DRAFT: Row = ["", "unsubmitted_input", "none", "ready", "enter", false, "idle"];
const APPROVAL: Row = ["", "approval_prompt", "approval", "working", "nothing", null, "waiting_on_human"];
const QUESTION: Row = ["", "question_prompt", "question", "working", "nothing", null, "waiting_on_human"];
const TRUST: Row = ["", "trust_prompt", "trust", "needs_trust", "enter", null, "idle"];
const PLAN: Row = ["", "plan_prompt", "plan_decision", "working", "enter", null, "idle"];
const RATE: Row = ["", "rate_limit_prompt", "menu", "working", "nothing", null, "idle"];
const LIMIT: Row = ["", "usage_limit", "menu", "ready", "nothing", true, "idle"];
const CTRL_C_MENU: Row = ["", "interrupt_menu", "menu", "working", "enter", null, "busy"];
const BROWSING: Row = ["", "transcript_browse", "menu", "working", "nothing", true, "idle"];
/** A search field has the keys, but the composer is in sight. */
const SEARCH: Row = ["", "unknown_screen", "none", "ready", "nothing", true, "idle"];
/** No composer at all. */
const OTHER: Row = ["", "unknown_screen", "none", "starting", "nothing", null, "idle"];

const all = (row: Row, ...names: string[]): Row[] => names.map((name) => [name, ...row.slice(1)] as Row);
const untitled = (rows: Row[]): Row[] =>
  rows.map(([name, pattern, attention, state, takes, empty]) => [name, pattern, attention, state, takes, empty, null]);

const SAMPLES: Row[] = untitled([
  ...all(APPROVAL, "v0.137-command-approval", "v0.169-command-approval"),
  ...all(TRUST, "v0.137-trust-prompt", "v0.169-trust-prompt"),
  ...all(CTRL_C_MENU, "v0.169-ctrl-c-task-still-running"),
  ...all(READY, "v0.169-idle-composer", "v0.169-interrupted"),
  ...all(PLAN, "v0.169-implement-plan"),
  ["v0.169-mcp-startup", null, "none", "starting", "text", true],
  ["v0.169-transcript-browsing", "transcript_browse", "menu", "working", "nothing", null],
  ...all(DRAFT, "v0.169-unsubmitted-paste-in-composer"),
  ...all(QUESTION, "v0.169-user-question"),
  ...all(WORKING, "v0.169-working"),
]);

const REAL_0_169: Row[] = [
  ...all(TRUST, "trust-prompt"),
  ...all(
    READY,
    "idle-composer",
    "interrupted",
    "steer-sent",
    "commands",
    "approval-declined",
    "ctrl-c-clears-composer",
  ),
  ...all(READY, "turn-failed", "compacted", "after-clear"),
  ...all(WORKING, "working", "steer-pending"),
  ...all(APPROVAL, "command-approval"),
  ...all(DRAFT, "unsubmitted-input"),
  ...all(RATE, "rate-limit-prompt"),
  ...all(LIMIT, "usage-limit"),
  ...all(QUESTION, "user-question"),
  ...all(PLAN, "implement-plan"),
];

const REAL_0_171: Row[] = [
  ...all(TRUST, "trust-prompt"),
  ...all(READY, "idle-composer", "interrupted", "approval-declined", "commands", "compacted", "resumed", "after-clear"),
  ...all(READY, "plan-mode-composer", "steer-sent", "subagent-spawned", "turn-failed", "user-shell-command-ran"),
  ...all(READY, "ctrl-c-clears-composer", "shortcuts-overlay"),
  // The name of the thread is content, in the footer as in the title.
  ...all(READY, "idle-thread-named-press-enter", "idle-thread-named-esc-to-interrupt"),
  ...all(READY, "idle-thread-named-action-required"),
  ...all(WORKING, "working", "steer-pending", "pursuing-goal"),
  ...all(APPROVAL, "command-approval", "edits-approval", "mcp-tool-approval"),
  ...all(APPROVAL, "command-approval-32-lines", "command-approval-taller-than-the-pane"),
  ...all(QUESTION, "user-question"),
  ...all(PLAN, "implement-plan"),
  ...all(RATE, "rate-limit-prompt"),
  ...all(LIMIT, "usage-limit"),
  ["model-menu", "enter_to_confirm", "menu", "working", "enter", null, "idle"],
  ...all(CTRL_C_MENU, "ctrl-c-menu-with-daemon"),
  ...all(BROWSING, "transcript-browsing"),
  ...all(OTHER, "agent-command-center", "warnings-panel"),
  ...all(SEARCH, "transcript-find", "reverse-search"),
  // Enter would run these.
  ["shell-mode-composer", "unsubmitted_input", "none", "ready", "nothing", false, "idle"],
  ["unrecognized-command-left-in-composer", "unsubmitted_input", "none", "ready", "nothing", false, "idle"],
  ...all(DRAFT, "unsubmitted-input", "unsubmitted-paste-in-composer", "rewound"),
];

const FURTHER: Row[] = untitled([
  ...all(OTHER, "0.169-agent-command-center", "0.171-44x16-warnings", "0.171-30x12-warnings", "0.171-30x12-find"),
  ...all(APPROVAL, "0.169-approval-of-40-line-command", "0.169-approval-of-one-long-line"),
  ...all(APPROVAL, "0.171-44x16-approval", "0.171-30x12-approval"),
  // The pager over an approval: only the title and the rollout know what waits.
  ...all(OTHER, "0.171-120x50-approval-full", "0.171-30x12-approval-full"),
  ...all(READY, "0.171-120x50-esc-once", "0.171-44x16-esc-once", "0.171-30x12-esc-once"),
  ...all(READY, "0.171-44x16-idle", "0.171-30x12-idle", "0.171-100x20-fresh", "0.171-100x30-cc-busy"),
  ...all(READY, "0.171-44x16-overlay", "0.171-44x16-after-steer", "0.171-44x16-plan", "0.171-100x40-plan"),
  ...all(READY, "0.171-44x16-vim-insert", "0.171-100x40-vim-insert", "0.171-100x40-goal-esc"),
  ...all(READY, "0.171-44x16-usage-then-answer", "0.171-100x40-usage-then-answer"),
  ...all(WORKING, "0.171-44x16-busy", "0.171-30x12-busy", "0.171-44x16-busy-pending"),
  ...all(BROWSING, "0.171-44x16-esc-twice", "0.171-30x12-esc-twice"),
  ...all(SEARCH, "0.171-44x16-reverse", "0.171-30x12-reverse", "0.171-44x16-find"),
  ...all(RATE, "0.171-44x16-rate", "0.171-100x40-rate"),
  ...all(LIMIT, "0.171-44x16-usage", "0.171-100x40-usage"),
  ...all(DRAFT, "0.171-120x50-draft-lines", "0.171-120x50-draft-cjk", "0.171-120x50-draft-leading-newlines"),
  ...all(DRAFT, "0.171-120x50-draft-numbered", "0.171-44x16-draft-lines", "0.171-44x16-draft-leading-newlines"),
  ...all(DRAFT, "0.171-44x16-draft-numbered"),
  ...all(READY, "0.171-100x30-background"),
  ...all(WORKING, "0.171-100x30-running-command"),
  ["0.171-100x30-permissions", "permissions_menu", "menu", "working", "nothing", null],
  ["0.171-100x30-review", "enter_to_confirm", "menu", "working", "enter", null],
  ...all(OTHER, "0.171-100x30-statusline", "0.171-100x30-resume"),
  ["0.171-120x50-busy-draft", "unsubmitted_input", "none", "working", "enter", false],
  ["0.171-44x16-busy-draft", "unsubmitted_input", "none", "working", "enter", false],
  ["0.171-30x12-busy-draft", "unsubmitted_input", "none", "working", "enter", false],
  // Nothing below it proves that this is a composer, so Enter alone is not sent.
  ["0.171-120x50-draft-tall", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-44x16-draft-tall", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-44x16-draft-cjk", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-30x12-draft-cjk", "unsubmitted_input", "none", "ready", "nothing", false],
  // Enter would take what is offered.
  ["0.171-120x50-at-popup", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-120x50-slash-popup", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-44x16-slash-popup", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-44x16-shell-empty", "unsubmitted_input", "none", "ready", "nothing", false],
  ["0.171-100x40-shell-empty", "unsubmitted_input", "none", "ready", "nothing", false],
  // Two composers side by side: whose keys they are is not shown.
  ["0.171-100x30-side", "unsubmitted_input", "none", "ready", "nothing", false],
]);

describe.each([
  ["the sample panes", SAMPLES, SAMPLES.map(([name]) => ({ name, text: paneFixture(name), title: null }))],
  ["a whole session of Codex 0.169", REAL_0_169, recordedPanes("0.169")],
  ["every kind of screen of Codex 0.171", REAL_0_171, recordedPanes("0.171")],
  ["narrow panes, drafts and dialogs out of sight", FURTHER, furtherPanes()],
] satisfies [string, Row[], RecordedPane[]][])("%s", (_what, rows, panes) => {
  it.each(rows)(
    "%s: %s, attention %s, start-up %s, takes %s",
    (name, pattern, attention, state, takes, empty, title) => {
      const screen = panes.find((pane) => pane.name === name);
      if (screen === undefined) throw new Error(`there is no screen ${name}`);
      const { reason: _words, ...readiness } = paneReadiness(screen);
      expect(readiness).toEqual({
        text_allowed: takes === "text",
        enter_allowed: takes !== "nothing",
        pattern,
        composer_is_empty: empty,
      });
      const found = classifyPane({ ...screen, status_age_seconds: 90, busy_wait_seconds: 90, recent_event_count: 10 });
      expect(found.classifier?.pattern ?? null).toBe(name === "v0.169-mcp-startup" ? "mcp_startup" : pattern);
      expect(found).toMatchObject({ attention, startup: { state }, title });
    },
  );

  it("leaves no screen out", () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(panes.map(({ name }) => name).toSorted());
  });
});
