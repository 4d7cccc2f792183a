import { presents } from "../presentation.ts";
import { GRANTS_NOTHING } from "../print/campaign.ts";
import { lines, plural } from "../print/text.ts";

/** `campaign export` (spec 06 §6.12 item 8). */
export const exportCampaign = presents("campaigns.exportCampaign", {
  text: ({ campaign, path, bytes, slots, assignments, assets, includes_words }) =>
    lines(
      `campaign ${campaign.name} is in ${path} (${plural(bytes, "byte")}): ${plural(slots, "slot")}, ${plural(assignments, "assignment")}, ${plural(assets, "asset")}`,
      !includes_words &&
        "instructions, briefs, summaries, notes and metadata are left out; --include-words takes them along",
      GRANTS_NOTHING,
    ),
});
