import { presents } from "../presentation.ts";
import { GRANTS_NOTHING, stepText } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign asset` (spec 06 §6.5). */
export const asset = presents("campaigns.asset", {
  text: ({ asset_receipt_id }) => lines(asset_receipt_id, GRANTS_NOTHING),
});

/** `campaign review` (spec 06 §6.12 item 1). */
export const review = presents("campaigns.review", {
  text: ({ asset, change }) => {
    const by = asset.reviewed_by === null ? "" : `, decided by ${asset.reviewed_by}`;
    return lines(`${asset.title}: ${stepText(change, asset.status)}${by}`, GRANTS_NOTHING);
  },
});
