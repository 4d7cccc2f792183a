import type { Agent, PaneReadiness, Screen } from "./agent.ts";
import { DRAFT_PATTERN, UNKNOWN_SCREEN_PATTERN } from "./obstacles.ts";

/** The verdict on one push, in the form that tmux asks for it. */
export type PushGateVerdict = { ok: true; pattern: string | null } | { ok: false; pattern: string; reason: string };

/**
 * Whether this push may go into a pane: text always brings an Enter with it, Enter alone may also answer some prompts
 * (spec 02 §6, item 4). Pure.
 */
export function judgePush(readiness: PaneReadiness, push: "text" | "enter"): PushGateVerdict {
  const { text_allowed, enter_allowed, pattern, reason } = readiness;
  if (push === "text" ? text_allowed : enter_allowed) return { ok: true, pattern };
  return { ok: false, pattern: pattern ?? UNKNOWN_SCREEN_PATTERN, reason };
}

/**
 * Whether Enter may follow a text of ours that was pasted: the composer holds it and nothing else. Empty text is Enter
 * alone, and a text of more than it is a draft that somebody typed meanwhile (spec 00, ruling 2). Pure.
 */
export function judgeSubmit({ pane }: Pick<Agent, "pane">, screen: Screen, text: string): PushGateVerdict {
  const readiness = pane.readiness(screen);
  if (text === "") return judgePush(readiness, "enter");
  if (pane.composerHolds(screen, text)) return { ok: true, pattern: readiness.pattern };
  const { pattern, reason } = readiness;
  if (pattern !== null && pattern !== DRAFT_PATTERN) return { ok: false, pattern, reason };
  return {
    ok: false,
    pattern: DRAFT_PATTERN,
    reason: "the composer does not hold just the text that was sent",
  };
}
