import { presents } from "../presentation.ts";
import { stepText } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign update` (spec 06 §6.12 item 1). */
export const update = presents("campaigns.update", {
  text: ({ campaign, change }) => lines(`campaign ${campaign.name}: ${stepText(change, campaign.status)}`),
});
