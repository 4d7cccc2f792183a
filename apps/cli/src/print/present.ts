import type { Matter, Present } from "@conveyor/contracts";
import { PHASE_WORDS } from "@conveyor/contracts/agent-phases";
import { ageText } from "./age.ts";
import { listing } from "./listing.ts";
import type { View } from "./text.ts";

/** A symbol beside the word, so that a column of them is read at a glance; colour is never the only sign. */
const SYMBOLS: Readonly<Record<NonNullable<Present["phase"]>, string>> = {
  waiting: "!",
  failed: "✗",
  gone: "†",
  idle: "○",
  working: "●",
  compacting: "●",
  unknown: "?",
};

function stateText({ kind, state, phase }: Present): string {
  if (phase === null) return kind === "task" ? `  ${state}` : state;
  const word = kind === "task" ? state : PHASE_WORDS[phase];
  return `${SYMBOLS[phase]} ${word}`;
}

/** Tasks and sessions as lines. */
export function presentRows(lines: readonly Present[], view: View): string {
  return listing<Present>(
    [
      { head: "name", of: ({ name }) => name, cut: "end" },
      { head: "role", of: ({ role }) => role ?? "task" },
      { head: "state", of: stateText },
      { head: "seen in", of: ({ sources }) => sources.join(",") },
      { head: "task", of: ({ task }) => task, cut: "end" },
      { head: "waiting for", of: ({ waiting_for }) => waiting_for?.replace("_", " ") },
      { head: "heard", of: ({ last_sign_of_life }) => ageText(last_sign_of_life, view.now) },
    ],
    lines,
    view,
  );
}

/** What waits for the operator as lines, each with what to type below it on a terminal. */
export function waitingRows(items: readonly Matter[], view: View): string {
  return items
    .map(({ kind, why, since, command }) => {
      const age = ageText(since, view.now);
      if (!view.isTerminal) return `${[kind, why, age ?? "-", command].join("\t")}\n`;
      const head = `! ${view.colour.bold(kind.replaceAll("_", " "))}: ${why}${age === null ? "" : ` (${age})`}`;
      return `${head}\n    ${view.colour.cyan(command)}\n`;
    })
    .join("");
}
