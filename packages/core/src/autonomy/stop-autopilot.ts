import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { changePolicy } from "./autopilot/change-policy.ts";
import { policyOf } from "./autopilot/snapshot.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";

/**
 * `app-autopilot stop`: the threads of a pair need not be kept awake any more (spec 06 §6.2). Throws `not_found`,
 * `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function stopAutopilot(
  ctx: Ctx,
  input: Input<"autonomy.stopAutopilot">,
): Promise<Output<"autonomy.stopAutopilot">> {
  const { settings: program } = ctx;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.fast((tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(program, snapshotOf(tx, pair, wish, gone));
    const policy = { ...policyOf(tx, pair.task.id, input), desired_state: "stopped" } as const;
    const { plan, event_id } = changePolicy(tx, { program, status, policy, wish: input });
    return { action: "stop", plan, receipt: { event_id, event_type: "app_autopilot_stopped", recorded_at: tx.now } };
  });
}
