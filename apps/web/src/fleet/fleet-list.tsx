import { useState } from "react";
import { GROUP_LOOKS, GROUPS, type Group, groupOf } from "../lib/phase.ts";
import { isTaskClosed } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import { useProofs } from "../live/use-proofs.ts";
import { Glyph } from "../parts/glyph.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { FleetRow } from "./fleet-row.tsx";
import { rowsByUrgency } from "./order.ts";

/** What starts a task with both its agents. */
const PAIR =
  'conveyor pair --task auth --task-goal "Refactor auth" --worker-name auth-worker --manager-name auth-manager';

/** The open tasks as rows, those that need somebody first; a press on a count shows those it counts. */
export function FleetList() {
  const { tasks: all, sessions } = useFleet();
  const [only, setOnly] = useState<Group | null>(null);
  const tasks = all.filter((task) => !isTaskClosed(task)).toSorted(rowsByUrgency);
  const proofs = useProofs(tasks.map(({ id }) => id));
  const inGroup = (group: Group) => tasks.filter(({ agents }) => groupOf(agents) === group);
  const shown = only === null ? tasks : inGroup(only);
  const groups = GROUPS.map((group) => ({ group, count: inGroup(group).length })).filter(({ count }) => count > 0);

  return (
    <section className="home-fleet" aria-labelledby="h-fleet">
      <div className="sec-head">
        <h2 id="h-fleet">Fleet</h2>
        <p>
          {tasks.length} {tasks.length === 1 ? "task" : "tasks"}
        </p>
      </div>
      <div className="panel">
        {groups.length > 0 && (
          <fieldset className="fleet-sum" aria-label="Show only">
            {groups.map(({ group, count }) => (
              <button
                key={group}
                type="button"
                aria-pressed={only === group}
                onClick={() => setOnly(only === group ? null : group)}
              >
                <Glyph name={GROUP_LOOKS[group].glyph} tone={GROUP_LOOKS[group].tone} />
                <span>
                  <b>{count}</b> {GROUP_LOOKS[group].word}
                </span>
              </button>
            ))}
          </fieldset>
        )}
        {tasks.length === 0 && (
          <Nothing commands={[PAIR]}>No task is open. Start one with a worker and a manager:</Nothing>
        )}
        <ul className="fls">
          {shown.map((task) => (
            <FleetRow key={task.id} task={task} sessions={sessions} criteria={proofs.get(task.id)} />
          ))}
        </ul>
      </div>
    </section>
  );
}
