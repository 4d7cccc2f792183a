import { presents } from "../presentation.ts";
import { slotLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign rotate-slot` (spec 06 §6.5). */
export const rotateSlot = presents("campaigns.rotateSlot", {
  text: ({ slot, expected_thread_id }) => lines(`${slotLine(slot)} (before: ${expected_thread_id})`),
});
