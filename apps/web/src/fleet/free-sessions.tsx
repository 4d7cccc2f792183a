import { Link } from "@tanstack/react-router";
import { useFleet } from "../live/fleet.tsx";
import { Icon } from "../parts/icon.tsx";
import { Panel } from "../parts/panel.tsx";
import { AgentState } from "../parts/state.tsx";

/** So many are listed; the others stand under Sessions. */
const SHOWN = 5;

/** Sessions that could take a task. */
export function FreeSessions() {
  const { sessions } = useFleet();
  const free = sessions.filter(
    ({ state, binding, agent_status }) => state === "active" && binding === null && agent_status.phase !== "gone",
  );
  if (free.length === 0) return null;
  return (
    <Panel
      title="Sessions without a task"
      className="home-free"
      end={
        <Link className="lnk" to="/sessions">
          {free.length > SHOWN ? `All ${free.length}` : "Bind them"}
        </Link>
      }
    >
      <ul>
        {free.slice(0, SHOWN).map(({ id, name, role, agent_status, communication, cwd }) => (
          <li key={id} className="mini">
            <Icon name="terminal" />
            <span className="grow">
              <span className="row">
                <b className="cut">{name}</b> <AgentState status={agent_status} />
              </span>
              <small className="cut">
                {[role, communication.tmux_session && `tmux ${communication.tmux_session}`, cwd]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </span>
            <Link
              className="btn small"
              to="/sessions"
              search={role === "worker" ? { worker: name } : { manager: name }}
            >
              Give a task<span className="vh"> to {name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
