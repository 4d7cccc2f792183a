import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { smokeVerdictText } from "../print/smoke.ts";
import { lines, plural, type View } from "../print/text.ts";

function aggregateText({ summary, tasks, ...verdict }: Output<"autonomy.aggregateSmoke">, view: View): string {
  return lines(
    smokeVerdictText(`smoke of ${plural(summary.tasks, "task")}`, { ...verdict, blockers: [] }, view),
    tasks.map((part) => smokeVerdictText(`${part.task.name}, smoke ${part.smoke?.id ?? "none"}`, part, view)),
  );
}

/** `app-smoke aggregate` (spec 06 §6.12). */
export const aggregateSmoke = presents("autonomy.aggregateSmoke", { text: aggregateText });
