import type { Session } from "../live/operations.ts";
import { Empty } from "./empty.tsx";
import { Panel } from "./panel.tsx";
import { SessionRow } from "./session-row.tsx";
import { Waiting } from "./waiting.tsx";

interface SessionListProps {
  sessions: readonly Session[];
  settled: boolean;
  /** Name of the task that the page is narrowed to. */
  chosen: string | null;
}

/** The agents that Conveyor knows: bound ones together by task, then the others, then those that have gone. */
export function SessionList({ sessions, settled, chosen }: SessionListProps) {
  const shown = sessions
    .filter(({ binding }) => chosen === null || binding?.task_name === chosen)
    .toSorted((a, b) => rank(a) - rank(b) || place(a).localeCompare(place(b)));
  const alive = sessions.filter((session) => session.state === "active" && session.alive === true).length;

  return (
    <Panel area="sessions" title="Sessions" note={settled ? `${alive} alive` : undefined}>
      {shown.length > 0 && (
        <ul className="rows">
          {shown.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
      {shown.length === 0 && !settled && <Waiting />}
      {shown.length === 0 && settled && chosen !== null && (
        <Empty
          says={`Nobody is bound to ${chosen}. Bind a worker and a manager:`}
          commands={[`conveyor bind --task ${chosen} --worker WORKER --manager MANAGER`]}
        />
      )}
      {shown.length === 0 && settled && chosen === null && (
        <Empty
          says="No session is registered. Register an agent that runs:"
          commands={[
            "conveyor register-worker --name auth-worker --pid PID",
            "conveyor register-manager --name auth-manager --pid PID",
          ]}
        />
      )}
    </Panel>
  );
}

function rank({ state, binding }: Session): number {
  if (state === "gone") return 2;
  return binding === null ? 1 : 0;
}

/** Managers stand before the worker they supervise. */
function place({ binding, role, name }: Session): string {
  return `${binding?.task_name ?? ""}\u0000${role}\u0000${name}`;
}
