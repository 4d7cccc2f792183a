import type { Agent } from "../agent.ts";
import { composerHolds } from "./draft.ts";
import { codexLaunch } from "./launch.ts";
import { codexMessageText } from "./message.ts";
import { classifyPane, composerIsEmpty, paneReadiness } from "./pane.ts";
import { isCodexProgram } from "./program.ts";
import { codexRecords } from "./records/index.ts";
import { paneTitleMeaning, titleNamesThread } from "./title.ts";
import { codexTranscriptLines } from "./transcript.ts";

/** Codex with its home in this folder, over its rollout and its pane; the protocol transports of spec 08 §8.4 are not among them. */
export function codexAgent(home: string): Agent {
  return { ...CODEX, home, launch: codexLaunch(home), records: codexRecords(home) };
}

const CODEX: Omit<Agent, "home" | "launch" | "records"> = {
  kind: "codex",
  title: "Codex",
  capabilities: {
    rollout: {
      turns: "yes",
      items: "yes",
      waiting_on_approval: "partly",
      deliver_when_idle: "no",
      interrupt: "no",
      human_keeps_typing: "yes",
      sees_foreign_sessions: "yes",
    },
    tmux: {
      turns: "guess",
      items: "no",
      waiting_on_approval: "guess",
      deliver_when_idle: "yes",
      interrupt: "yes",
      human_keeps_typing: "yes",
      sees_foreign_sessions: "yes",
    },
  },
  isProgram: isCodexProgram,
  pane: {
    classify: classifyPane,
    readiness: paneReadiness,
    composerIsEmpty,
    composerHolds,
    messageText: codexMessageText,
    titleMeaning: paneTitleMeaning,
    titleNamesThread,
    transcriptLines: codexTranscriptLines,
    // The prompt of the turn whose beginning has scrolled away.
    pinned_lines: 1,
    interrupt_key: "Escape",
  },
};
