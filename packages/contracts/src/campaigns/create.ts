import { z } from "zod";
import { newName, nonBlank } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { campaign, campaignFields, ledgerReadback } from "./entities.ts";
import { CAMPAIGN_RULES } from "./words.ts";

/** `campaign create` (spec 06 §6.5): the same name and content again answers with the first campaign. */
export const create = operation({
  path: "campaigns.create",
  kind: "mutation",
  summary: "Begin a campaign: one manager, many worker slots, one objective",
  ledger: "create",
  refuses: ["conflict", "side_effect_failed"],
  cli: {
    command: "campaign",
    place: 10,
    action: "create",
    prints: "text",
    notes: CAMPAIGN_RULES,
    examples: ['campaign create --name launch --objective "Three reviewed clips for each channel"'],
  },
  input: z.object({
    name: cli(newName(), { once: true }).describe("name of the new campaign"),
    objective: nonBlank.describe("what is to be reached"),
    metadata: campaignFields.metadata.default({}),
  }),
  output: z.object({
    action: z.literal("create"),
    campaign,
    campaign_id: z.string(),
    created: z.boolean(),
    ledger_readback: ledgerReadback,
  }),
});
