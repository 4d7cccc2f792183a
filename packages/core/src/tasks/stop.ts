import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { closeTask } from "./close/close.ts";
import { NO_GATES } from "./close/gates.ts";

/**
 * Close a task at once: its manager always ends, its worker when asked for, its run is abandoned, nothing is audited but
 * the decision (spec 01 §6.15). Throws what `closeTask` throws.
 */
export async function stop(ctx: Ctx, input: Input<"tasks.stop">): Promise<Output<"tasks.stop">> {
  const { answer } = await closeTask(ctx, {
    command: "stop_task",
    task: input.task,
    reason: input.reason,
    stop: { worker: input.stop_worker, manager: true },
    message: input.message,
    decision_id: input.decision_id ?? null,
    gates: { ...NO_GATES, strict_decisions: input.strict_decisions },
    proof: { tree: null, moved: false },
    capture: null,
    asks_for_cleanup: input.stop_worker,
  });
  return { ...answer, finish: false };
}
