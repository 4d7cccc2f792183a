import type { Ctx } from "../ctx.ts";
import { closeTask } from "./close/close.ts";
import { NO_GATES } from "./close/gates.ts";

/**
 * Close a task at once, as `stop` does, and end the terminals of those roles only that the caller names: what Conveyor did
 * not start is not its to end. Throws what `closeTask` throws.
 */
export async function giveUp(
  ctx: Ctx,
  task: string,
  { reason, stop }: { reason: string; stop: { worker: boolean; manager: boolean } },
): Promise<void> {
  await closeTask(ctx, {
    command: "stop_task",
    task,
    reason,
    stop,
    message: undefined,
    decision_id: null,
    gates: { ...NO_GATES, strict_decisions: false },
    capture: null,
    proof: { tree: null, moved: false },
    asks_for_cleanup: stop.worker || stop.manager,
  });
}
