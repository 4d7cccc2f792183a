import type { Input, Output } from "@conveyor/contracts";
import { CAMPAIGN_TRANSITIONS, type CampaignStatus } from "@conveyor/contracts/campaigns/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { Ctx } from "../ctx.ts";
import { campaignOf } from "./campaign-rows.ts";
import { campaignActor, campaignNow, recordChange } from "./change-campaign.ts";
import { resolveCampaign } from "./find-campaign.ts";
import { assertMayFollow } from "./transitions.ts";

/**
 * Let a campaign stand otherwise, as its table of transitions allows; the same status again changes nothing. Throws
 * `not_found`, `ambiguous`, `precondition_failed` for a step that is not allowed, and `invalid_input` where words are missing.
 */
export async function update(ctx: Ctx, input: Input<"campaigns.update">): Promise<Output<"campaigns.update">> {
  return ctx.store.write(async (tx) => {
    const { id, name, ...row } = resolveCampaign(tx, input.name);
    const from = row.status as CampaignStatus;
    const { status: to, reason, reopen } = input;
    if (from === to)
      return { action: "update", campaign: campaignOf({ id, name, ...row }), updated: false, change: null };
    if (to === "done") throw closesElsewhere(name);
    const what = `campaign ${JSON.stringify(name)}`;
    assertMayFollow(CAMPAIGN_TRANSITIONS, { what, from, to, reason, reason_flag: "--reason", reopen });
    const by = campaignActor(ctx, tx);
    await tx.db.campaigns.update({ where: { id }, data: { status: to } });
    const told = { entity: "campaign", entity_id: id, change: "status_changed", from, to, reason, by } as const;
    const change = await recordChange(tx, { id }, told);
    tx.tell("campaign_updated", {
      actor: by,
      summary: `campaign ${name} ${from} -> ${to}`,
      correlation: { campaign_id: id },
      attributes: { campaign_id: id, from, to, has_reason: reason !== undefined },
    });
    return { action: "update", campaign: campaignOf(await campaignNow(tx, id)), updated: true, change };
  });
}

function closesElsewhere(name: string): ConveyorError {
  return new ConveyorError(
    "precondition_failed",
    "a campaign becomes done by closing it, which looks at its closeout",
    {
      hint: `conveyor campaign close --name ${shellQuote(name)}`,
      details: { to: "done" },
    },
  );
}
