import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, table, type View } from "../print/text.ts";

type Ledger = Output<"criteria.list">;

/** How many criteria stand how. */
export function counts(summary: Ledger["summary"]): string {
  return Object.entries(summary)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}

function ledgerText({ task, criteria, summary }: Ledger, view: View): string {
  const rows = criteria.map(({ id, status, criterion, source, proof }) => [`#${id}`, status, criterion, source, proof]);
  return lines(`${view.colour.bold(task.name)}: ${counts(summary)}`, table(rows, view));
}

/** `criteria --human`: the acceptance ledger of a task (spec 04 §4.5). */
export const list = presents("criteria.list", { text: ledgerText });
