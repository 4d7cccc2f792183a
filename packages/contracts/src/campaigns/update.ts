import { z } from "zod";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaign, campaignChange, campaignFields, campaignName } from "./entities.ts";
import { CAMPAIGN_STATUSES } from "./words.ts";

/** `campaign update` (spec 06 §6.12 item 1). */
export const update = operation({
  path: "campaigns.update",
  kind: "mutation",
  summary: "Pause, block, resume, archive or reopen a campaign; `campaign close` alone makes it done",
  ledger: "write",
  refuses: [...BY_NAME],
  cli: {
    command: "campaign",
    place: 20,
    action: "update",
    prints: "text",
    notes: "What may follow what: active, paused and blocked one another; done only archived, or active with --reopen.",
    examples: ["campaign update --name launch --status paused"],
  },
  input: z.object({
    name: campaignName,
    status: z.enum(CAMPAIGN_STATUSES).describe("what it is from now on"),
    reason: campaignFields.reason.optional(),
    reopen: z.boolean().default(false).describe("let something that was over begin again; needs --reason"),
  }),
  output: z.object({
    action: z.literal("update"),
    campaign,
    updated: z.boolean().describe("false: it was that already"),
    change: campaignChange.nullable(),
  }),
});
