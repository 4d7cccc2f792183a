import { useState } from "react";
import { onArrowKeys } from "../lib/arrow-keys.ts";
import type { SessionListItem, TaskListItem } from "../live/operations.ts";
import { useRows } from "../live/use-rows.ts";
import { needsSomebody } from "./agent-chip.tsx";
import { Choice } from "./choice.tsx";
import { Empty } from "./empty.tsx";
import { Panel } from "./panel.tsx";
import { TaskListRow } from "./task-row.tsx";
import { Waiting } from "./waiting.tsx";

interface TaskListProps {
  sessions: readonly SessionListItem[];
  chosen: string | null;
  onChoose(name: string | null): void;
}

type Range = "open" | "all";

const CLOSED: readonly TaskListItem["state"][] = ["done", "failed"];
const isOpen = ({ state }: TaskListItem) => !CLOSED.includes(state);
const keyOf = ({ id }: TaskListItem) => id;

/** All tasks that are open, or all there ever were: those that need somebody first, then the newest change. */
export function TaskList({ sessions, chosen, onChoose }: TaskListProps) {
  const [range, setRange] = useState<Range>("open");
  const { rows, settled } = useRows("tasks.onChange", { active: range === "open" }, keyOf);
  // A task that closes while one looks at it stays in sight; it is gone from this list at the next visit.
  const boundTo = (task: TaskListItem) => sessions.filter(({ binding }) => binding?.task_id === task.id);
  const needs = (task: TaskListItem) => isOpen(task) && boundTo(task).some(needsSomebody);
  const tasks = rows
    .map((task) => ({ task, needs: needs(task) }))
    .toSorted(
      (a, b) =>
        Number(b.needs) - Number(a.needs) ||
        Number(isOpen(b.task)) - Number(isOpen(a.task)) ||
        b.task.updated_at.localeCompare(a.task.updated_at),
    )
    .map(({ task }) => task);
  const open = rows.filter(isOpen).length;

  return (
    <Panel
      area="tasks"
      title="Tasks"
      note={settled ? `${open} open` : undefined}
      tools={<Choice<Range> label="Which tasks" options={["open", "all"]} chosen={range} onChoose={setRange} />}
    >
      {tasks.length > 0 && (
        <ul className="rows" onKeyDown={onArrowKeys}>
          {tasks.map((task) => (
            <TaskListRow
              key={task.id}
              task={task}
              sessions={boundTo(task)}
              chosen={task.name === chosen}
              onChoose={() => onChoose(task.name === chosen ? null : task.name)}
            />
          ))}
        </ul>
      )}
      {tasks.length === 0 && !settled && <Waiting />}
      {tasks.length === 0 && settled && (
        <Empty
          says={range === "open" ? "No task is open. Begin with one:" : "There has been no task yet. Begin with one:"}
          commands={['conveyor tasks --create auth --goal "Refactor auth"']}
        />
      )}
    </Panel>
  );
}
