import type { PaneClassification, PaneReadiness, PaneSemantics, Screen, TitleMeaning } from "@conveyor/host";

interface Seen {
  asks: boolean;
  /** What stands behind the two angle brackets; null where there are none. */
  draft: string | null;
}

function seen({ text }: Screen): Seen {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const at = lines.findLastIndex((line) => line.startsWith(">>"));
  const draft = at === -1 ? null : lines.slice(at).join("\n").slice(2).trim();
  // What stands further up is over.
  const last = lines.findLast((line) => line !== "") ?? "";
  return { asks: last.startsWith("Is this folder yours?"), draft };
}

function titleMeaning(title: string | null): TitleMeaning | null {
  if (title === "scribble asking") return "waiting_on_human";
  if (title === "scribble writes") return "busy";
  return title === "scribble rests" ? "idle" : null;
}

function classify(screen: Screen): PaneClassification {
  const { asks, draft } = seen(screen);
  const title = titleMeaning(screen.title ?? null);
  const common = { classifier: null, patterns: [], title };
  if (asks) {
    const startup = { state: "needs_trust", reason: "it asks whose folder this is" } as const;
    return { ...common, attention: "trust", startup };
  }
  if (draft === null)
    return { ...common, attention: "none", startup: { state: "starting", reason: "nothing is shown" } };
  const state = title === "busy" ? "working" : "ready";
  return { ...common, attention: "none", startup: { state, reason: "it takes text" } };
}

function readiness(screen: Screen): PaneReadiness {
  const { asks, draft } = seen(screen);
  const composer_is_empty = draft === null ? null : draft === "";
  if (asks) {
    return { text_allowed: false, enter_allowed: true, pattern: "trust_prompt", reason: "it asks", composer_is_empty };
  }
  const obstacle = draft === null ? "unknown_screen" : draft === "" ? null : "unsubmitted_input";
  const text_allowed = obstacle === null;
  const reason = text_allowed ? "it takes text" : "it takes no text now";
  return { text_allowed, enter_allowed: draft !== null, pattern: obstacle, reason, composer_is_empty };
}

const squeezed = (text: string): string => text.replace(/\s+/gu, "");

/** What the screens of a scribble say, and how text is put to it. */
export const scribblePane: PaneSemantics = {
  classify,
  readiness,
  composerIsEmpty: (screen) => readiness(screen).composer_is_empty,
  composerHolds: (screen, text) => squeezed(seen(screen).draft ?? "") === squeezed(text),
  messageText: (text) => text,
  titleMeaning,
  titleNamesThread: () => null,
  transcriptLines: (text) => text.split("\n"),
  pinned_lines: 0,
  interrupt_key: "C-g",
};
