import { plainText } from "../../plain-text.ts";
import type { Agent, PaneClassification, PaneReadiness } from "../agent.ts";
import { UNKNOWN_SCREEN_PATTERN } from "../obstacles.ts";
import { writtenLines } from "../transcript-lines.ts";

const CLASSIFICATION: PaneClassification = {
  classifier: null,
  patterns: [],
  attention: "none",
  startup: { state: "ready", reason: "any program counts as ready: its screens are not known" },
  title: null,
};

const READINESS: PaneReadiness = {
  text_allowed: false,
  enter_allowed: false,
  pattern: UNKNOWN_SCREEN_PATTERN,
  reason: "the program's screens are not known, so nothing tells whether it takes text",
  composer_is_empty: null,
};

/**
 * Any program in a pane: it can be interrupted, and read by people. Nothing it shows or writes is understood,
 * so nothing is typed into it unless somebody forces it (spec 00, ruling 2): its messages stay in the inbox, which is how
 * spec 08 reaches an agent without a better transport.
 */
export const genericAgent: Agent = {
  kind: "generic",
  title: "The program",
  home: null,
  capabilities: {
    tmux: {
      turns: "no",
      items: "no",
      waiting_on_approval: "no",
      deliver_when_idle: "no",
      interrupt: "partly",
      human_keeps_typing: "yes",
      sees_foreign_sessions: "yes",
    },
  },
  // Nothing is known of the program, so only a registered process says that it is there.
  isProgram: () => false,
  launch: null,
  records: null,
  pane: {
    classify: () => CLASSIFICATION,
    readiness: () => READINESS,
    composerIsEmpty: () => null,
    composerHolds: () => false,
    messageText: plainText,
    titleMeaning: () => null,
    titleNamesThread: () => null,
    transcriptLines: writtenLines,
    pinned_lines: 0,
    interrupt_key: "C-c",
  },
};
