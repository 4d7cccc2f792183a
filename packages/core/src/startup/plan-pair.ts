import type { Input, Output } from "@conveyor/contracts";
import type { HostCtx } from "../ctx.ts";
import { dispatcherCommand } from "./ensure-dispatch.ts";
import { planOf } from "./pair/plan.ts";

/** `pair --dry-run`: what would be started; looks at neither ledger nor tools (spec 01 §6.3 step 1). */
export async function planPair(ctx: HostCtx, input: Input<"startup.planPair">): Promise<Output<"startup.planPair">> {
  planOf(input);
  return {
    task: input.task,
    worker: input.worker_name,
    manager: input.manager_name,
    ensure_dispatch: !input.no_dispatch,
    dispatch_command: input.no_dispatch ? null : dispatcherCommand(ctx.settings, input.dispatcher_id),
  };
}
