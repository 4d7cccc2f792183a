import { speaker, urgencyOf } from "../lib/phase.ts";
import type { TaskListItem } from "../live/operations.ts";

/** Tasks without agents stand after all others. */
const LAST = 99;

const placeOf = ({ agents }: TaskListItem) => {
  const agent = speaker(agents);
  return agent === undefined ? LAST : urgencyOf(agent.agent_status);
};

/** Those that need somebody first, then those that work; the same sort keeps its order by name, so that nothing jumps. */
export function rowsByUrgency(a: TaskListItem, b: TaskListItem): number {
  return placeOf(a) - placeOf(b) || a.name.localeCompare(b.name);
}
