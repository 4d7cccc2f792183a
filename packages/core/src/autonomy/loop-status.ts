import type { Input, PairStatus } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { instancesGone, wishOf } from "./dispatch-lease.ts";
import { openPair, snapshotOf } from "./pair.ts";
import { pairStatusOf } from "./pair-status.ts";

/**
 * `app-loop-status`: whether manager, worker and dispatcher of a task live (spec 06 §6.2). Throws `not_found`, `ambiguous`,
 * `no_active_binding`, `terminal_state`.
 */
export async function loopStatus(ctx: Ctx, input: Input<"autonomy.loopStatus">): Promise<PairStatus> {
  const wish = wishOf(input);
  const gone = await instancesGone(ctx, wish.dispatcher_id);
  return ctx.store.peek((tx) => {
    const pair = openPair(ctx, tx, input.task);
    return pairStatusOf(ctx.settings, snapshotOf(tx, pair, wish, gone));
  });
}
