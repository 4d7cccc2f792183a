import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, table } from "../print/text.ts";

/** `loop-triggers --list` (spec 05 §5.5). */
export const listTriggers = presents("loops.listTriggers", {
  text: ({ triggers }) =>
    lines(
      "Phrases that arm a gate:",
      table(
        triggers.map(({ name, canonical_phrase }) => [name, canonical_phrase]),
        { isTerminal: false },
      ),
    ),
});

function classificationText({ matched_trigger, guidance }: Output<"loops.classifyPrompt">): string {
  if (matched_trigger === null) return lines(guidance);
  const { name, canonical_phrase, intent, operator_actions } = matched_trigger;
  return lines(`${name}: ${canonical_phrase}`, `intent: ${intent}`, guidance, "actions:", operator_actions);
}

/** `loop-triggers --classify` (spec 05 §5.5). */
export const classifyPrompt = presents("loops.classifyPrompt", { text: classificationText });

/** `loop-triggers --from-stdin` (spec 05 §5.5). */
export const classifyText = presents("loops.classifyText", { text: classificationText });
