import type { Acknowledgement, InboxItem } from "@conveyor/contracts";
import { decodeRow, type FastTx, inboxRows } from "@conveyor/store";

/** A routed notification as its reader sees it, with the latest acknowledgement (spec 03 §7.6). */
export function inboxItemOf(tx: FastTx, row: inboxRows.InboxRow): InboxItem {
  const { seq: _seq, delivered_seq: _delivered, side_effect_started, side_effect_completed, ...rest } = row;
  const latest = inboxRows.latestAcknowledgement(tx, row.id);
  return {
    ...(decodeRow(rest) as unknown as InboxItem),
    side_effect_started: side_effect_started === 1,
    side_effect_completed: side_effect_completed === 1,
    acknowledgement: latest === undefined ? null : (decodeRow(latest) as unknown as Acknowledgement),
  };
}
