import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openWakeActions } from "./open-actions.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { dispatcherNeedOf, pairStatusOf } from "./pair-status.ts";
import { wakePrompt } from "./wake-prompt.ts";
import { wakeups } from "./wakeups.ts";

/**
 * `app-wakeup-plan`: the prompts for roles that are not healthy, and those that are under way (spec 06 §6.2). Throws
 * `not_found`, `ambiguous`, `no_active_binding`, `terminal_state`.
 */
export async function planWakeup(
  ctx: Ctx,
  input: Input<"autonomy.planWakeup">,
): Promise<Output<"autonomy.planWakeup">> {
  const { settings } = ctx;
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.peek((tx) => {
    const pair = openPair(ctx, tx, input.task);
    const status = pairStatusOf(settings, snapshotOf(tx, pair, wish, gone));
    return {
      status,
      dispatcher: dispatcherNeedOf(settings, status),
      wakeups: wakeups(status, wakePrompt(settings, status, wish.dispatcher_id)),
      open_actions: openWakeActions(tx, pair.task.id),
    };
  });
}
