import { type FastTx, loopRows } from "@conveyor/store";
import { isTaskOver } from "./insert-run.ts";
import { isClosed, type LoopPolicy, type LoopSnapshot, loopPolicyOf, loopRulesOf } from "./policy.ts";
import type { LoopRules } from "./rules.ts";

export interface SnapshotQuestion {
  task_state: string;
  requested_iteration: number;
  /** Where another continuation of that iteration may wait; null where nobody is bound. */
  waiting: { target_session_id: string; binding_id: string; command_id: string } | null;
}

/**
 * Read what the gate of continuations looks at (`judgeContinuation`): Dispatch, `loop-status` and previews all ask it with
 * this. Undefined when policy or rules of the run cannot be read, which refuses.
 */
export function readSnapshot(
  tx: FastTx,
  run: loopRows.PolicyRun & { started_at: string },
  { task_state, requested_iteration, waiting }: SnapshotQuestion,
): LoopSnapshot | undefined {
  const [policy, rules] = [loopPolicyOf(run), loopRulesOf(run)];
  if (policy === undefined || rules === undefined) return undefined;
  const of = { run_id: run.id, task_id: run.task_id };
  const before = requested_iteration - 1;
  const pending =
    waiting === null
      ? undefined
      : loopRows.pendingContinuation(tx, { ...waiting, run_id: run.id, iteration: requested_iteration });
  return {
    policy,
    rules,
    closed: isClosed(run) || isTaskOver(task_state),
    started_at: run.started_at,
    now: tx.now,
    receipts: before < 1 ? [] : loopRows.receiptsOfIteration(tx, { ...of, iteration: before }),
    already_pending: pending !== undefined,
    pending_command_id: pending?.command_id ?? null,
    ...budgetFacts(tx, policy, rules, before, of),
  };
}

/** What only a budget asks for is read only where the run has that budget. */
function budgetFacts(
  tx: FastTx,
  policy: LoopPolicy,
  { budgets }: LoopRules,
  before: number,
  of: { run_id: string; task_id: string },
): Pick<LoopSnapshot, "blocked_attempts" | "diffs"> {
  const { max_blocked_attempts, no_progress_iterations } = budgets;
  const blocked_attempts = max_blocked_attempts === null ? 0 : loopRows.countBlockedContinuations(tx, of);
  if (no_progress_iterations === null || before < 1) return { blocked_attempts, diffs: [] };
  const to = Math.min(before, policy.max_iterations);
  const from = Math.max(1, to - Math.min(no_progress_iterations, policy.max_iterations));
  return { blocked_attempts, diffs: loopRows.diffsOfIterations(tx, { ...of, from, to }) };
}
