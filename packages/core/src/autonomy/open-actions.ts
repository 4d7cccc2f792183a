import type { OpenWakeAction } from "@conveyor/contracts";
import { autonomyRows, type FastTx } from "@conveyor/store";
import type { KeptAction } from "./wake-receipt.ts";

/** How many receipts are looked through, and how many open prompts are shown. */
const MOST_RECEIPTS = 50;
const MOST_SHOWN = 20;

/**
 * The prompts of a task that were ready to be sent and of which nobody has said what became of them, newest first
 * (spec 06 §6.12 item 2).
 */
export function openWakeActions(tx: FastTx, task_id: string): OpenWakeAction[] {
  return autonomyRows.wakeReceipts(tx, task_id, MOST_RECEIPTS).flatMap(openOf(tx.now)).slice(0, MOST_SHOWN);
}

const openOf =
  (now: string) =>
  (row: autonomyRows.WakeReceiptRow): OpenWakeAction[] => {
    const recorded = row.recorded_roles === null ? [] : row.recorded_roles.split(",");
    return actionsIn(row.actions_json)
      .filter(({ role, status }) => status === "ready_to_send" && !recorded.includes(role))
      .map(({ role, thread_id, reserved_until = null }) => ({
        ...{ dispatch_receipt: row.id, role, thread_id, recorded_at: row.recorded_at, reserved_until },
        expired: reserved_until === null || Date.parse(reserved_until) <= Date.parse(now),
      }));
  };

/** What of a receipt cannot be read holds nobody up. */
function actionsIn(json: string): KeptAction[] {
  try {
    const actions: unknown = JSON.parse(json);
    return Array.isArray(actions) ? (actions as KeptAction[]) : [];
  } catch {
    return [];
  }
}
