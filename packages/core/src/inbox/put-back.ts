import type { InboxItem } from "@conveyor/contracts";
import { type FastTx, inboxRows } from "@conveyor/store";
import { inboxItemOf } from "./item.ts";

/** Most items that go back in one transaction; the next look goes on. */
const BATCH = 100;

export type PutBackReason = "not_acknowledged" | "released";

/**
 * Return every item to its inbox that was taken with `--ack-within` and not acknowledged in time, at most a hundred (spec 03
 * §13 item 3). Returns how many.
 */
export function putBackOverdue(tx: FastTx): number {
  const overdue = inboxRows.overdueItems(tx, BATCH);
  for (const id of overdue) {
    const row = inboxRows.itemById(tx, id);
    if (row !== undefined) putBack(tx, inboxItemOf(tx, row), { reason: "not_acknowledged", note: null });
  }
  return overdue.length;
}

/** Return one taken item to its inbox and record that; false when nobody has taken it. */
export function putBack(tx: FastTx, item: InboxItem, why: { reason: PutBackReason; note: string | null }): boolean {
  if (!inboxRows.putBackItem(tx, item.id)) return false;
  tx.tell("dispatch_inbox_returned", {
    severity: why.reason === "released" ? "info" : "warning",
    summary: `${item.signal_type} #${item.id} went back to the inbox of ${item.target_session_name}`,
    task_id: item.task_id,
    correlation: {
      correlation_id: item.correlation_id,
      notification_id: item.id,
      signal_type: item.signal_type,
      target_session_id: item.target_session_id,
    },
    attributes: {
      ...why,
      consumed_by_session_id: item.consumed_by_session_id,
      delivery_count: item.delivery_count + 1,
      target_session_name: item.target_session_name,
      target_session_role: item.target_session_role,
    },
  });
  return true;
}
