import { presents } from "../presentation.ts";
import { readbackLine } from "../print/campaign.ts";
import { lines } from "../print/text.ts";

/** `campaign add-slot` (spec 06 §6.5). */
export const addSlot = presents("campaigns.addSlot", {
  text: ({ slot_id, slot_key, ledger_readback }) => lines(`${slot_id} ${slot_key}`, readbackLine(ledger_readback)),
});
