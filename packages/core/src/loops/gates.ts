import { permissionActions } from "@conveyor/contracts/contract/permissions";
import { type dispatchRows, type FastTx, loopRows } from "@conveyor/store";
import { parsed } from "../shared/parsed.ts";
import { guardOf, judgeConflicts, judgeMerge, mergeIteration } from "./merge-gate.ts";
import { isLoopRun, judgeContinuation, type LoopPolicy, metadataOf } from "./policy.ts";
import { readSnapshot } from "./snapshot.ts";
import type { LoopVerdict } from "./standing.ts";

/** Why a loop cannot be asked: nobody can tell what its gates would say, so what was asked for is refused. */
export class LoopRefused extends Error {
  readonly code: "invalid_payload" | "unknown_run" | "run_task_mismatch";

  constructor(code: LoopRefused["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** A task that is bound now. */
export type LiveRoute = { task: dispatchRows.Route["task"]; binding: NonNullable<dispatchRows.Route["binding"]> };

/** The loop part of a continuation. */
export interface Continuation {
  policy: LoopPolicy;
  requested_iteration: number;
  verdict: LoopVerdict;
  /** The request that has won, when this one came second. */
  pending_command_id?: string | null;
}

/** A loop that says no, and which of its gates when it is not the one of continuations. */
export type Objection = Continuation & { gate?: "merge" };

/**
 * Look at the loop that a continuation belongs to, as it stands now, and judge (spec 03 §6.8). Throws `LoopRefused`
 * when there is no such loop.
 */
export function judgeLoop(
  tx: FastTx,
  command_id: string,
  route: LiveRoute,
  payload: Record<string, unknown>,
  target_session_id: string,
): Continuation {
  const { run_id, requested_iteration } = requestOf(payload);
  const run = loopRows.runById(tx, run_id);
  if (run === undefined) throw new LoopRefused("unknown_run", `there is no run ${run_id}`);
  if (!isLoopRun(run)) throw new LoopRefused("unknown_run", `run ${run.name} is not a loop run`);
  if (run.task_id !== route.task.id) {
    throw new LoopRefused("run_task_mismatch", `loop run ${run.name} belongs to another task than ${route.task.name}`);
  }
  const snapshot = readSnapshot(tx, run, {
    task_state: route.task.state,
    requested_iteration,
    waiting: { target_session_id, binding_id: route.binding.id, command_id },
  });
  if (snapshot === undefined) throw unreadable(run);
  const { policy, pending_command_id } = snapshot;
  const verdict = judgeContinuation(snapshot, requested_iteration);
  const isSecond = verdict.reason === "iteration_already_pending";
  return { policy, requested_iteration, verdict, ...(isSecond && { pending_command_id }) };
}

/** The loop that a continuation names, when there is such a run in its task: under it its telemetry is found. */
export function loopRunOf(
  tx: FastTx,
  { type, task_id, payload_json }: { type: string; task_id: string | null; payload_json: string },
): string | undefined {
  if (type !== "continue_iteration") return undefined;
  const loop = (parsed(payload_json) as { ralph_loop?: { run_id?: unknown } | null } | null | undefined)?.ralph_loop;
  const run = typeof loop?.run_id === "string" ? loopRows.runById(tx, loop.run_id) : undefined;
  return run !== undefined && run.task_id === task_id ? run.id : undefined;
}

function requestOf(payload: Record<string, unknown>): { run_id: string; requested_iteration: number } {
  const loop = payload["ralph_loop"];
  const { run_id, requested_iteration } = (loop ?? {}) as Record<string, unknown>;
  if (typeof run_id !== "string" || run_id.trim() === "") {
    throw new LoopRefused("invalid_payload", "the continuation names no loop run");
  }
  if (!Number.isSafeInteger(requested_iteration) || (requested_iteration as number) < 1) {
    throw new LoopRefused("invalid_payload", "the continuation names no whole number as requested iteration");
  }
  return { run_id, requested_iteration: requested_iteration as number };
}

/** More loops than a task ever has; where there are more, it is unknown whether one of them guards it. */
const MOST_LOOPS = 500;

/**
 * What a loop of the task has against an instruction to merge or to resolve conflicts (spec 03 §6.8, 05 §6.2, §6.3). A
 * loop that may guard the task and cannot be read refuses: throws `LoopRefused` (spec 00, ruling 8).
 */
export function loopObjection(tx: FastTx, required_permission: string | null, task_id: string): Objection | null {
  const actions = permissionActions(required_permission ?? "") ?? [];
  const isMerge = actions.includes("repo.merge_green_pr");
  const isConflict = actions.includes("repo.resolve_conflicts");
  if (!isMerge && !isConflict) return null;
  const runs = loopRows.loopRunsOfTask(tx, task_id, MOST_LOOPS + 1);
  if (runs.length > MOST_LOOPS) throw new LoopRefused("unknown_run", `the task has more than ${MOST_LOOPS} loops`);
  for (const run of runs) {
    const guard = guardOf(run);
    if (guard === null) continue;
    if (guard === "unreadable") throw unreadable(run);
    const { policy, rules, merges } = guard;
    const iteration = mergeIteration(policy);
    if (isMerge && merges) {
      const receipts = loopRows.receiptsOfIteration(tx, { run_id: run.id, iteration, task_id });
      const verdict = judgeMerge(policy, receipts, { rules, now: tx.now });
      if (verdict.reason !== null) return { policy, requested_iteration: iteration, verdict, gate: "merge" };
    }
    if (isConflict) {
      const verdict = judgeConflicts(loopRows.conflictHistory(tx, run.id), metadataOf(run));
      if (verdict.reason !== null) return { policy, requested_iteration: iteration, verdict };
    }
  }
  return null;
}

function unreadable(run: loopRows.PolicyRun): LoopRefused {
  return new LoopRefused(
    "unknown_run",
    `the iterations, required evidence or rules of loop run ${run.name}, which may guard this task, cannot be read`,
  );
}
