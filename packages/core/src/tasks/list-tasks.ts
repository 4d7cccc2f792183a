import { type InputOf, OPEN_TASK_STATES, type OutputOf, type operations } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { taskListItem, withBudget } from "./task-list-item.ts";

type List = (typeof operations)["tasks"]["list"];

/** List tasks in order of creation (spec 01 §6.7). */
export async function listTasks(ctx: Ctx, input: InputOf<List>): Promise<OutputOf<List>> {
  const rows = await ctx.store.read((tx) =>
    tx.db.tasks.findMany({
      where: input.active ? { state: { in: [...OPEN_TASK_STATES] } } : {},
      orderBy: { seq: "asc" },
      include: withBudget,
    }),
  );
  return rows.map(taskListItem);
}
