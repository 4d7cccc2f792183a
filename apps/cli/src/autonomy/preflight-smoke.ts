import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { smokeVerdictText } from "../print/smoke.ts";
import { lines, type View } from "../print/text.ts";

function preflightText(preflight: Output<"autonomy.preflightSmoke">, view: View): string {
  const { task, checks } = preflight;
  return lines(
    smokeVerdictText(`preflight of task ${task.name}`, preflight, view),
    checks.map(({ name, ok, detail, note, path, command, thread_id }) => {
      const more = detail ?? note ?? path ?? command ?? thread_id;
      return `${ok ? view.colour.green("ok") : view.colour.yellow("no")} ${name}${more == null ? "" : `: ${more}`}`;
    }),
  );
}

/** `app-smoke preflight` (spec 06 §6.2). */
export const preflightSmoke = presents("autonomy.preflightSmoke", { text: preflightText });
