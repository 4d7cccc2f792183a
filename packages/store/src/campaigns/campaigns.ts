import { AT_MOST } from "../at-most.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type CampaignRow = Prisma.campaignsGetPayload<object>;
export type BriefRow = Prisma.campaign_channel_briefsGetPayload<object>;

/** The campaign of exactly this id, else the one of this name: both are unique. */
export function campaignByIdOrName(tx: FastTx, reference: string): CampaignRow | undefined {
  const byId = tx.sql.hot("SELECT * FROM campaigns WHERE id = ?").get(reference);
  return (byId ?? tx.sql.hot("SELECT * FROM campaigns WHERE name = ?").get(reference)) as CampaignRow | undefined;
}

/** The campaigns whose id begins like this, oldest first, at most `limit`. */
export function campaignsByIdPrefix(tx: FastTx, prefix: string, limit: number): CampaignRow[] {
  return tx.sql
    .hot(`SELECT * FROM campaigns WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY seq ${AT_MOST}`)
    .all({ prefix, limit }) as CampaignRow[];
}

/** Names of the newest campaigns, newest first, at most `limit`. */
export function campaignNames(tx: FastTx, limit: number): string[] {
  const rows = tx.sql.hot(`SELECT name FROM campaigns ORDER BY seq DESC ${AT_MOST}`).all({ limit });
  return (rows as { name: string }[]).map(({ name }) => name);
}

/** Campaigns in order of creation behind `after_seq`, at most `limit`, with how many slots of each are not archived. */
export function listedCampaigns(
  tx: FastTx,
  page: { after_seq: number; limit: number },
): (CampaignRow & { slots: number })[] {
  return tx.sql
    .hot(
      `SELECT c.*, (SELECT count(*) FROM campaign_worker_slots s WHERE s.campaign_id = c.id AND s.state <> 'archived') AS slots
         FROM campaigns c WHERE c.seq > @after_seq ORDER BY c.seq ${AT_MOST}`,
    )
    .all(page) as (CampaignRow & { slots: number })[];
}

export const BRIEFS_SQL = "SELECT * FROM campaign_channel_briefs WHERE campaign_id = ? ORDER BY channel";

/** The briefs of a campaign by channel. */
export function briefRows(tx: FastTx, campaign_id: string): BriefRow[] {
  return tx.sql.hot(BRIEFS_SQL).all(campaign_id) as BriefRow[];
}

const TABLES = {
  campaign: "campaigns",
  slot: "campaign_worker_slots",
  brief: "campaign_channel_briefs",
  assignment: "campaign_assignments",
} as const;

/** Whether a row of a campaign is there, as whoever opens the ledger now sees it. */
export function isCampaignRowThere(tx: FastTx, entity: keyof typeof TABLES, id: string): boolean {
  return tx.sql.hot(`SELECT 1 AS there FROM ${TABLES[entity]} WHERE id = ?`).get(id) !== undefined;
}
