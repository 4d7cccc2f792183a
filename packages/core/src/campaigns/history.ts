import type { Input, Output } from "@conveyor/contracts";
import type { CampaignChange } from "@conveyor/contracts/campaigns/entities";
import { ConveyorError } from "@conveyor/contracts/errors";
import { campaignRows, type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";
import { type LiveItem, type LiveMark, liveItems } from "../shared/live.ts";
import { lookOnce } from "../shared/look-once.ts";
import { changeOf } from "./campaign-rows.ts";
import { resolveCampaign } from "./find-campaign.ts";

/** Most changes read at once. */
const BATCH = 100;

/** What happened in a campaign, oldest first, a page at a time. Throws `not_found`, `ambiguous`. */
export async function history(ctx: Ctx, input: Input<"campaigns.history">): Promise<Output<"campaigns.history">> {
  const { entity, entity_id, after, limit } = input;
  return ctx.store.peek((tx) => {
    const { id: campaign_id } = resolveCampaign(tx, input.name);
    const filter = { campaign_id, entity, entity_id };
    return campaignRows.campaignChangesAfter(tx, filter, { after, limit }).map(changeOf);
  });
}

/**
 * Every change of a campaign, or of all, as it is committed, each once and in the order of the ledger's sequence. Begins with
 * the newest `backlog` ones, and says first where that is, so that a reader that is cut off before its first change misses
 * nothing either. The id of a change is its number. Throws `invalid_input`, `not_found`, `ambiguous`.
 */
export async function* onChange(
  ctx: Ctx,
  input: Input<"campaigns.onChange">,
  after?: string,
): AsyncGenerator<LiveItem<CampaignChange> | LiveMark> {
  const known = after === undefined ? undefined : positionOf(after);
  const { campaign_id, begin } = await ctx.store.peek((tx) => {
    const id = input.name === undefined ? null : resolveCampaign(tx, input.name).id;
    const present = inboxRows.currentSequence(tx);
    // A ledger that was put back to an earlier state has not had what its reader knows: what comes now is new.
    if (known !== undefined) return { campaign_id: id, begin: Math.min(known, present) };
    const amount = input.backlog;
    return { campaign_id: id, begin: campaignRows.positionBeforeChanges(tx, id, { amount, present }) };
  });
  let cursor = begin;
  if (known === undefined) yield { id: String(begin), data: null };

  const next = async () => {
    const items = await changesAfter(ctx, campaign_id, cursor);
    cursor = items.at(-1)?.data.seq ?? cursor;
    return items;
  };
  yield* liveItems(ctx, next, {
    sleep: (options) => {
      const key = `campaign changes ${campaign_id} ${cursor}`;
      const isThere = (tx: FastTx) => campaignRows.newestCampaignChange(tx, campaign_id) > cursor;
      return untilThere(ctx, { key, isThere }, options);
    },
  });
}

/** The next changes; read once for all who follow the same and have seen the same. */
function changesAfter(
  { store }: Ctx,
  campaign_id: string | null,
  after: number,
): Promise<{ id: string; data: CampaignChange }[]> {
  return lookOnce(store, `campaign changes ${campaign_id} ${after}`, () =>
    store.peek((tx) =>
      campaignRows
        .campaignChangesAfter(tx, { campaign_id }, { after, limit: BATCH })
        .map((row) => ({ id: String(row.seq), data: changeOf(row) })),
    ),
  );
}

function positionOf(id: string): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new ConveyorError("invalid_input", `${JSON.stringify(id)} is not the id of a change of this stream`, {
    hint: "go on with the id of the last change received, or without one",
  });
}
