import { z } from "zod";
import { rowId } from "../bounds.ts";
import { taskArgument } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { criterionReceipt, proofFields } from "./entities.ts";

/** What the four changes of a criterion have in common: the flag that selects one takes the criterion's id. */
function change<const Name extends string>(name: Name) {
  return {
    kind: "mutation",
    ledger: "write",
    refuses: [...BY_NAME, "gate_failed"],
    cli: { command: "criteria", select: name, prints: "json" },
    input: z.object({
      task: taskArgument,
      criterion_id: cli(rowId, { flag: name, placeholder: "id" }).describe(`id of the criterion to ${name}`),
      ...proofFields,
    }),
    output: criterionReceipt,
  } as const;
}

/** `criteria --accept ID` (spec 04 §4.5). */
export const accept = operation({
  path: "criteria.accept",
  summary: "Accept a criterion: it blocks an audited finish until it is proven",
  ...change("accept"),
});

/** `criteria --satisfy ID` (spec 04 §4.5). */
export const satisfy = operation({
  path: "criteria.satisfy",
  summary: "Mark a criterion satisfied, with its proof",
  ...change("satisfy"),
});

/** `criteria --defer ID` (spec 04 §4.5). */
export const defer = operation({
  path: "criteria.defer",
  summary: "Put a criterion off to later work",
  ...change("defer"),
});

/** `criteria --reject ID` (spec 04 §4.5). */
export const reject = operation({ path: "criteria.reject", summary: "Reject a criterion", ...change("reject") });
