import { z } from "zod";
import { reference, rowCount } from "../bounds.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import { campaignChange, campaignFields, campaignName } from "./entities.ts";
import { CAMPAIGN_ENTITIES } from "./words.ts";

/** `campaign history` (spec 06 §6.12 item 1). */
export const history = operation({
  path: "campaigns.history",
  kind: "query",
  summary: "Show what happened in a campaign, oldest first: who changed what from what to what, and why",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "campaign",
    place: 160,
    action: "history",
    prints: "text",
    examples: ["campaign history --name launch", "campaign history --name launch --id campaign-asset-1 --json"],
  },
  input: z.object({
    name: campaignName,
    entity: z.enum(CAMPAIGN_ENTITIES).optional().describe("only changes of this kind of thing"),
    entity_id: cli(reference, { flag: "id", placeholder: "id" })
      .optional()
      .describe("only changes of this one: its id"),
    limit: campaignFields.page.default(1000),
    after: z.int().min(0).default(0).describe("go on after this number: `seq` of the last change of the list before"),
  }),
  output: z.array(campaignChange),
});

/** `campaign history --follow` (ours): every change as it is committed. */
export const onChange = operation({
  path: "campaigns.onChange",
  kind: "subscription",
  summary: "Follow campaigns: every change of a status, slot, assignment, brief or receipt as it happens",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "campaign",
    place: 170,
    action: "history",
    select: "follow",
    prints: "lines",
    examples: ["campaign history --follow --name launch", "campaign history --follow --backlog 20"],
  },
  input: z.object({
    name: campaignName.optional(),
    backlog: rowCount.default(0).describe("begin with the newest N that are there already"),
  }),
  output: campaignChange,
});
