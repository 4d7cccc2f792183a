import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { agentText, foremost, urgency } from "../print/agent.ts";
import { listing } from "../print/listing.ts";
import { restOf } from "../print/rest-of.ts";
import type { View } from "../print/text.ts";

type Task = Output<"tasks.list">[number];

const CLOSED: readonly string[] = ["done", "failed"];

/** Those that need somebody first, then those whose agents work, then those that nobody works on, then closed ones. */
function rank({ state, agents }: Task): number {
  if (CLOSED.includes(state)) return 200;
  const agent = foremost(agents);
  return agent === undefined ? 100 : urgency(agent.agent_status);
}

/** One line per task; at a terminal also how its agents stand. */
export function taskRows(tasks: readonly Task[], view: View): string {
  const shown = view.isTerminal ? tasks.toSorted((a, b) => rank(a) - rank(b)) : tasks;
  const agentOf = ({ state, agents }: Task) => (CLOSED.includes(state) ? undefined : foremost(agents));
  return listing<Task>(
    [
      { head: "task", of: ({ name }) => name, cut: "end" },
      { head: "state", of: ({ state }) => state },
      {
        head: "agent",
        only: "terminal",
        of(task) {
          const agent = agentOf(task);
          return agent && `${agentText(agent.agent_status, view.colour)} ${agent.name}`;
        },
      },
      {
        head: "since",
        only: "terminal",
        of: (task) => ageText(agentOf(task)?.agent_status.since ?? task.updated_at, view.now),
      },
      { head: "goal", of: ({ goal }) => goal, cut: "end" },
    ],
    shown,
    view,
  );
}

/** `tasks`: one line per task with name, state and goal; at a terminal also how its agents stand (spec 01 §6.7). */
export const list = presents("tasks.list", {
  text: taskRows,
  aside: restOf("task"),
  nothing: (program) => `no tasks; make one with \`${program} tasks --create NAME --goal GOAL\``,
});
