import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, table, type View } from "../print/text.ts";

type Report = Output<"proof.show">;

/** One line for each criterion, and under it the command that brings it further. */
export function reportText({ task, ok, policy, criteria }: Report, view: View): string {
  const verdict =
    criteria.length === 0
      ? "there is no criterion to prove yet"
      : ok
        ? view.colour.green("everything is proven")
        : view.colour.red("not everything is proven");
  const rows = criteria.map(({ criterion_id, state, criterion, reason }) => [
    `#${criterion_id}`,
    state,
    criterion,
    reason,
  ]);
  const next = criteria.flatMap(({ criterion_id, next: command }) =>
    command === null ? [] : [`#${criterion_id}: ${command}`],
  );
  return lines(
    `${view.colour.bold(task.name)}: ${verdict} (proof policy ${policy})`,
    rows.length > 0 && table(rows, view),
    next.length > 0 ? "next:" : undefined,
    next,
  );
}

/** `proof` (spec 09 §9.4). */
export const show = presents("proof.show", { text: reportText });
