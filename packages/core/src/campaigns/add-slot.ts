import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { campaignOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveOpenCampaign } from "./find-campaign.ts";
import { readBack } from "./readback.ts";
import { slotWorker } from "./slot-worker.ts";

/**
 * Add a slot. Throws `not_found`, `ambiguous`, `conflict` for a key that the campaign has already, `precondition_failed` for
 * a campaign that is over or a session that is no worker, `no_active_binding` for a task without a worker.
 */
export async function addSlot(ctx: Ctx, input: Input<"campaigns.addSlot">): Promise<Output<"campaigns.addSlot">> {
  const { slot_key } = input;
  const { row, slot_id } = await ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const where = { campaign_id_slot_key: { campaign_id, slot_key } };
    const taken = await tx.db.campaign_worker_slots.findUnique({ where });
    if (taken !== null) {
      throw new ConveyorError(
        "conflict",
        `campaign ${JSON.stringify(name)} has a slot ${JSON.stringify(slot_key)} already`,
        {
          hint: "choose another key, or change that slot with `conveyor campaign attach-slot`",
          details: { kind: "slot", id: taken.id, slot_key, state: taken.state },
        },
      );
    }
    const worker = await slotWorker(tx, input, null);
    const id = ctx.host.ids.next("campaign-slot");
    const by = campaignActor(ctx, tx);
    const { role_label, channel = null, state } = input;
    const seq = tx.seq();
    await tx.db.campaign_worker_slots.create({
      data: {
        ...{ id, seq, updated_seq: seq, campaign_id, slot_key, role_label, channel, state, ...worker },
        ...{ metadata_json: canonicalJson(input.metadata), created_at: tx.now, updated_at: tx.now },
      },
    });
    const told = { entity: "slot", entity_id: id, change: "created", to: state, by } as const;
    await recordChange(tx, { id: campaign_id }, told);
    tx.tell("campaign_slot_added", {
      actor: by,
      summary: `campaign ${name}: slot ${slot_key} added`,
      correlation: { campaign_id, slot_id: id },
      attributes: { campaign_id, slot_id: id, slot_key, state, channel },
    });
    return { row: await campaignNow(tx, campaign_id), slot_id: id };
  });
  const ledger_readback = await readBack(ctx, row, [{ entity: "slot", id: slot_id, key: slot_key }]);
  return { action: "add-slot", campaign: campaignOf(row), created: true, slot_id, slot_key, ledger_readback };
}
