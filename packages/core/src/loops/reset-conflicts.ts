import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { loopRows } from "@conveyor/store";
import { checkAuthorOf } from "../checks/actor.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { keepConflictState } from "./conflicts.ts";
import { findLoopRun } from "./find-loop-run.ts";
import { countConflicts } from "./merge-gate.ts";
import { metadataOf } from "./policy.ts";
import { receiptRunOf } from "./record-receipt.ts";

/**
 * Let conflicts of a loop be worked on again: attempts so far no longer count (spec 05 §6.3). Throws what `findLoopRun`
 * throws, and `permission_denied` for an agent.
 */
export async function resetConflicts(
  ctx: Ctx,
  input: Input<"loops.resetConflicts">,
): Promise<Output<"loops.resetConflicts">> {
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const { run } = findLoopRun(tx, task, input.loop_run);
    const author = await checkAuthorOf(ctx, tx, task.id);
    if (author !== "operator") {
      throw new ConveyorError("permission_denied", `a ${author} may not lift the limit of attempts at a conflict`, {
        hint: "ask a person to look at the conflict and to do it",
        details: { actor: author },
      });
    }
    const reset_seq = tx.seq();
    await keepConflictState(tx, run, { retry_count: 0, state: "open", reset_seq, reason: input.reason });
    tx.tell("loop_conflicts_reset", {
      task_id: task.id,
      run_id: run.id,
      summary: `attempts at conflicts of ${run.name} count anew`,
      correlation: { run_id: run.id },
      attributes: { reset_seq, reason: input.reason },
    });
    const after = loopRows.runById(tx, run.id) as loopRows.RunRow;
    const conflicts = countConflicts(loopRows.conflictHistory(tx, run.id), metadataOf(after));
    return { run: receiptRunOf(tx, run.id), conflicts };
  });
}
