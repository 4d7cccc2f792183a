import { getRouteApi, Link } from "@tanstack/react-router";
import { ActButton } from "../act/act-button.tsx";
import type { Act, Offer } from "../act/acts.ts";
import { commandLineOf } from "../act/command-line.ts";
import { OperationButton } from "../forms/operation-button.tsx";
import { lastSign, urgencyOf } from "../lib/phase.ts";
import { useTitle } from "../lib/use-title.ts";
import { isTaskClosed, reachWord, TASK_WORDS } from "../lib/words.ts";
import { useFleet } from "../live/fleet.tsx";
import type { SessionListItem } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, Nothing } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";
import { AgentState } from "../parts/state.tsx";

const route = getRouteApi("/sessions");
type Role = SessionListItem["role"];

/** The agents that Conveyor knows, and which of them belong together. */
export function Sessions() {
  useTitle("Sessions");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { sessions: all, tasks, settled } = useFleet();
  const go = (next: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const words = (search.q ?? "").toLowerCase();
  const sessions = all.filter(({ name, binding, cwd, communication }) =>
    [name, binding?.task_name, cwd, communication.tmux_session].join(" ").toLowerCase().includes(words),
  );
  const active = all.filter(({ state }) => state === "active");
  const chosen = (role: Role, name: string | undefined) =>
    active.find((one) => one.role === role && one.name === name && isFree(one))?.name;
  const worker = chosen("worker", search.worker);
  const manager = chosen("manager", search.manager);
  const free = tasks.filter((task) => !isTaskClosed(task) && task.agents.length === 0);
  const task = free.find(({ name }) => name === search.task)?.name ?? (free.length === 1 ? free[0]?.name : undefined);

  return (
    <div className="view">
      <div className="sec-head">
        <h1>Sessions</h1>
        <p>
          {active.length} known, {active.filter(isFree).length} free
        </p>
        <span className="end">
          <OperationButton path="sessions.registerWorker" verb="Register a worker…" preset={{ name: "", pid: "" }} />
          <OperationButton path="sessions.registerManager" verb="Register a manager…" preset={{ name: "", pid: "" }} />
          <OperationButton path="discovery.discover" verb="Discover…" kind="quiet small" />
          <label className="in-search">
            <Icon name="search" />
            <span className="vh">Filter sessions by name, task or folder</span>
            <input
              data-filter
              type="search"
              placeholder="Name, task, folder"
              value={search.q ?? ""}
              onChange={(event) => go({ q: event.target.value === "" ? undefined : event.target.value })}
            />
          </label>
        </span>
      </div>
      {!settled && all.length === 0 && <Loading rows={6} />}
      <div className="split even">
        {(["worker", "manager"] as const).map((role) => (
          <RolePanel
            key={role}
            role={role}
            sessions={sessions.filter((one) => one.role === role)}
            chosen={role === "worker" ? worker : manager}
            onChoose={(name) => go(role === "worker" ? { worker: name } : { manager: name })}
          />
        ))}
      </div>
      {(worker !== undefined || manager !== undefined) && (
        <BindBar
          worker={worker}
          manager={manager}
          task={task}
          tasks={free.map(({ name, state }) => ({ name, word: TASK_WORDS[state].toLowerCase() }))}
          onTask={(name) => go({ task: name })}
          onDone={() => go({ worker: undefined, manager: undefined, task: undefined })}
        />
      )}
    </div>
  );
}

interface RolePanelProps {
  role: Role;
  sessions: readonly SessionListItem[];
  chosen: string | undefined;
  onChoose(name: string): void;
}

/** Whether a session could take a task. */
const isFree = ({ binding, state, agent_status }: SessionListItem) =>
  binding === null && state === "active" && agent_status.phase !== "gone";

function RolePanel({ role, sessions, chosen, onChoose }: RolePanelProps) {
  const rows = sessions.toSorted(
    (a, b) =>
      Number(a.state === "gone") - Number(b.state === "gone") ||
      Number(isFree(b)) - Number(isFree(a)) ||
      urgencyOf(a.agent_status) - urgencyOf(b.agent_status) ||
      a.name.localeCompare(b.name),
  );
  return (
    <Panel
      title={role === "worker" ? "Workers" : "Managers"}
      end={
        <span className="soft">
          {rows.length}, {rows.filter(isFree).length} free
        </span>
      }
    >
      {rows.length === 0 && (
        <Nothing commands={[`conveyor register-${role} --name auth-${role} --pid PID`]}>
          No {role} is registered. Register an agent that runs:
        </Nothing>
      )}
      <ul>
        {rows.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            isChosen={session.name === chosen}
            onChoose={() => onChoose(session.name)}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface SessionRowProps {
  session: SessionListItem;
  isChosen: boolean;
  onChoose(): void;
}

function SessionRow({ session, isChosen, onChoose }: SessionRowProps) {
  const { name, role, state, binding, agent_status, communication, cwd } = session;
  const isGone = state === "gone";
  const forget: Offer = {
    verb: "Mark as gone",
    act: { path: "sessions.deregister", input: { session: name } },
    done: `${name} is marked as gone`,
  };
  return (
    <li className="se">
      <span className="check">
        {isFree(session) ? (
          <input type="radio" name={role} checked={isChosen} onChange={onChoose} aria-label={`Choose ${name}`} />
        ) : (
          <Icon name={isGone ? "x" : "link"} />
        )}
      </span>
      <div className="grow">
        <div className="row">
          <b className="cut">{name}</b>
          {isGone ? <span className="faint">gone</span> : <AgentState status={agent_status} />}
        </div>
        <p className="soft cut">
          {[communication.tmux_session && `tmux ${communication.tmux_session}`, cwd].filter(Boolean).join(" · ")}
          {lastSign(session) !== null && (
            <>
              {" · "}
              <Age of="last sign of life" word="heard" time={lastSign(session)} after="ago" />
            </>
          )}
        </p>
      </div>
      {!isGone && <span className="se-r">{reachWord(session)}</span>}
      <span className="se-t">
        {binding !== null ? (
          <Link className="lnk" to="/tasks/$name" params={{ name: binding.task_name }}>
            {binding.task_name}
          </Link>
        ) : agent_status.phase === "gone" && !isGone ? (
          <ActButton offer={forget} subject={name} />
        ) : (
          !isGone && "free"
        )}
      </span>
    </li>
  );
}

interface BindBarProps {
  worker: string | undefined;
  manager: string | undefined;
  task: string | undefined;
  tasks: readonly { name: string; word: string }[];
  onTask(name: string): void;
  onDone(): void;
}

/** Bind those who were chosen to a task that has nobody. */
function BindBar({ worker, manager, task, tasks, onTask, onDone }: BindBarProps) {
  const act: Act | null =
    worker !== undefined && manager !== undefined && task !== undefined
      ? { path: "bindings.bind", input: { task, worker, manager } }
      : null;
  const missing = [worker === undefined && "a worker", manager === undefined && "a manager"]
    .filter(Boolean)
    .join(" and ");
  return (
    <section className="panel bindbar" aria-label="Bind">
      <p>
        {worker !== undefined && (
          <>
            <b>{worker}</b> works
          </>
        )}
        {worker !== undefined && manager !== undefined && ", "}
        {manager !== undefined && (
          <>
            <b>{manager}</b> manages
          </>
        )}
        {missing !== "" && <span className="soft">; choose {missing}</span>}
      </p>
      {tasks.length === 0 ? (
        <CommandLine command='conveyor tasks --create auth --goal "Refactor auth"' />
      ) : (
        <select className="in" aria-label="Task" value={task ?? ""} onChange={(event) => onTask(event.target.value)}>
          <option value="" disabled>
            Choose a task
          </option>
          {tasks.map(({ name, word }) => (
            <option key={name} value={name}>
              {name} · {word}
            </option>
          ))}
        </select>
      )}
      {act === null ? (
        <p className="soft">
          {tasks.length === 0 ? "Every open task has its agents; create one." : missing === "" ? "Choose a task." : ""}
        </p>
      ) : (
        <>
          <CommandLine command={commandLineOf(act)} />
          <ActButton
            kind="primary"
            offer={{ verb: "Bind", act, done: `${worker} and ${manager} are bound to ${task}` }}
            onDone={onDone}
          />
        </>
      )}
    </section>
  );
}
