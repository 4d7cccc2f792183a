import type { Input, Output } from "@conveyor/contracts";
import { ASSIGNMENT_TRANSITIONS, type AssignmentStatus } from "@conveyor/contracts/campaigns/words";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { assignmentOf, campaignOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveAssignment, resolveLivingSlot, resolveOpenCampaign } from "./find-campaign.ts";
import { readBack } from "./readback.ts";
import { assertMayFollow } from "./transitions.ts";

/** Give a slot work. Throws `not_found`, `ambiguous`, `precondition_failed` for a campaign or slot that is over. */
export async function assign(ctx: Ctx, input: Input<"campaigns.assign">): Promise<Output<"campaigns.assign">> {
  const { title, instructions, status } = input;
  const { row, assignment_id, slot_id } = await ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const slot = resolveLivingSlot(tx, { id: campaign_id, name }, input.slot);
    const id = ctx.host.ids.next("campaign-assignment");
    const by = campaignActor(ctx, tx);
    const seq = tx.seq();
    await tx.db.campaign_assignments.create({
      data: {
        ...{ id, seq, updated_seq: seq, campaign_id, slot_id: slot.id, title, instructions, status },
        ...{ metadata_json: canonicalJson(input.metadata), created_at: tx.now, updated_at: tx.now },
        completed_at: status === "done" ? tx.now : null,
      },
    });
    const told = { entity: "assignment", entity_id: id, change: "created", to: status, by } as const;
    await recordChange(tx, { id: campaign_id }, told);
    tx.tell("campaign_assignment_created", {
      actor: by,
      summary: `campaign ${name}: slot ${slot.slot_key} got work`,
      correlation: { campaign_id, slot_id: slot.id, assignment_id: id },
      attributes: { campaign_id, slot_id: slot.id, assignment_id: id, status },
    });
    return { row: await campaignNow(tx, campaign_id), assignment_id: id, slot_id: slot.id };
  });
  const ledger_readback = await readBack(ctx, row, [{ entity: "assignment", id: assignment_id, key: title }]);
  return { action: "assign", assignment_id, campaign: campaignOf(row), created: true, slot_id, ledger_readback };
}

/**
 * Let an assignment stand otherwise, as its table of transitions allows; the same status again changes nothing. Throws
 * `not_found`, `ambiguous`, `precondition_failed` for a step that is not allowed or a campaign that is over, and
 * `invalid_input` where words are missing.
 */
export async function assignment(
  ctx: Ctx,
  input: Input<"campaigns.assignment">,
): Promise<Output<"campaigns.assignment">> {
  return ctx.store.write(async (tx) => {
    const campaign = resolveOpenCampaign(tx, input.name);
    const before = resolveAssignment(tx, campaign, input.assignment_id);
    const from = before.status as AssignmentStatus;
    const { status: to, reason, reopen } = input;
    if (from === to) {
      const shown = { assignment: assignmentOf(before), campaign: campaignOf(campaign) };
      return { action: "assignment", ...shown, updated: false, change: null };
    }
    const what = `assignment ${JSON.stringify(before.title)}`;
    assertMayFollow(ASSIGNMENT_TRANSITIONS, { what, from, to, reason, reason_flag: "--reason", reopen });
    const after = await tx.db.campaign_assignments.update({
      where: { id: before.id },
      data: {
        ...{ status: to, updated_at: tx.now, updated_seq: tx.seq() },
        completed_at: to === "done" ? tx.now : null,
      },
    });
    const by = campaignActor(ctx, tx);
    const { id: assignment_id, campaign_id, slot_id } = after;
    const told = {
      entity: "assignment",
      entity_id: assignment_id,
      change: "status_changed",
      from,
      to,
      reason,
      by,
    } as const;
    const change = await recordChange(tx, campaign, told);
    tx.tell("campaign_assignment_changed", {
      actor: by,
      summary: `campaign ${campaign.name}: an assignment ${from} -> ${to}`,
      correlation: { campaign_id, slot_id, assignment_id },
      attributes: { campaign_id, slot_id, assignment_id, from, to, has_reason: reason !== undefined },
    });
    const shown = { assignment: assignmentOf(after), campaign: campaignOf(await campaignNow(tx, campaign_id)) };
    return { action: "assignment", ...shown, updated: true, change };
  });
}
