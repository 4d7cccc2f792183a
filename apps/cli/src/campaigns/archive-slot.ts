import { presents } from "../presentation.ts";
import { slotLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign archive-slot` (spec 06 §6.5). */
export const archiveSlot = presents("campaigns.archiveSlot", { text: ({ slot }) => lines(slotLine(slot)) });
