import type { Input, Output } from "@conveyor/contracts";
import { needsTree, proofReportOf, readStoredProof } from "../checks/standing.ts";
import { assertFolder, presentTree, subjectFolder } from "../checks/subject.ts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

/**
 * How far each criterion of a task is proven by the files as they are now; hashes them where a check has to know, and runs
 * nothing (spec 09 §9.4). Throws `not_found`, `ambiguous`, `precondition_failed` when nothing says where the files are, and
 * what reading them throws.
 */
export async function show(ctx: Ctx, input: Input<"proof.show">): Promise<Output<"proof.show">> {
  const { task, stored, folder } = await ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    return {
      task: { id, name },
      stored: await readStoredProof(ctx, tx, id),
      folder: await subjectFolder(tx, id, input.root),
    };
  });
  if (!needsTree(stored)) return proofReportOf(ctx.settings, task, stored, null);
  assertFolder(folder);
  return proofReportOf(ctx.settings, task, stored, await presentTree(ctx, folder, true));
}
