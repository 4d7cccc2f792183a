import { type FastTx, loopRows } from "@conveyor/store";
import { loopPolicyOf } from "./policy.ts";

export interface BegunIteration {
  notification_id: number;
  command_id: string | null;
  correlation_id: string;
  task_id: string;
  run_id: string;
  requested_iteration: number;
  target_session_name: string;
  consumed_by_session_id: string | null;
  advanced_by: "inbox_consume" | "push_delivery";
}

/**
 * The requested iteration has begun: move the loop to it. Does nothing when the run is another task's, or stands already
 * there or beyond, or the number is above its maximum (spec 03 §6.9). Returns the run's id when it moved.
 */
export function advanceLoop(tx: FastTx, begun: BegunIteration): string | undefined {
  const { run_id, task_id, requested_iteration } = begun;
  const run = loopRows.runById(tx, run_id);
  const policy = run === undefined || run.task_id !== task_id ? undefined : loopPolicyOf(run);
  if (policy === undefined) return undefined;
  const { current_iteration, max_iterations } = policy;
  if (requested_iteration <= current_iteration || requested_iteration > max_iterations) return undefined;
  const moved = loopRows.advanceLoopRun(tx, { run_id, task_id, from: current_iteration, to: requested_iteration });
  if (!moved) return undefined;
  tx.tell("ralph_loop_iteration_advanced", {
    summary: `loop moved to iteration ${requested_iteration}`,
    task_id,
    run_id,
    correlation: {
      command_id: begun.command_id,
      correlation_id: begun.correlation_id,
      notification_id: begun.notification_id,
      run_id,
    },
    attributes: {
      advanced_by: begun.advanced_by,
      consumed_by_session_id: begun.consumed_by_session_id,
      current_iteration: requested_iteration,
      previous_iteration: current_iteration,
      requested_iteration,
      target_session_name: begun.target_session_name,
    },
  });
  return run_id;
}
