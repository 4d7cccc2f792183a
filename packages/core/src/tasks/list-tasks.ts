import type { InputOf, OutputOf, operations } from "@conveyor/contracts";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks";
import { lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { agentsOf, taskListItems } from "./task-list-item.ts";

type List = (typeof operations)["tasks"]["list"];

/** List tasks in order of creation (spec 01 §6.7). */
export async function listTasks(ctx: Ctx, input: InputOf<List>): Promise<OutputOf<List>> {
  const states = input.active ? OPEN_TASK_STATES : null;
  const seen = await ctx.store.peek((tx) => agentsOf(tx, lookups.listTaskRows(tx, states)));
  return taskListItems(ctx, seen);
}
