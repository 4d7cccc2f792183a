import { useState } from "react";
import { useFleet } from "../live/fleet.tsx";
import type { Need } from "./needs.ts";
import { QueueItem } from "./queue-item.tsx";

interface QueueProps {
  needs: readonly Need[];
  /** Whether it stands on the page of the task that they belong to. */
  ofTask?: boolean;
}

/** Everything that waits for a person: what stands still, then what can wait a little. */
export function Queue({ needs, ofTask = false }: QueueProps) {
  const [open, setOpen] = useState<string | null>(null);
  if (needs.length === 0) return <Calm />;
  const groups = [
    { id: "q-now", title: "Stands still", needs: needs.filter(({ now }) => now) },
    { id: "q-later", title: "Can wait a little", needs: needs.filter(({ now }) => !now) },
  ];
  return (
    <div className="panel queue">
      {groups
        .filter((group) => group.needs.length > 0)
        .map((group) => (
          <div key={group.id}>
            <h2 className="q-grp" id={group.id}>
              {group.title}
              <span>{group.needs.length}</span>
            </h2>
            <ol aria-labelledby={group.id}>
              {group.needs.map((need) => (
                <QueueItem
                  key={need.key}
                  need={need}
                  ofTask={ofTask}
                  isOpen={open === need.key}
                  onToggle={() => setOpen(open === need.key ? null : need.key)}
                />
              ))}
            </ol>
          </div>
        ))}
    </div>
  );
}

/** Says who works while nobody is needed. */
function Calm() {
  const { tasks } = useFleet();
  const working = tasks.filter(({ agents }) => agents.some(({ agent_status }) => agent_status.phase === "working"));
  return (
    <div className="panel calm">
      <p>
        {working.length === 0
          ? "No agent is at work, and none waits for you."
          : `${working
              .map(({ name }) => name)
              .slice(0, 3)
              .join(
                ", ",
              )}${working.length > 3 ? ` and ${working.length - 3} more` : ""} ${working.length === 1 ? "is" : "are"} worked on. You hear of it when somebody stands still.`}
      </p>
    </div>
  );
}
