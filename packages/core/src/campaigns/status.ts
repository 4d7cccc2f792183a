import type { Input, Output } from "@conveyor/contracts";
import { ASSET_STATUSES, ASSIGNMENT_STATUSES } from "@conveyor/contracts/campaigns/words";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import { campaignRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { openAssignments, readCampaign, standings } from "./campaign-now.ts";
import { briefOf, campaignOf, slotOf } from "./campaign-rows.ts";
import { resolveCampaign, resolveSlot } from "./find-campaign.ts";
import { total } from "./verdicts/snapshot.ts";

/** Campaigns in order of creation, a page at a time. Throws `not_found` or `ambiguous` for an unknown `after`. */
export async function list(ctx: Ctx, input: Input<"campaigns.list">): Promise<Output<"campaigns.list">> {
  return ctx.store.peek((tx) => {
    const after_seq = input.after === undefined ? 0 : resolveCampaign(tx, input.after).seq;
    return campaignRows.listedCampaigns(tx, { after_seq, limit: input.limit ?? LIST_ROWS }).map((row) => ({
      ...campaignOf(row),
      slots: row.slots,
      assignment_counts: standings(campaignRows.assignmentStandings(tx, row.id), ASSIGNMENT_STATUSES).all,
      asset_counts: standings(campaignRows.assetStandings(tx, row.id), ASSET_STATUSES).all,
      permission_to_publish: false,
    }));
  });
}

/** A campaign, its slots and briefs, and counts (spec 06 §6.5). Throws `not_found`, `ambiguous`. */
export async function status(ctx: Ctx, input: Input<"campaigns.status">): Promise<Output<"campaigns.status">> {
  return ctx.store.peek((tx) => {
    const campaign = resolveCampaign(tx, input.name);
    const now = readCampaign(tx, campaign.id);
    const after_seq = input.after === undefined ? 0 : resolveSlot(tx, campaign, input.after).seq;
    const slots = now.rows.filter(({ seq }) => seq > after_seq).slice(0, input.limit ?? LIST_ROWS);
    return {
      campaign: campaignOf(campaign),
      slots: slots.map((row) => ({
        ...slotOf(row),
        active_assignments: openAssignments(now.assignments.of(row.id)),
        asset_receipts: total(now.assets.of(row.id)),
      })),
      channel_briefs: now.briefs.map(briefOf),
      assignment_counts: now.assignments.all,
      asset_counts: now.assets.all,
      permission_to_publish: false,
    };
  });
}
