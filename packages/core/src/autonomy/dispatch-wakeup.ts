import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openWakeActions } from "./open-actions.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { dispatcherNeedOf, pairStatusOf } from "./pair-status.ts";
import { wakePrompt } from "./wake-prompt.ts";
import { keptAction, receiptColumns } from "./wake-receipt.ts";
import { wakeActions, wakeSummary } from "./wakeups.ts";

const EVENT_TYPE = "app_wakeup_dispatch_planned";

/**
 * `app-wakeup-dispatch`: one action per role, and a receipt that deliveries refer to (spec 06 §6.2). Sends nothing; each
 * call is a new receipt. Neither the receipt nor telemetry holds the prompts. Throws `not_found`, `ambiguous`,
 * `no_active_binding`, `terminal_state`.
 */
export async function dispatchWakeup(
  ctx: Ctx,
  input: Input<"autonomy.dispatchWakeup">,
): Promise<Output<"autonomy.dispatchWakeup">> {
  const { settings } = ctx;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.write(async (tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(settings, snapshotOf(tx, pair, wish, gone));
    const { task, ok: status_ok } = status;
    const { dispatcher_id } = status.dispatch;
    const dispatcher = dispatcherNeedOf(settings, status);
    const until = input.reserve === 0 ? null : new Date(Date.parse(tx.now) + input.reserve * 1000).toISOString();
    const open = openWakeActions(tx, task.id);
    const actions = wakeActions(status, wakePrompt(settings, status, wish.dispatcher_id), { open, until });
    const summary = wakeSummary(actions, dispatcher.required);
    const kept = actions.map(keptAction);
    const event_id = tx.tell(EVENT_TYPE, {
      severity: summary.blocked > 0 || dispatcher.required ? "warning" : "info",
      summary: `${summary.ready_to_send} of ${summary.total_actions} wake prompts of task ${task.name} ready to send`,
      task_id: task.id,
      correlation: { command: "app-wakeup-dispatch", dispatcher_id },
      attributes: { actions: kept, dispatcher, status_ok, summary },
    });
    await tx.db.wake_dispatches.create({
      data: {
        id: event_id,
        seq: tx.seq(),
        task_id: task.id,
        binding_id: pair.binding_id,
        dispatcher_id,
        status_ok,
        recorded_at: tx.now,
        ...receiptColumns({ actions: kept, dispatcher }, summary),
      },
    });
    const receipt = { event_id, event_type: EVENT_TYPE, recorded_at: tx.now } as const;
    return { status, dispatcher, actions, summary, receipt };
  });
}
