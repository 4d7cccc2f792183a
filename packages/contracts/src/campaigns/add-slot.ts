import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignFields, campaignName, ledgerReadback } from "./entities.ts";
import { SLOT_STATES } from "./words.ts";

/** `campaign add-slot` (spec 06 §6.5). */
export const addSlot = operation({
  path: "campaigns.addSlot",
  kind: "mutation",
  summary: "Add a place for a worker to a campaign: one per channel or discipline",
  ledger: "write",
  refuses: [...BY_NAME, "conflict", "side_effect_failed", "no_active_binding"],
  cli: {
    command: "campaign",
    place: 30,
    action: "add-slot",
    prints: "text",
    examples: [
      'campaign add-slot --name launch --slot-key tiktok --role-label "short clips" --channel tiktok --thread-id thr-1',
    ],
  },
  input: z.object({
    name: campaignName,
    slot_key: campaignFields.slot_key,
    role_label: campaignFields.role_label,
    channel: campaignFields.channel.optional(),
    session_id: campaignFields.session_id.optional(),
    thread_id: campaignFields.thread_id.optional(),
    thread_title: campaignFields.thread_title.optional(),
    task: campaignFields.task.optional(),
    state: z.enum(SLOT_STATES).default("planned").describe("what the slot is in"),
    metadata: campaignFields.metadata.default({}),
  }),
  output: z.object({
    action: z.literal("add-slot"),
    campaign,
    created: z.literal(true),
    slot_id: z.string(),
    slot_key: z.string(),
    ledger_readback: ledgerReadback,
  }),
});
