import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/criteria.ts";
import { lines, table, type View } from "../print/text.ts";

type Ledger = Answer<"criteria.list">;
type Receipt = Pick<Answer<"criteria.accept">, "task" | "affected_criterion" | "summary">;

function counts(summary: Ledger["summary"]): string {
  return Object.entries(summary)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}

function ledgerText({ task, criteria, summary }: Ledger, view: View): string {
  const rows = criteria.map(({ id, status, criterion, source, proof }) => [`#${id}`, status, criterion, source, proof]);
  return lines(`${view.colour.bold(task.name)}: ${counts(summary)}`, table(rows, view));
}

function receiptText({ task, affected_criterion: changed, summary }: Receipt): string {
  return lines(`#${changed.id} ${changed.status}: ${changed.criterion}`, `${task.name}: ${counts(summary)}`);
}

/** `criteria --human`: the acceptance ledger of a task (spec 04 §4.5). */
export const command = cliCommand(spec, {
  text: {
    "criteria.list": ledgerText,
    "criteria.add": receiptText,
    "criteria.accept": receiptText,
    "criteria.satisfy": receiptText,
    "criteria.defer": receiptText,
    "criteria.reject": receiptText,
  },
});
