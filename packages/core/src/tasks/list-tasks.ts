import { type InputOf, OPEN_TASK_STATES, type OutputOf, type operations } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";

type List = (typeof operations)["tasks"]["list"];

/** List tasks in order of creation (spec 01 §6.7). */
export async function listTasks(ctx: Ctx, input: InputOf<List>): Promise<OutputOf<List>> {
  return ctx.store.read(async (tx) => {
    const rows = await tx.db.tasks.findMany({
      where: input.active ? { state: { in: [...OPEN_TASK_STATES] } } : {},
      orderBy: { seq: "asc" },
      include: { budgets: true },
    });
    return rows.map(({ budgets, seq: _seq, updated_seq: _updatedSeq, state, ...task }) => ({
      ...task,
      state: state as OutputOf<List>[number]["state"],
      budget: budgets && {
        max_nudges: budgets.max_nudges,
        nudges_used: budgets.nudges_used,
        nudges_remaining: budgets.max_nudges - budgets.nudges_used,
        expires_at: budgets.expires_at,
      },
    }));
  });
}
