import type { TaskListItem, TaskState } from "@conveyor/contracts";
import type { Prisma } from "@conveyor/store";

/** What has to be read with a task for its list item. */
export const withBudget = { budgets: true } as const satisfies Prisma.tasksInclude;

/** A stored task as lists and live streams show it (spec 01 §6.7). */
export function taskListItem(row: Prisma.tasksGetPayload<{ include: typeof withBudget }>): TaskListItem {
  const { budgets, seq: _seq, updated_seq: _updatedSeq, state, ...task } = row;
  return {
    ...task,
    state: state as TaskState,
    budget: budgets && {
      max_nudges: budgets.max_nudges,
      nudges_used: budgets.nudges_used,
      nudges_remaining: budgets.max_nudges - budgets.nudges_used,
      expires_at: budgets.expires_at,
    },
  };
}
