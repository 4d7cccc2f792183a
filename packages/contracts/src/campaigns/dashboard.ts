import { z } from "zod";
import { reference } from "../bounds.ts";
import { count, role, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME } from "../refusals.ts";
import {
  approvals,
  assetCounts,
  assetReceipt,
  assignmentCounts,
  blockerCodes,
  campaign,
  campaignAssignment,
  campaignFields,
  campaignName,
  campaignSlot,
  campaignSummary,
  channelBrief,
  nextManagerActionField,
  permissionToPublish,
  slotLifecycleField,
} from "./entities.ts";
import { CAMPAIGN_RULES } from "./words.ts";

export const dashboardSlot = campaignSlot.extend({
  active_assignments: count.describe("queued, active and blocked ones"),
  asset_receipts: count,
  assignments: z.array(campaignAssignment).describe("the newest ones, in order of creation"),
  assets: z.array(assetReceipt).describe("the newest ones, in order of creation"),
  earlier: z
    .object({ assignments: count, assets: count })
    .describe("how many older ones are not shown; --slot with --assignments-before or --assets-before shows them"),
  blockers: z.array(z.string()),
  blocker_codes: blockerCodes,
  lifecycle: slotLifecycleField,
  session: z
    .object({
      id: z.string(),
      name: z.string(),
      role,
      state: z.string(),
      last_heartbeat_at: timestamp.nullable(),
      codex_app_thread_id: z.string().nullable(),
      codex_app_thread_title: z.string().nullable(),
    })
    .nullable(),
  task: z
    .object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      pending_items: count.describe("messages that wait in the worker's inbox"),
    })
    .nullable()
    .describe("the task that this slot stands for"),
});
export type DashboardSlot = z.infer<typeof dashboardSlot>;

/** `campaign dashboard` (spec 06 §6.5): where the status of a campaign is read. */
export const dashboard = operation({
  path: "campaigns.dashboard",
  kind: "query",
  summary: "Show what a campaign needs next: every slot, its life, blockers, work and receipts",
  ledger: "read",
  refuses: BY_NAME,
  cli: {
    command: "campaign",
    place: 130,
    action: "dashboard",
    looked_for_as: ["assets", "slots", "assignments"],
    prints: "text",
    notes: CAMPAIGN_RULES,
    examples: ["campaign dashboard --name launch", "campaign dashboard --name launch --slot tiktok --items 500 --json"],
  },
  input: z.object({
    name: campaignName,
    slot: cli(reference, { placeholder: "slot" }).optional().describe("only this slot in the list: its key or id"),
    limit: campaignFields.page.default(500).describe("at most this many slots in the list"),
    after: reference.optional().describe("go on after this slot: key or id of the last one of the list before"),
    items: campaignFields.page
      .optional()
      .describe(
        "at most this many assignments and assets of each slot; default: 300 shared by the slots that are shown",
      ),
    assignments_before: reference.optional().describe("of the slot named: only assignments before this one (id)"),
    assets_before: reference.optional().describe("of the slot named: only receipts before this one (id)"),
  }),
  output: z.object({
    campaign,
    next_manager_action: nextManagerActionField,
    summary: campaignSummary,
    approvals,
    asset_counts: assetCounts,
    assignment_counts: assignmentCounts,
    channel_briefs: z.array(channelBrief),
    blockers: z.array(z.string()),
    blocker_codes: blockerCodes,
    blockers_left_out: count.describe("further blockers beyond those that are told"),
    slots: z.array(dashboardSlot),
    permission_to_publish: permissionToPublish,
  }),
});
