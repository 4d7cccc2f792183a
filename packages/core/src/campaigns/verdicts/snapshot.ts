import type { AssetCounts, AssignmentCounts } from "@conveyor/contracts/campaigns/entities";
import type { SlotState } from "@conveyor/contracts/campaigns/words";

/** What is decided on about a slot. */
export interface SlotFacts {
  slot_key: string;
  state: SlotState;
  thread_id: string | null;
  /** The session that works in it; null where there is none, as with a slot that is a thread alone. */
  worker: { last_heartbeat_at: string | null } | null;
  /** Titles of its blocked assignments. */
  blocked_assignments: readonly string[];
  /** Titles of its rejected assets that nothing has made good. */
  rejected_assets: readonly string[];
  /** All assignments, and all receipts. */
  assignments: number;
  receipts: number;
}

/** All that the verdicts about a campaign rest on, as it was at one moment. */
export interface CampaignSnapshot {
  now: Date;
  slots: readonly SlotFacts[];
  assignments: AssignmentCounts;
  assets: AssetCounts;
  /** Rejected assets that nothing has made good. */
  open_rejections: number;
  channel_briefs: number;
}

/** What the closing of a campaign rests on besides: counts over all of its receipts. */
export interface ReceiptSnapshot {
  /** Assignments, cancelled ones and those of archived slots apart, without a receipt. */
  without_receipt: number;
  with_several: number;
  /** Receipts that nobody on record has approved or rejected. */
  undecided: number;
}

/** The sum of all counts. Pure. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}
