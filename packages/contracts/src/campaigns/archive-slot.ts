import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignFields, campaignName, campaignSlot, slotRef } from "./entities.ts";

/** `campaign archive-slot` (spec 06 §6.5). */
export const archiveSlot = operation({
  path: "campaigns.archiveSlot",
  kind: "mutation",
  summary: "Record that a slot is over, naming exactly the thread that it has",
  ledger: "write",
  refuses: [...BY_NAME, "conflict"],
  cli: {
    command: "campaign",
    place: 60,
    action: "archive-slot",
    prints: "text",
    examples: ["campaign archive-slot --name launch --slot tiktok --expected-thread-id thr-2"],
  },
  input: z.object({ name: campaignName, slot: slotRef, expected_thread_id: campaignFields.expected_thread_id }),
  output: z.object({
    action: z.literal("archive-slot"),
    campaign,
    expected_thread_id: z.string(),
    slot: campaignSlot,
    updated: z.literal(true),
  }),
});
