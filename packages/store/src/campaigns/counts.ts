import { AT_MOST } from "../at-most.ts";
import type { FastTx } from "../transaction.ts";

/** How many of a slot's things stand how. */
export interface StandingCount {
  slot_id: string;
  status: string;
  amount: number;
}

const counts = (table: string) => `SELECT slot_id, status, count(*) AS amount FROM ${table}
  WHERE campaign_id = @campaign_id GROUP BY slot_id, status`;

export const ASSIGNMENT_COUNTS_SQL = counts("campaign_assignments");
export const ASSET_COUNTS_SQL = counts("campaign_asset_receipts");

/** The assignments of a campaign by slot and status. */
export function assignmentStandings(tx: FastTx, campaign_id: string): StandingCount[] {
  return tx.sql.hot(ASSIGNMENT_COUNTS_SQL).all({ campaign_id }) as StandingCount[];
}

/** The receipts of a campaign by slot and status. */
export function assetStandings(tx: FastTx, campaign_id: string): StandingCount[] {
  return tx.sql.hot(ASSET_COUNTS_SQL).all({ campaign_id }) as StandingCount[];
}

/** Something that stands in the way, by its slot. */
export interface ObstacleRow {
  slot_id: string;
  title: string;
}

export const BLOCKED_ASSIGNMENTS_SQL = `SELECT slot_id, title FROM campaign_assignments
  WHERE campaign_id = @campaign_id AND status = 'blocked' ORDER BY created_at, id ${AT_MOST}`;

/** The blocked assignments of a campaign, oldest first, at most `limit`. */
export function blockedAssignmentRows(tx: FastTx, campaign_id: string, limit: number): ObstacleRow[] {
  return tx.sql.hot(BLOCKED_ASSIGNMENTS_SQL).all({ campaign_id, limit }) as ObstacleRow[];
}

/** A rejection is over when its assignment was cancelled, or has a later receipt that is not rejected and no mere draft. */
const OPEN_REJECTION = `r.campaign_id = @campaign_id AND r.status = 'rejected' AND NOT EXISTS (
    SELECT 1 FROM campaign_asset_receipts later WHERE later.assignment_id = r.assignment_id AND later.seq > r.seq
       AND later.status IN ('needs_review', 'approved', 'published'))
  AND NOT EXISTS (SELECT 1 FROM campaign_assignments a WHERE a.id = r.assignment_id AND a.status = 'cancelled')`;

export const OPEN_REJECTIONS_SQL = `SELECT r.slot_id, r.title FROM campaign_asset_receipts r
  WHERE ${OPEN_REJECTION} ORDER BY r.created_at, r.id ${AT_MOST}`;

/** The rejected receipts of a campaign that nothing has made good, oldest first, at most `limit`. */
export function openRejectionRows(tx: FastTx, campaign_id: string, limit: number): ObstacleRow[] {
  return tx.sql.hot(OPEN_REJECTIONS_SQL).all({ campaign_id, limit }) as ObstacleRow[];
}

export const OPEN_REJECTION_COUNTS_SQL = `SELECT r.slot_id, count(*) AS amount FROM campaign_asset_receipts r
  WHERE ${OPEN_REJECTION} GROUP BY r.slot_id`;

/** How many rejected receipts of each slot nothing has made good. */
export function openRejectionCounts(tx: FastTx, campaign_id: string): { slot_id: string; amount: number }[] {
  return tx.sql.hot(OPEN_REJECTION_COUNTS_SQL).all({ campaign_id }) as { slot_id: string; amount: number }[];
}

/** What the closing of a campaign asks of all its receipts at once. */
export interface ReceiptFacts {
  /** Assignments that are not cancelled, of slots that are not archived, and have no receipt. */
  without_receipt: number;
  /** Assignments with more than one receipt. */
  with_several: number;
  /** Receipts that are not approved or rejected by somebody on record. */
  undecided: number;
}

export const RECEIPT_FACTS_SQL = `SELECT
  (SELECT count(*) FROM campaign_assignments a JOIN campaign_worker_slots s ON s.id = a.slot_id
    WHERE a.campaign_id = @campaign_id AND a.status <> 'cancelled' AND s.state <> 'archived'
      AND NOT EXISTS (SELECT 1 FROM campaign_asset_receipts r WHERE r.assignment_id = a.id)) AS without_receipt,
  (SELECT count(*) FROM (SELECT 1 FROM campaign_asset_receipts r JOIN campaign_assignments a ON a.id = r.assignment_id
    WHERE r.campaign_id = @campaign_id GROUP BY r.assignment_id HAVING count(*) > 1)) AS with_several,
  (SELECT count(*) FROM campaign_asset_receipts r WHERE r.campaign_id = @campaign_id
      AND (r.status NOT IN ('approved', 'rejected') OR r.reviewed_by IS NULL)) AS undecided`;

/** Counts over all receipts of a campaign. */
export function receiptFacts(tx: FastTx, campaign_id: string): ReceiptFacts {
  return tx.sql.search(RECEIPT_FACTS_SQL).get({ campaign_id }) as ReceiptFacts;
}
