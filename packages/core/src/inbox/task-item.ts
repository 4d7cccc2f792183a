import type { AcknowledgedItem, InboxItem } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { resolveTask } from "../shared/references.ts";
import { inboxItemOf } from "./item.ts";

/**
 * The item of the task, with its latest answer. One of a binding that has ended is found as well, so that the last message
 * can still be answered after the task was closed. Throws `not_found`, `ambiguous`, `no_active_binding`.
 */
export function itemOfTask(ctx: Ctx, tx: FastTx, input: { task: string; notification_id: number }) {
  const { id, name } = resolveTask(tx, input.task);
  const row = inboxRows.itemById(tx, input.notification_id);
  if (row?.task_id === id) return { task: { id, name }, item: inboxItemOf(tx, row) };
  const details = { kind: "notification", id: input.notification_id, task_id: id };
  if (dispatchRows.routeOfTask(tx, id)?.binding == null) {
    const message = `task ${name} has no active binding, and notification ${input.notification_id} is none of its own`;
    throw new ConveyorError("no_active_binding", message, {
      hint: "use the task to which the message belongs; the inbox shows it beside the number",
      details,
    });
  }
  throw new ConveyorError("not_found", `task ${name} has no notification ${input.notification_id}`, {
    hint: `the numbers are in \`${commandLine(ctx.settings, ["replay", name], { format: "compact" })}\``,
    details,
  });
}

/** An item without what it says. */
export function withoutMessage(item: InboxItem): AcknowledgedItem {
  return {
    binding_id: item.binding_id,
    consumed_at: item.consumed_at,
    delivered_at: item.delivered_at,
    delivery_mode: item.delivery_mode,
    id: item.id,
    signal_type: item.signal_type,
    state: item.state,
    target_session_id: item.target_session_id,
    target_session_name: item.target_session_name,
    target_session_role: item.target_session_role,
    task_id: item.task_id,
  };
}
