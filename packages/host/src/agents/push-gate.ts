import type { PaneReadiness } from "./agent.ts";

/** The verdict on one push, in the form that tmux asks for it. */
export type PushVerdict = { ok: true; pattern: string | null } | { ok: false; pattern: string; reason: string };

/**
 * Whether this push may go into a pane: text always brings an Enter with it, Enter alone may also answer some prompts
 * (spec 02 §6, item 4). Pure.
 */
export function judgePush(readiness: PaneReadiness, push: "text" | "enter"): PushVerdict {
  const { text_allowed, enter_allowed, pattern, reason } = readiness;
  if (push === "text" ? text_allowed : enter_allowed) return { ok: true, pattern };
  return { ok: false, pattern: pattern ?? "unknown_prompt", reason };
}
