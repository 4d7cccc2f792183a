import type { CampaignChange } from "@conveyor/contracts/campaigns/entities";
import type { CampaignChangeKind, CampaignEntity } from "@conveyor/contracts/campaigns/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { campaignRows, type FastTx, lookups, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { changeOf } from "./campaign-rows.ts";

export type CampaignActor = "worker" | "manager" | "operator";

/**
 * As who somebody acts on campaigns: a person is the operator, the thread of a registered manager a manager, and every other
 * agent counts as a worker, who may do the work and record it but never judge it.
 */
export function campaignActor({ settings: { caller_thread_id } }: Pick<Ctx, "settings">, tx: FastTx): CampaignActor {
  if (caller_thread_id === undefined) return "operator";
  return lookups.sessionOfThread(tx, caller_thread_id)?.role === "manager" ? "manager" : "worker";
}

/** Throws `permission_denied` for whoever does the work. */
export function assertIsNoWorker(actor: CampaignActor, what: string): void {
  if (actor !== "worker") return;
  throw new ConveyorError("permission_denied", `whoever does the work may not ${what}`, {
    hint: "hand it to review with --status needs_review; a person decides, and the manager or that person records it",
    details: { actor },
  });
}

/** A change about to be recorded. */
export interface ToldChange {
  entity: CampaignEntity;
  entity_id: string;
  change: CampaignChangeKind;
  from?: string | null;
  to?: string | null;
  forced?: boolean;
  reason?: string | undefined;
  by: string;
}

/** Record a change in the history of a campaign, which counts as changed by it. In the transaction of the change. */
export async function recordChange(
  tx: WriteTx,
  campaign: { id: string },
  { entity, entity_id, change, from = null, to = null, forced = false, reason, by }: ToldChange,
): Promise<CampaignChange> {
  const seq = campaignRows.insertCampaignChange(tx, {
    ...{ campaign_id: campaign.id, entity, entity_id, change, from_state: from, to_state: to },
    ...{ forced, reason: reason ?? null, changed_by: by },
  });
  const row = await tx.db.campaigns.update({
    where: { id: campaign.id },
    data: { updated_at: tx.now, updated_seq: seq },
  });
  return changeOf({
    ...{ seq, campaign_id: row.id, campaign_name: row.name, campaign_status: row.status, entity, entity_id, change },
    ...{ from_state: from, to_state: to, forced: forced ? 1 : 0, reason: reason ?? null, changed_by: by },
    created_at: tx.now,
  });
}

/** The campaign as it stands at the end of the transaction. */
export async function campaignNow(tx: WriteTx, id: string): Promise<campaignRows.CampaignRow> {
  return tx.db.campaigns.findUniqueOrThrow({ where: { id } });
}
