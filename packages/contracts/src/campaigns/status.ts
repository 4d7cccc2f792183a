import { z } from "zod";
import { reference } from "../bounds.ts";
import { count } from "../common.ts";
import { LIST_ROWS } from "../limits.ts";
import { operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import {
  assetCounts,
  assignmentCounts,
  campaign,
  campaignFields,
  campaignName,
  campaignSlot,
  channelBrief,
  permissionToPublish,
} from "./entities.ts";
import { PUBLISH_RULE } from "./words.ts";

/** `campaign list` (ours). */
export const list = operation({
  path: "campaigns.list",
  kind: "query",
  summary: "List campaigns in order of creation",
  ledger: "read",
  refuses: BY_NAME,
  cli: { command: "campaign", place: 1, action: "list", prints: "text", examples: ["campaign list --json"] },
  input: z.object({
    limit: campaignFields.page.optional().describe(`at most this many; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this campaign: the id of the last one of the list before"),
  }),
  output: z.array(
    campaign.extend({
      slots: count.describe("slots that are not archived"),
      assignment_counts: assignmentCounts,
      asset_counts: assetCounts,
      permission_to_publish: permissionToPublish,
    }),
  ),
});

/** `campaign status` (spec 06 §6.5). */
export const status = operation({
  path: "campaigns.status",
  kind: "query",
  summary: "Show a campaign, its slots and briefs, and how many assignments and assets stand how",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "campaign",
    place: 120,
    action: "status",
    prints: "text",
    notes: PUBLISH_RULE,
    examples: ["campaign status --name launch"],
  },
  input: z.object({
    name: campaignName,
    limit: campaignFields.page.optional().describe(`at most this many slots; default ${LIST_ROWS}`),
    after: reference.optional().describe("go on after this slot: key or id of the last one of the list before"),
  }),
  output: z.object({
    campaign,
    slots: z.array(
      campaignSlot.extend({
        active_assignments: count.describe("queued, active and blocked ones"),
        asset_receipts: count,
      }),
    ),
    channel_briefs: z.array(channelBrief),
    assignment_counts: assignmentCounts,
    asset_counts: assetCounts,
    permission_to_publish: permissionToPublish,
  }),
});
