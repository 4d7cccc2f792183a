import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { checkAuthorOf } from "../checks/actor.ts";
import { findCriterion } from "../checks/check.ts";
import { runChecks } from "../checks/run-checks.ts";
import { criterionStanding, needsTree, proofReportOf, readStoredProof } from "../checks/standing.ts";
import { isHeldTo } from "../checks/state.ts";
import { assertFolder, presentTree, subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

/**
 * Run the accepted checks of every criterion that is not verified on the files as they are now, and answer how far each is
 * proven then (spec 09 §9.3, §9.4). Whoever does the work may ask for it too: a run by Conveyor is no claim. Throws
 * `not_found`, `ambiguous`, `terminal_state`, `conflict` when a check is being run already, `precondition_failed` when
 * nothing says where the files are, and what reading them throws.
 */
export async function verify(ctx: Ctx, input: Input<"proof.verify">): Promise<Output<"proof.verify">> {
  const { task, stored, folder, actor } = await ctx.store.read(async (tx) => {
    const { id, name, state } = resolveTask(tx, input.task);
    assertNotEnded({ name, state });
    for (const criterion of input.criterion_id) await findCriterion(tx, criterion, { id, name });
    return {
      task: { id, name },
      stored: await readStoredProof(ctx, tx, id),
      folder: await subjectFolder(tx, id, input.root),
      actor: await checkAuthorOf(ctx, tx, id),
    };
  });
  if (!needsTree(stored)) return { ...proofReportOf(ctx.settings, task, stored, null), runs: [] };
  assertFolder(folder);
  const before = await presentTree(ctx, folder);
  const wanted = stored.criteria.filter((criterion) => {
    if (input.criterion_id.length > 0 && !input.criterion_id.includes(criterion.id)) return false;
    if (!isHeldTo(criterion.status)) return input.criterion_id.includes(criterion.id);
    const { state } = criterionStanding(criterion, before);
    return input.all || (state !== "verified" && state !== "waived");
  });
  const checks = wanted.flatMap((criterion) => criterion.checks.filter(({ accepted_by }) => accepted_by !== null));
  const { runs, tree } = await runChecks(ctx, {
    ...{ task, checks, folder, actor },
    trigger: "verify",
    parallel: input.parallel,
  });
  const after = await ctx.store.read((tx) => readStoredProof(ctx, tx, task.id));
  return { ...proofReportOf(ctx.settings, task, after, tree), runs };
}

/** Throws `terminal_state` for a task that has ended. */
export function assertNotEnded({ name, state }: { name: string; state: string }): void {
  if (!(OPEN_TASK_STATES as readonly string[]).includes(state)) throw closed(name, state);
}

function closed(name: string, state: string): ConveyorError {
  return new ConveyorError("terminal_state", `task ${JSON.stringify(name)} is already ${state}`, {
    hint: "its runs are shown by `conveyor checks runs TASK`",
    details: { kind: "task", state },
  });
}
