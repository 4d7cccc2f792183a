import { inboxRows, type WaitOutcome } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";

/** Sleep until there may be something at an inbox, or its binding has ended; as `untilThere`. */
export function untilDelivery(
  ctx: Ctx,
  awaited: inboxRows.AwaitedItems,
  options: { since: number; timeout_ms: number },
): Promise<WaitOutcome> {
  const { scope, after } = awaited;
  const key = `inbox ${scope.session_id} ${scope.binding_id} ${after}`;
  return untilThere(ctx, { key, isThere: (tx) => inboxRows.isDue(tx, awaited) }, options);
}
