import type { SessionListItem } from "../live/operations.ts";
import { needsSomebody, sessionUrgency } from "./agent-chip.tsx";
import { Empty } from "./empty.tsx";
import { Panel } from "./panel.tsx";
import { SessionListRow } from "./session-row.tsx";
import { Waiting } from "./waiting.tsx";

interface SessionListProps {
  sessions: readonly SessionListItem[];
  settled: boolean;
  /** Name of the task that the page is narrowed to. */
  chosen: string | null;
  /** Whether that task is over: then nobody has to be bound to it any more. */
  isClosed: boolean;
}

/** The agents that Conveyor knows: those that need somebody first, bound ones together by task. */
export function SessionList({ sessions, settled, chosen, isClosed }: SessionListProps) {
  const shown = sessions
    .filter(({ binding }) => chosen === null || binding?.task_name === chosen)
    .toSorted((a, b) => rank(a) - rank(b) || place(a).localeCompare(place(b)));
  const alive = shown.filter((session) => session.state === "active" && session.alive === true).length;
  const needing = shown.filter(needsSomebody).length;
  const note = needing === 0 ? `${alive} alive` : `${alive} alive, ${needing} need${needing === 1 ? "s" : ""} somebody`;

  return (
    <Panel area="sessions" title="Sessions" note={settled ? note : undefined}>
      {shown.length > 0 && (
        <ul className="rows">
          {shown.map((session) => (
            <SessionListRow key={session.id} session={session} />
          ))}
        </ul>
      )}
      {shown.length === 0 && !settled && <Waiting />}
      {shown.length === 0 && settled && chosen !== null && isClosed && (
        <Empty says={`${chosen} is closed; nobody is bound to it any more.`} commands={[]} />
      )}
      {shown.length === 0 && settled && chosen !== null && !isClosed && (
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

/** Those that need somebody, then bound ones, then the others, then those that have gone. */
function rank(session: SessionListItem): number {
  if (session.state === "gone") return 200;
  if (needsSomebody(session)) return sessionUrgency(session);
  return session.binding === null ? 101 : 100;
}

/** Managers stand before the worker they supervise. */
function place({ binding, role, name }: SessionListItem): string {
  return `${binding?.task_name ?? ""}\u0000${role}\u0000${name}`;
}
