import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, type lookups, loopRows } from "@conveyor/store";
import { loopStateOf } from "./loop-state.ts";
import { isLoopRun, type LoopPolicy, loopPolicyOf } from "./policy.ts";

/** How many candidates an ambiguous prefix lists. */
const MOST_CANDIDATES = 6;

/**
 * The run that a user means: exact id, else the newest of that name in the task, else a unique beginning of an id (spec
 * 05 §2.1, 00). It may be another task's when it was named by its id. Throws `not_found` or `ambiguous`.
 */
export function resolveRunOfTask(tx: FastTx, task: lookups.TaskRow, reference: string): loopRows.PolicyRun {
  const named = loopRows.runById(tx, reference) ?? loopRows.newestRunOfName(tx, task.id, reference);
  if (named !== undefined) return named;
  const [first, ...others] = loopRows.runsByIdPrefix(tx, reference, MOST_CANDIDATES);
  if (first === undefined) {
    throw new ConveyorError("not_found", `task ${task.name} has no run ${JSON.stringify(reference)}`, {
      hint: "use the id or name that was printed when the run was made",
      details: { kind: "run", reference },
    });
  }
  if (others.length === 0) return first;
  const candidates = [first, ...others].map(({ id, name }) => ({ id, name }));
  throw new ConveyorError("ambiguous", `${JSON.stringify(reference)} fits several runs`, {
    hint: `use one of: ${candidates.map(({ id, name }) => `${name} (${id})`).join(", ")}`,
    details: { kind: "run", reference, candidates },
  });
}

/**
 * The loop of a task that a user means, found as `resolveRunOfTask` does. Throws `not_found`, `ambiguous`, `not_a_loop_run`,
 * `run_missing_iteration_policy`, and `run_task_mismatch` when it is another task's.
 */
export function findLoopRun(
  tx: FastTx,
  task: lookups.TaskRow,
  reference: string,
): { run: loopRows.PolicyRun; policy: LoopPolicy } {
  const run = resolveRunOfTask(tx, task, reference);
  const details = { kind: "run", id: run.id, name: run.name };
  if (!isLoopRun(run)) {
    throw new ConveyorError("not_a_loop_run", `run ${JSON.stringify(run.name)} steers no loop`, {
      hint: "name a run whose purpose is ralph_loop",
      details,
    });
  }
  const policy = loopPolicyOf(run);
  if (policy === undefined) {
    throw new ConveyorError(
      "run_missing_iteration_policy",
      `the current_iteration, max_iterations or required evidence of loop run ${JSON.stringify(run.name)} cannot be read`,
      { hint: "make a new loop run; this one cannot be continued", details },
    );
  }
  if (run.task_id !== task.id) {
    throw new ConveyorError(
      "run_task_mismatch",
      `loop run ${JSON.stringify(run.name)} belongs to another task than ${JSON.stringify(task.name)}`,
      { hint: "name the task of the run, or a run of this task", details: { ...details, task_id: run.task_id } },
    );
  }
  return { run, policy };
}

/** More loops than are looked through for one that is open. */
const MOST_LOOPS_OF_TASK = 500;

/**
 * The loop that is meant when none may be named: the named one, else the newest open loop of the task, else its newest loop
 * (spec 05 §5.8). Throws what `findLoopRun` throws, and `not_found` when the task has no loop.
 */
export function chooseLoopRun(
  tx: FastTx,
  task: lookups.TaskRow,
  reference: string | undefined,
): { run: loopRows.RunRow; policy: LoopPolicy } {
  const named = reference ?? newestLoopOf(tx, task)?.id;
  if (named === undefined) {
    throw new ConveyorError("not_found", `task ${JSON.stringify(task.name)} has no loop`, {
      hint: "make one with `conveyor loop-templates --create-run TASK --template NAME`",
      details: { kind: "run", task_id: task.id },
    });
  }
  const { run, policy } = findLoopRun(tx, task, named);
  return { run: loopRows.runById(tx, run.id) as loopRows.RunRow, policy };
}

function newestLoopOf(tx: FastTx, task: lookups.TaskRow): loopRows.PolicyRun | undefined {
  const loops = loopRows.loopRunsOfTask(tx, task.id, MOST_LOOPS_OF_TASK);
  return loops.find((run) => loopStateOf(run, task.state) === "open") ?? loops[0];
}
