import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { cell, lines } from "../print/text.ts";

function mutationsText({ task, summary, records }: Output<"audit.mutations">): string {
  return lines(
    [cell(task.name), `mutations=${summary.mutations}`, `warnings=${summary.with_warnings}`].join("\t"),
    records.map(({ command, linked_decision, ok, warnings }) =>
      [command.created_at, command.type, `decision=${linked_decision?.id ?? "-"}`, ok ? "ok" : warnings.join(",")].join(
        "\t",
      ),
    ),
  );
}

/** `mutation-audit`: what is not justified is exit code 1 (spec 07 §7.10.3). */
export const mutations = presents("audit.mutations", {
  text: mutationsText,
  exitCode: ({ ok }) => (ok ? 0 : 1),
});
