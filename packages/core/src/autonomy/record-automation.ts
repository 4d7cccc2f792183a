import type { Input, Output } from "@conveyor/contracts";
import { autonomyRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { autopilotPlanOf } from "./autopilot/plan.ts";
import { autopilotSnapshot, policyOf } from "./autopilot/snapshot.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";

const EVENT_TYPE = "app_autopilot_automation_applied";

/**
 * `app-autopilot record-automation`: somebody says that the automation of a role is there (spec 06 §6.2). It counts until
 * the autopilot is started again. Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function recordAutomation(
  ctx: Ctx,
  input: Input<"autonomy.recordAutomation">,
): Promise<Output<"autonomy.recordAutomation">> {
  const { settings } = ctx;
  const { role, automation_id } = input;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.fast((tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(settings, snapshotOf(tx, pair, wish, gone));
    const policy = policyOf(tx, pair.task.id, input);
    const { dispatcher_id } = policy;
    const event_id = tx.tell(EVENT_TYPE, {
      summary: `automation of the ${role} of task ${pair.task.name} recorded`,
      task_id: pair.task.id,
      correlation: { command: "app-autopilot", action: "record-automation", dispatcher_id, role },
      attributes: { automation_id, role },
    });
    autonomyRows.insertAutomation(tx, { task_id: pair.task.id, dispatcher_id, role, automation_id, event_id });
    const plan = autopilotPlanOf(settings, autopilotSnapshot(tx, status, policy, input));
    return { action: "record-automation", plan, receipt: { event_id, event_type: EVENT_TYPE, recorded_at: tx.now } };
  });
}
