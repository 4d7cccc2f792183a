import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { checkOf } from "./check.ts";

/** The checks of a task, by criterion (spec 09 §9.4). Throws `not_found`, `ambiguous`. */
export async function list(ctx: Ctx, input: Input<"checks.list">): Promise<Output<"checks.list">> {
  return ctx.store.read(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    const rows = await tx.db.checks.findMany({
      where: { criterion: { task_id: id }, removed_at: null },
      orderBy: [{ criterion_id: "asc" }, { id: "asc" }],
    });
    return { task: { id, name }, checks: rows.map(checkOf) };
  });
}
