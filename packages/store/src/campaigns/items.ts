import { AT_MOST } from "../at-most.ts";
import type { Prisma } from "../generated/prisma/client.ts";
import type { FastTx } from "../transaction.ts";

export type AssignmentRow = Prisma.campaign_assignmentsGetPayload<object>;
export type AssetRow = Prisma.campaign_asset_receiptsGetPayload<object>;

/** A part of the things of some slots: of each the newest ones before this number of the sequence. */
export interface SlotsPage {
  slot_ids: readonly string[];
  before_seq: number;
  limit: number;
}

/** One statement for all slots: asked one by one, two hundred of them take several times as long. */
const newest = (table: string) => `SELECT item.* FROM json_each(@slot_ids) slot JOIN ${table} item ON item.rowid IN
    (SELECT rowid FROM ${table} WHERE slot_id = slot.value AND seq < @before_seq ORDER BY seq DESC ${AT_MOST})
  ORDER BY slot.key, item.seq`;

export const NEWEST_ASSIGNMENTS_SQL = newest("campaign_assignments");
export const NEWEST_ASSETS_SQL = newest("campaign_asset_receipts");

/** The newest assignments of each slot, slot by slot, in order of creation. */
export function newestAssignments(tx: FastTx, page: SlotsPage): AssignmentRow[] {
  return tx.sql.hot(NEWEST_ASSIGNMENTS_SQL).all(boundOf(page)) as AssignmentRow[];
}

/** The newest receipts of each slot, slot by slot, in order of creation. */
export function newestAssets(tx: FastTx, page: SlotsPage): AssetRow[] {
  return tx.sql.hot(NEWEST_ASSETS_SQL).all(boundOf(page)) as AssetRow[];
}

const boundOf = ({ slot_ids, ...page }: SlotsPage) => ({ ...page, slot_ids: JSON.stringify(slot_ids) });

const countBefore = (table: string) =>
  `SELECT count(*) AS amount FROM ${table} WHERE slot_id = @slot_id AND seq < @before_seq`;

/** How many assignments and receipts of a slot are older than these numbers. */
export function countOlder(
  tx: FastTx,
  { slot_id, assignments, assets }: { slot_id: string; assignments: number; assets: number },
): { assignments: number; assets: number } {
  const of = (table: string, before_seq: number) =>
    (tx.sql.hot(countBefore(table)).get({ slot_id, before_seq }) as { amount: number }).amount;
  return { assignments: of("campaign_assignments", assignments), assets: of("campaign_asset_receipts", assets) };
}

const byIdOrPrefix = (table: string) => `SELECT * FROM ${table} WHERE campaign_id = @campaign_id
  AND substr(id, 1, length(@prefix)) = @prefix ORDER BY id = @prefix DESC, seq ${AT_MOST}`;

/** The assignments of a campaign whose id begins like this, an exact one first, at most `limit`. */
export function assignmentsByIdPrefix(tx: FastTx, campaign_id: string, prefix: string, limit: number): AssignmentRow[] {
  const exact = tx.sql
    .hot("SELECT * FROM campaign_assignments WHERE id = ? AND campaign_id = ?")
    .get(prefix, campaign_id);
  if (exact !== undefined) return [exact as AssignmentRow];
  return tx.sql.search(byIdOrPrefix("campaign_assignments")).all({ campaign_id, prefix, limit }) as AssignmentRow[];
}

/** The receipts of a campaign whose id begins like this, an exact one first, at most `limit`. */
export function assetsByIdPrefix(tx: FastTx, campaign_id: string, prefix: string, limit: number): AssetRow[] {
  const exact = tx.sql
    .hot("SELECT * FROM campaign_asset_receipts WHERE id = ? AND campaign_id = ?")
    .get(prefix, campaign_id);
  if (exact !== undefined) return [exact as AssetRow];
  return tx.sql.search(byIdOrPrefix("campaign_asset_receipts")).all({ campaign_id, prefix, limit }) as AssetRow[];
}

export const RECEIPT_OF_ASSIGNMENT_SQL =
  "SELECT id FROM campaign_asset_receipts WHERE assignment_id = ? ORDER BY id LIMIT 1";

/** A receipt that an assignment has already. */
export function receiptOfAssignment(tx: FastTx, assignment_id: string): string | undefined {
  return (tx.sql.hot(RECEIPT_OF_ASSIGNMENT_SQL).get(assignment_id) as { id: string } | undefined)?.id;
}

export const RECEIPT_COUNTS_SQL = `SELECT a.id AS assignment_id, s.slot_key,
    (SELECT count(*) FROM campaign_asset_receipts r WHERE r.assignment_id = a.id) AS receipt_count
  FROM campaign_assignments a JOIN campaign_worker_slots s ON s.id = a.slot_id
 WHERE a.campaign_id = @campaign_id ORDER BY a.seq ${AT_MOST}`;

/** The assignments of a campaign in order of creation with how many receipts each has, at most `limit`. */
export function receiptCounts(
  tx: FastTx,
  campaign_id: string,
  limit: number,
): { assignment_id: string; slot_key: string; receipt_count: number }[] {
  return tx.sql.search(RECEIPT_COUNTS_SQL).all({ campaign_id, limit }) as {
    assignment_id: string;
    slot_key: string;
    receipt_count: number;
  }[];
}

export const RECEIPT_IDS_SQL = `SELECT slot_id, id FROM campaign_asset_receipts
  WHERE campaign_id = @campaign_id ORDER BY seq ${AT_MOST}`;

/** The ids of a campaign's receipts in order of creation, by slot, at most `limit`. */
export function receiptIds(tx: FastTx, campaign_id: string, limit: number): { slot_id: string; id: string }[] {
  return tx.sql.hot(RECEIPT_IDS_SQL).all({ campaign_id, limit }) as { slot_id: string; id: string }[];
}

const all = (table: string) =>
  `SELECT * FROM ${table} WHERE campaign_id = @campaign_id AND seq > @after_seq ORDER BY seq ${AT_MOST}`;

export const ALL_ASSIGNMENTS_SQL = all("campaign_assignments");
export const ALL_ASSETS_SQL = all("campaign_asset_receipts");

interface CampaignPage {
  campaign_id: string;
  after_seq: number;
  limit: number;
}

/** The assignments of a campaign in order of creation, a part at a time. */
export function assignmentRows(tx: FastTx, page: CampaignPage): AssignmentRow[] {
  return tx.sql.hot(ALL_ASSIGNMENTS_SQL).all({ ...page }) as AssignmentRow[];
}

/** The receipts of a campaign in order of creation, a part at a time. */
export function assetRows(tx: FastTx, page: CampaignPage): AssetRow[] {
  return tx.sql.hot(ALL_ASSETS_SQL).all({ ...page }) as AssetRow[];
}
