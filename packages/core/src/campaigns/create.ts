import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { campaignOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { readBack } from "./readback.ts";

/**
 * Begin a campaign. The same name with the same objective and metadata answers with the one that is there and writes
 * nothing. Throws `conflict` when one of this name has other content (spec 06 §6.5).
 */
export async function create(ctx: Ctx, input: Input<"campaigns.create">): Promise<Output<"campaigns.create">> {
  const { row, created } = await ctx.store.write(async (tx) => {
    const metadata_json = canonicalJson(input.metadata);
    const same = await tx.db.campaigns.findUnique({ where: { name: input.name } });
    if (same !== null) {
      if (same.objective === input.objective && same.metadata_json === metadata_json)
        return { row: same, created: false };
      throw new ConveyorError("conflict", `there is a campaign ${JSON.stringify(input.name)} with other content`, {
        hint: `look at it with \`conveyor campaign status --name ${shellQuote(input.name)}\`, or choose another name`,
        details: { kind: "campaign", id: same.id, name: same.name },
      });
    }
    return { row: await insertCampaign(ctx, tx, { ...input, metadata_json }), created: true };
  });
  const campaign = campaignOf(row);
  return {
    action: "create",
    campaign,
    campaign_id: campaign.id,
    created,
    ledger_readback: await readBack(ctx, campaign, []),
  };
}

async function insertCampaign(
  ctx: Ctx,
  tx: WriteTx,
  { name, objective, metadata_json }: { name: string; objective: string; metadata_json: string },
) {
  const id = ctx.host.ids.next("campaign");
  const by = campaignActor(ctx, tx);
  const seq = tx.seq();
  await tx.db.campaigns.create({
    data: {
      ...{ id, seq, updated_seq: seq, name, objective, metadata_json },
      ...{ status: "active", created_at: tx.now, updated_at: tx.now },
    },
  });
  await recordChange(tx, { id }, { entity: "campaign", entity_id: id, change: "created", to: "active", by });
  tx.tell("campaign_created", {
    actor: by,
    summary: `campaign ${name} began`,
    correlation: { campaign_id: id },
    attributes: { campaign_id: id, name },
  });
  return campaignNow(tx, id);
}
