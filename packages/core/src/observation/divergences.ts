import type { Input, Output } from "@conveyor/contracts";
import { divergentCycleIds } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

/** The cycles of a task in which the worker's screen showed something notable, newest first (spec 02 §8.4). Throws `not_found`. */
export async function divergences(
  ctx: Ctx,
  input: Input<"observation.divergences">,
): Promise<Output<"observation.divergences">> {
  return ctx.store.read(async (tx) => {
    const { id: task_id } = resolveTask(tx, input.task);
    const ids = divergentCycleIds(tx, task_id, input.limit);
    const rows = await tx.db.manager_cycles.findMany({ where: { id: { in: ids } }, orderBy: { seq: "desc" } });
    return rows.map(({ id, started_at, completed_at, state, status_json }) => {
      const status = JSON.parse(status_json ?? "{}") as Record<string, unknown>;
      return {
        id,
        task_id,
        started_at,
        completed_at,
        state,
        notable_pane_pattern: String(status["notable_pane_pattern"]),
        status,
      };
    });
  });
}
