import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import type { WriteTx } from "../transaction.ts";

const UNCLAIMED = { claimed_by: null, claimed_at: null, claim_expires_at: null } as const;

/**
 * Put what fell back to the inbox of a session, because its terminal was gone, on its way to the terminal again: items that
 * nobody has taken and whose binding is live. Their commands wait in the queue as before, with all their attempts, and are
 * typed in the order in which they were queued; reports are taken up by the next pass. Returns how many there are.
 */
export async function pushFallenBackAgain(tx: WriteTx, session_id: string): Promise<number> {
  const items = await tx.db.routed_notifications.findMany({
    where: {
      target_session_id: session_id,
      consumed_at: null,
      state: "delivered",
      fell_back: true,
      binding: { state: { in: [...LIVE_BINDING_STATES] } },
    },
    orderBy: { seq: "asc" },
    select: { id: true, command_id: true },
  });
  for (const { id, command_id } of items) {
    await tx.db.routed_notifications.update({
      where: { id },
      data: {
        state: "pending",
        delivery_mode: "push",
        delivered_at: null,
        delivered_seq: null,
        delivery_method: null,
        fell_back: false,
        ...UNCLAIMED,
      },
    });
    if (command_id === null) continue;
    await tx.db.commands.updateMany({
      where: { id: command_id, state: "succeeded" },
      data: {
        state: "pending",
        attempts: 0,
        available_at: null,
        result_json: null,
        error: null,
        updated_at: tx.now,
        updated_seq: tx.seq(),
        ...UNCLAIMED,
      },
    });
  }
  return items.length;
}
