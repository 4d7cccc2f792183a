import type { InboxItem, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { putBack } from "./put-back.ts";
import { itemOfTask, withoutMessage } from "./task-item.ts";

/**
 * `inbox-release`: return an item that was taken to its inbox (spec 03 §13 item 3). Doing it twice changes nothing.
 * Throws `not_found`, `ambiguous`, `no_active_binding`, `ack_role_mismatch`, `ack_not_delivered`, `precondition_failed` when
 * it was answered for good.
 */
export async function release(ctx: Ctx, input: Input<"inbox.release">): Promise<Output<"inbox.release">> {
  return ctx.store.fast((tx) => {
    const { task, item } = itemOfTask(ctx, tx, input);
    assertReleasable(item, input.role);
    const released = putBack(tx, item, { reason: "released", note: input.reason ?? null });
    return {
      notification: { ...withoutMessage(item), consumed_at: null },
      delivery_count: item.delivery_count + (released ? 1 : 0),
      released,
      task,
    };
  });
}

function assertReleasable(item: InboxItem, role: string): void {
  const { id, state, target_session_name: target, target_session_role, acknowledgement: latest } = item;
  const details = { kind: "notification", id, state, target_session_role, latest_status: latest?.status ?? null };
  if (role !== target_session_role) {
    throw new ConveyorError(
      "ack_role_mismatch",
      `notification ${id} was sent to the ${target_session_role} ${target}, so a ${role} cannot give it back`,
      { hint: `the ${target_session_role} gives it back, with --role ${target_session_role}`, details },
    );
  }
  if (state !== "delivered") {
    throw new ConveyorError("ack_not_delivered", `notification ${id} is ${state}, not delivered`, {
      hint: "nobody has got it, so there is nothing to give back",
      details,
    });
  }
  if (latest !== null && latest.status !== "received") {
    throw new ConveyorError("precondition_failed", `notification ${id} was answered: ${latest.status}`, {
      hint: "what is answered is done; ask for what is left with a message of its own",
      details,
    });
  }
}
