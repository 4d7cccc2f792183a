import type { BoundAgent, TaskListItem, TaskState } from "@conveyor/contracts";
import { type FastTx, lookups, type Prisma } from "@conveyor/store";
import type { HostCtx } from "../ctx.ts";
import { boundAgents } from "../shared/bound-agents.ts";

/** What has to be read with a task for its list item. */
export const withBudget = { budgets: true } as const satisfies Prisma.tasksInclude;

export type ListedTask = Prisma.tasksGetPayload<{ include: typeof withBudget }>;

/** Tasks and the sessions of their live bindings, read at one moment. */
export interface TasksSeen {
  tasks: readonly ListedTask[];
  agents: readonly lookups.BoundAgentRow[];
}

/** The sessions that are bound to these tasks, to be read together with them. */
export function agentsOf(tx: FastTx, tasks: readonly ListedTask[]): TasksSeen {
  const agents =
    tasks.length === 0
      ? []
      : lookups.boundAgentRows(
          tx,
          tasks.map(({ id }) => id),
        );
  return { tasks, agents };
}

/** Stored tasks as lists and live streams show them (spec 01 §6.7), with how their agents stand now. */
export async function taskListItems(ctx: HostCtx, { tasks, agents: rows }: TasksSeen): Promise<TaskListItem[]> {
  const agents = await boundAgents(ctx, rows);
  const bound = new Map<string, BoundAgent[]>();
  for (const [i, { task_id }] of rows.entries()) {
    bound.set(task_id, [...(bound.get(task_id) ?? []), agents[i] as BoundAgent]);
  }
  return tasks.map((task) => taskListItem(task, bound.get(task.id) ?? []));
}

function taskListItem(row: ListedTask, agents: BoundAgent[]): TaskListItem {
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
    agents,
  };
}
