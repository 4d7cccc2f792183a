import type { Input, Output } from "@conveyor/contracts";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { agentsOf, taskListItems } from "./task-list-item.ts";

/** List tasks in order of creation, a page at a time (spec 01 §6.7, 00 ruling 10). Throws `not_found` for an unknown `after`. */
export async function list(ctx: Ctx, input: Input<"tasks.list">): Promise<Output<"tasks.list">> {
  const states = input.active ? OPEN_TASK_STATES : null;
  const seen = await ctx.store.peek((tx) => {
    const after_seq = input.after === undefined ? 0 : resolveTask(tx, input.after).seq;
    return agentsOf(tx, lookups.listTaskRows(tx, states, { after_seq, limit: input.limit ?? LIST_ROWS }));
  });
  return taskListItems(ctx, seen);
}
