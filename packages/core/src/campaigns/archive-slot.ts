import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { campaignOf, slotOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveLivingSlot, resolveOpenCampaign } from "./find-campaign.ts";
import { assertExpectedThread } from "./rotate-slot.ts";

/**
 * Record that a slot is over. Throws `not_found`, `ambiguous`, `conflict` when it has another thread than expected,
 * `precondition_failed` when it or its campaign is over already; nothing has changed then.
 */
export async function archiveSlot(
  ctx: Ctx,
  input: Input<"campaigns.archiveSlot">,
): Promise<Output<"campaigns.archiveSlot">> {
  return ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const before = resolveLivingSlot(tx, { id: campaign_id, name }, input.slot);
    const { expected_thread_id } = input;
    assertExpectedThread(before, expected_thread_id);
    const after = await tx.db.campaign_worker_slots.update({
      where: { id: before.id },
      data: { state: "archived", updated_at: tx.now, updated_seq: tx.seq() },
    });
    const by = campaignActor(ctx, tx);
    const { id: slot_id, slot_key, state } = after;
    const moved = { from: before.state, to: state };
    await recordChange(
      tx,
      { id: campaign_id },
      { entity: "slot", entity_id: slot_id, change: "archived", ...moved, by },
    );
    tx.tell("campaign_slot_archived", {
      actor: by,
      summary: `campaign ${name}: slot ${slot_key} archived`,
      correlation: { campaign_id, slot_id },
      attributes: { campaign_id, slot_id, slot_key, state, thread_id: expected_thread_id },
    });
    const campaign = campaignOf(await campaignNow(tx, campaign_id));
    return { action: "archive-slot", campaign, expected_thread_id, slot: slotOf(after), updated: true };
  });
}
