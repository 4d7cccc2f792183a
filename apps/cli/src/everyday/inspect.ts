import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { renderGeneric } from "../print/generic.ts";
import { lines, type View } from "../print/text.ts";

function inspectText({ kind, name, state, why, record, chain, next }: Output<"everyday.inspect">, view: View): string {
  const steps = chain?.entries.map(({ timestamp, kind: what, summary }) => `  ${timestamp} ${what}: ${summary}`) ?? [];
  return lines(
    `${kind} ${view.colour.bold(name)}: ${state}, ${why}`,
    `\n${renderGeneric(record, view)}`,
    chain !== null && `\ncorrelation ${chain.correlation_id}`,
    steps,
    `\n${next.map((command) => `next: ${view.colour.cyan(command)}\n`).join("")}`,
  );
}

/** `inspect`: one thing, whatever it is (spec 10.3). */
export const inspect = presents("everyday.inspect", { text: inspectText });
