import { presents } from "../presentation.ts";
import { slotLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign attach-slot` (spec 06 §6.5). */
export const attachSlot = presents("campaigns.attachSlot", { text: ({ slot }) => lines(slotLine(slot)) });
