import { presents } from "../presentation.ts";
import { readbackLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign brief` (spec 06 §6.5). */
export const brief = presents("campaigns.brief", {
  text: ({ brief_id, channel, ledger_readback }) => lines(`${brief_id} ${channel}`, readbackLine(ledger_readback)),
});
