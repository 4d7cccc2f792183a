import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { loopStatus as showLoopStatus } from "./loop-status.ts";
import { dispatcherNeedOf } from "./pair-status.ts";
import { wakePrompt } from "./wake-prompt.ts";
import { wakeups } from "./wakeups.ts";

/** `app-wakeup-plan`: the prompts for roles that are not healthy (spec 06 §6.2). Errors are those of `showLoopStatus`. */
export async function planWakeup(
  ctx: Ctx,
  input: Input<"autonomy.planWakeup">,
): Promise<Output<"autonomy.planWakeup">> {
  const status = await showLoopStatus(ctx, input);
  return {
    status,
    dispatcher: dispatcherNeedOf(ctx.settings, status),
    wakeups: wakeups(status, wakePrompt(ctx.settings, status, input.dispatcher_id ?? null)),
  };
}
