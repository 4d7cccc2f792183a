import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { checkRunOf, findCriterion } from "./check.ts";

/** The runs of a task's checks, newest first, those of removed checks too (spec 09 §9.4). Throws `not_found`, `ambiguous`. */
export async function runs(ctx: Ctx, input: Input<"checks.runs">): Promise<Output<"checks.runs">> {
  return ctx.store.read(async (tx) => {
    const task = resolveTask(tx, input.task);
    const { criterion_id, limit } = input;
    if (criterion_id !== undefined) await findCriterion(tx, criterion_id, task);
    const rows = await tx.db.check_runs.findMany({
      where: { check: { criterion: { task_id: task.id, ...(criterion_id !== undefined && { id: criterion_id }) } } },
      orderBy: { seq: "desc" },
      ...(limit > 0 && { take: limit }),
    });
    return { task: { id: task.id, name: task.name }, runs: rows.map(checkRunOf) };
  });
}
