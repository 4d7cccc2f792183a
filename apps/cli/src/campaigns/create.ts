import { presents } from "../presentation.ts";
import { readbackLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign create` (spec 06 §6.5). */
export const create = presents("campaigns.create", {
  text: ({ campaign_id, campaign, created, ledger_readback }) =>
    lines(`${campaign_id} ${campaign.name}${created ? "" : " (was there already)"}`, readbackLine(ledger_readback)),
});
