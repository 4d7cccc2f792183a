import type { DeliveryStatus, WakeActionStatus } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { KeptAction } from "./wake-receipt.ts";

/** What somebody says became of an action. */
export interface DeliveryClaim {
  status: DeliveryStatus;
  thread_id: string | null;
  reason: string | null;
}

/** What a legal delivery has to say besides its status. */
type Proof = "thread_id" | "reason" | "nothing";

/** Which deliveries an action may have; all others are refused (spec 06 §6.1, "Wake action"). */
export const LEGAL_DELIVERIES: Record<WakeActionStatus, Partial<Record<DeliveryStatus, Proof>>> = {
  ready_to_send: { sent: "thread_id", blocked: "reason" },
  skipped_healthy: { skipped: "nothing" },
  skipped_reserved: { skipped: "nothing" },
  blocked_missing_thread: { blocked: "nothing" },
};

/** Throws `precondition_failed` unless this may have become of the action; `dispatch_receipt` is for the message. Pure. */
export function assertLegalDelivery(action: KeptAction, claim: DeliveryClaim, dispatch_receipt: string): void {
  const { role, status, thread_id } = action;
  const details = { dispatch_receipt, role, source_action_status: status, thread_id, delivery_status: claim.status };
  const refuse = (message: string, hint: string) => {
    throw new ConveyorError("precondition_failed", message, { hint, details });
  };
  const proof = LEGAL_DELIVERIES[status][claim.status];
  if (proof === undefined) {
    const legal = Object.keys(LEGAL_DELIVERIES[status]).join(" or ");
    refuse(`the ${role}'s action was ${status}, so it cannot be ${claim.status}`, `record ${legal} for it`);
  }
  if (claim.thread_id !== null && claim.thread_id !== thread_id) {
    const target = thread_id === null ? "no thread" : `the thread ${JSON.stringify(thread_id)}`;
    refuse(
      `the ${role}'s action was for ${target}, not for ${JSON.stringify(claim.thread_id)}`,
      "name the thread of the action, or prepare a new one with app-wakeup-dispatch",
    );
  }
  if (proof === "reason" && claim.reason === null) {
    refuse(`the ${role}'s action was ${status}: that it was blocked needs a reason`, "say why with --reason TEXT");
  }
}
