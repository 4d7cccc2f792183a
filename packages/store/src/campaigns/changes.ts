import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** A change of a campaign or one of its parts. */
export interface CampaignChangeRow {
  seq: number;
  campaign_id: string;
  campaign_name: string;
  campaign_status: string;
  entity: string;
  entity_id: string;
  change: string;
  from_state: string | null;
  to_state: string | null;
  forced: number;
  reason: string | null;
  changed_by: string;
  created_at: string;
}

/** A change about to be recorded. */
export type NewCampaignChange = Pick<
  CampaignChangeRow,
  "campaign_id" | "entity" | "entity_id" | "change" | "from_state" | "to_state" | "reason" | "changed_by"
> & { forced: boolean };

/** Record a change in the history of its campaign; returns its number. */
export function insertCampaignChange(tx: FastTx, { forced, ...change }: NewCampaignChange): number {
  const seq = tx.seq();
  tx.sql
    .hot(
      `INSERT INTO campaign_changes (seq, campaign_id, entity, entity_id, change, from_state, to_state, forced, reason,
        changed_by, created_at)
     VALUES (@seq, @campaign_id, @entity, @entity_id, @change, @from_state, @to_state, @forced, @reason, @changed_by, @now)`,
    )
    .run({ ...change, forced: forced ? 1 : 0, seq, now: tx.now });
  return seq;
}

const SELECT = `SELECT h.seq, h.campaign_id, c.name AS campaign_name, c.status AS campaign_status, h.entity, h.entity_id, h.change,
    h.from_state, h.to_state, h.forced, h.reason, h.changed_by, h.created_at
  FROM campaign_changes h JOIN campaigns c ON c.id = h.campaign_id`;

export const CHANGES_AFTER_SQL = `${SELECT} WHERE h.seq > @after ORDER BY h.seq ${AT_MOST}`;
export const CHANGES_OF_CAMPAIGN_SQL = `${SELECT} WHERE h.campaign_id = @campaign_id AND h.seq > @after
  AND (@entity IS NULL OR h.entity = @entity) ORDER BY h.seq ${AT_MOST}`;
export const CHANGES_OF_ONE_SQL = `${SELECT} WHERE h.entity_id = @entity_id AND +h.campaign_id = @campaign_id AND h.seq > @after
  AND (@entity IS NULL OR h.entity = @entity) ORDER BY h.seq ${AT_MOST}`;

/** Which changes are meant; all of it must hold. */
export interface CampaignChangeFilter {
  campaign_id: string | null;
  entity?: string | undefined;
  entity_id?: string | undefined;
}

/** The changes behind a number of the sequence, oldest first, at most `limit`. */
export function campaignChangesAfter(
  tx: FastTx,
  { campaign_id, entity = undefined, entity_id }: CampaignChangeFilter,
  { after, limit }: { after: number; limit: number },
): CampaignChangeRow[] {
  if (campaign_id === null) return tx.sql.hot(CHANGES_AFTER_SQL).all({ after, limit }) as CampaignChangeRow[];
  const bound = { campaign_id, entity: entity ?? null, after, limit };
  if (entity_id === undefined) return tx.sql.hot(CHANGES_OF_CAMPAIGN_SQL).all(bound) as CampaignChangeRow[];
  return tx.sql.hot(CHANGES_OF_ONE_SQL).all({ ...bound, entity_id }) as CampaignChangeRow[];
}

export const NEWEST_CHANGE_SQL = "SELECT coalesce(max(seq), 0) AS newest FROM campaign_changes";
export const NEWEST_CHANGE_OF_CAMPAIGN_SQL =
  "SELECT coalesce(max(seq), 0) AS newest FROM campaign_changes WHERE campaign_id = ?";

/** The number of the newest change, of one campaign or of all; 0 when there is none. */
export function newestCampaignChange(tx: FastTx, campaign_id: string | null): number {
  const row =
    campaign_id === null
      ? tx.sql.hot(NEWEST_CHANGE_SQL).get()
      : tx.sql.hot(NEWEST_CHANGE_OF_CAMPAIGN_SQL).get(campaign_id);
  return (row as { newest: number }).newest;
}

/** Where a reader must begin to get the newest `amount` changes: the number right before the first of them. */
export function positionBeforeChanges(
  tx: FastTx,
  campaign_id: string | null,
  { amount, present }: { amount: number; present: number },
): number {
  if (amount === 0) return present;
  const of = campaign_id === null ? "" : "WHERE campaign_id = @campaign_id";
  const row = tx.sql
    .hot(`SELECT min(seq) AS first FROM (SELECT seq FROM campaign_changes ${of} ORDER BY seq DESC LIMIT @amount + 0)`)
    .get(campaign_id === null ? { amount } : { amount, campaign_id }) as { first: number | null };
  return row.first === null ? present : row.first - 1;
}
