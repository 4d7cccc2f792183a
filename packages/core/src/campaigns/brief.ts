import type { Input, Output } from "@conveyor/contracts";
import { canonicalJson } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { campaignOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveOpenCampaign } from "./find-campaign.ts";
import { readBack } from "./readback.ts";

/**
 * Set the brief of a channel; one that is there keeps its id and gets the new content as a whole. Throws `not_found`,
 * `ambiguous`, `precondition_failed` for a campaign that is over.
 */
export async function brief(ctx: Ctx, input: Input<"campaigns.brief">): Promise<Output<"campaigns.brief">> {
  const { channel } = input;
  const { row, brief_id } = await ctx.store.write(async (tx) => {
    const { id: campaign_id, name } = resolveOpenCampaign(tx, input.name);
    const where = { campaign_id_channel: { campaign_id, channel } };
    const before = await tx.db.campaign_channel_briefs.findUnique({ where });
    const brief_json = canonicalJson(input.brief);
    const seq = tx.seq();
    const { id } = await tx.db.campaign_channel_briefs.upsert({
      where,
      update: { brief_json, updated_at: tx.now, updated_seq: seq },
      create: {
        ...{ id: ctx.host.ids.next("campaign-brief"), seq, updated_seq: seq, campaign_id, channel, brief_json },
        ...{ created_at: tx.now, updated_at: tx.now },
      },
    });
    const by = campaignActor(ctx, tx);
    await recordChange(tx, { id: campaign_id }, { entity: "brief", entity_id: id, change: "upserted", by });
    tx.tell("campaign_brief_upserted", {
      actor: by,
      summary: `campaign ${name}: brief of ${channel} set`,
      correlation: { campaign_id, brief_id: id },
      attributes: {
        ...{ campaign_id, brief_id: id, channel, created: before === null },
        byte_count: Buffer.byteLength(brief_json),
      },
    });
    return { row: await campaignNow(tx, campaign_id), brief_id: id };
  });
  const ledger_readback = await readBack(ctx, row, [{ entity: "brief", id: brief_id, key: channel }]);
  return { action: "brief", brief_id, campaign: campaignOf(row), channel, upserted: true, ledger_readback };
}
