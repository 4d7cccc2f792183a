import type { SessionListItem, TaskListItem } from "../live/operations.ts";
import { StateChip } from "./chip.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { SessionMention } from "./session-mention.tsx";

interface TaskRowProps {
  task: TaskListItem;
  /** The worker and the manager that are bound to it. */
  sessions: readonly SessionListItem[];
  chosen: boolean;
  onChoose(): void;
}

/** A task: its state, what it is to reach, and who works on it. Choosing it narrows the page to it. */
export function TaskListRow({ task, sessions, chosen, onChoose }: TaskRowProps) {
  return (
    <li className="row">
      <button type="button" className="row-button" aria-pressed={chosen} onClick={onChoose}>
        <span className="row-line">
          <span className="name">{task.name}</span>
          <StateChip key={task.state} state={task.state} />
          <RelativeTime of="changed" time={task.updated_at} />
        </span>
        <span className="goal">{task.goal}</span>
        {sessions.length > 0 && (
          <span className="mentions">
            {sessions.map((session) => (
              <SessionMention key={session.id} session={session} />
            ))}
          </span>
        )}
      </button>
    </li>
  );
}
