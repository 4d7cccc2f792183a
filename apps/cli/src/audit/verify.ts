import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, type View } from "../print/text.ts";

type ChainReport = Output<"audit.verify">;

function reportText({ ok, events, head, pruned, broken, receipts, head_found, unsealed }: ChainReport, view: View) {
  const verdict = ok ? view.colour.green("the audit is as it was written") : view.colour.red("the audit was changed");
  return lines(
    `${verdict}: ${events} entries, up to #${head.seq}`,
    `head ${head.hash === "" ? "(none)" : head.hash}`,
    pruned === null ? undefined : `the ${pruned.events} entries up to #${pruned.seq} were taken away on purpose`,
    unsealed === 0 ? undefined : `${unsealed} at the end came from elsewhere; the next entry covers them`,
    broken === null ? undefined : `#${broken.seq} ${broken.type}: ${broken.problem}`,
    receipts.failed.map(({ receipt_id, problem }) => `receipt ${receipt_id}: ${problem}`),
    receipts.checked === 0 ? undefined : `${receipts.checked} receipts were compared`,
    head_found === null ? undefined : `the head that you named is ${head_found ? "" : "not "}in it`,
  );
}

/** `audit --verify` (spec 07 §7.13, 3); what does not fit is exit code 1. */
export const verify = presents("audit.verify", { text: reportText, exitCode: ({ ok }) => (ok ? 0 : 1) });
