import { presents } from "../presentation.ts";
import { readbackLine, stepText } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign assign` (spec 06 §6.5). */
export const assign = presents("campaigns.assign", {
  text: ({ assignment_id, ledger_readback }) => lines(assignment_id, readbackLine(ledger_readback)),
});

/** `campaign assignment` (spec 06 §6.12 item 1). */
export const assignment = presents("campaigns.assignment", {
  text: ({ assignment, change }) => lines(`${assignment.title}: ${stepText(change, assignment.status)}`),
});
