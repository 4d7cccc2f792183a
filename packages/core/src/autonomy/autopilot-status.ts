import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { autopilotPlanOf } from "./autopilot/plan.ts";
import { autopilotSnapshot, policyOf } from "./autopilot/snapshot.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";

/**
 * `app-autopilot status`: how a pair is kept going, what is missing for that, and whether it has become quiet (spec 06
 * §6.2). Throws `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function autopilotStatus(
  ctx: Ctx,
  input: Input<"autonomy.autopilotStatus">,
): Promise<Output<"autonomy.autopilotStatus">> {
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.peek((tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(ctx.settings, snapshotOf(tx, pair, wish, gone));
    const policy = policyOf(tx, pair.task.id, input);
    const plan = autopilotPlanOf(ctx.settings, autopilotSnapshot(tx, status, policy, input));
    return { action: "status", plan, receipt: null };
  });
}
