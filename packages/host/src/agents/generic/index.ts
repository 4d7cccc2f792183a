import { ConveyorError } from "@conveyor/contracts/errors";
import type { Agent, PaneClassification, PaneReadiness, StartRequest } from "../agent.ts";
import { writtenLines } from "../transcript-lines.ts";

const CLASSIFICATION: PaneClassification = {
  classifier: null,
  patterns: [],
  attention: "none",
  startup: { state: "ready", reason: "any program counts as ready: its screens are not known" },
  title: null,
};

const READINESS: PaneReadiness = {
  text_allowed: true,
  enter_allowed: true,
  pattern: null,
  reason: "the program's screens are not known, so no prompt is recognised",
  composer_is_empty: null,
};

/** Any program in a pane: it can be started, typed into and interrupted; nothing it shows or writes is understood. */
export const genericAgent: Agent = {
  kind: "generic",
  capabilities: {
    tmux: {
      turns: "no",
      items: "no",
      waiting_on_approval: "no",
      deliver_when_idle: "partly",
      interrupt: "partly",
      human_keeps_typing: "yes",
      sees_foreign_sessions: "yes",
    },
  },
  startArgv,
  rollout: null,
  pane: {
    classify: () => CLASSIFICATION,
    readiness: () => READINESS,
    composerIsEmpty: () => null,
    titleMeaning: () => null,
    transcriptLines: writtenLines,
    interrupt_key: "C-c",
  },
};

function startArgv(request: StartRequest): string[] {
  const [program, ...rest] = request.command ?? [];
  if (program === undefined || program === "") {
    throw new ConveyorError("usage", "a generic agent needs the command that starts it", {
      hint: "name the program, or use the agent kind codex",
    });
  }
  return [program, ...rest, ...(request.prompt === undefined || request.prompt === "" ? [] : [request.prompt])];
}
