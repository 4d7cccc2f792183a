import type { ListedRun, LoopState } from "@conveyor/contracts";
import type { loopRows } from "@conveyor/store";
import { isTaskOver, runOf } from "./insert-run.ts";
import { isClosed, isLoopRun, loopPolicyOf } from "./policy.ts";

/**
 * How the loop of a run stands (spec 05 §1.3); null for a run that steers none. A loop whose policy cannot be read is not
 * continued, so it counts as closed. Pure.
 */
export function loopStateOf(run: loopRows.PolicyRun, task_state: string): LoopState | null {
  if (!isLoopRun(run)) return null;
  const policy = loopPolicyOf(run);
  if (policy === undefined || isClosed(run) || isTaskOver(task_state)) return "closed";
  return policy.current_iteration >= policy.max_iterations ? "exhausted" : "open";
}

/** A stored run as `runs` shows it. */
export function listedRunOf(row: loopRows.RunRow, task_state: string): ListedRun {
  return { ...runOf(row), loop_state: loopStateOf(row, task_state) };
}
