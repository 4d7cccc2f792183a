import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { shellWords } from "../print/shell-words.ts";
import { lines } from "../print/text.ts";
import { counts } from "./list.ts";

type Plan = Output<"criteria.plan">;

/** `criteria-plan` (spec 04 §4.6): numbered commands for a person to look through. */
export const plan = presents("criteria.plan", {
  prepare: async (input, { ledger }) => ({ ...input, ...(ledger !== undefined && { ledger_path: ledger }) }),
  text: (document) =>
    lines(
      `criteria for ${document.task}`,
      "",
      "must hold now:",
      commands(document, "accepted"),
      "",
      "can follow later:",
      commands(document, "deferred"),
      "",
      "look through these commands before you run them",
    ),
});

/** `criteria-plan --apply`: what stands in the ledger now. */
export const applyPlan = presents("criteria.applyPlan", {
  text: ({ task, affected_criteria, summary }) =>
    lines(
      affected_criteria.map(
        ({ id, status, criterion, created }) => `#${id} ${status}: ${criterion}${created ? "" : " (was there before)"}`,
      ),
      `${task.name}: ${counts(summary)}`,
    ),
});

function commands({ suggestions }: Plan, status: string): string[] {
  const own = suggestions.filter((suggestion) => suggestion.status === status);
  if (own.length === 0) return ["  none"];
  return own.map(({ command }, i) => `  ${i + 1}. ${shellWords(command)}`);
}
