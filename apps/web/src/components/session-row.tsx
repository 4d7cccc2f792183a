import type { SessionListItem } from "../live/operations.ts";
import { AgentChip } from "./agent-chip.tsx";
import { LifeDot, lifeOf, lifeText } from "./life-dot.tsx";
import { RelativeTime } from "./relative-time.tsx";

const STYLES = {
  push: { word: "push", title: "messages are typed into its terminal" },
  pull: { word: "pull", title: "messages wait until it asks for them" },
} as const;

/** A session: who it is, whether it lives, how messages reach it, what it is bound to. */
export function SessionListRow({ session }: { session: SessionListItem }) {
  const { name, role, state, communication, binding, agent_kind, last_heartbeat_at, registered_at } = session;
  const style = STYLES[communication.receive_style];
  return (
    <li className="row session" data-gone={state === "gone"}>
      <div className="row-line">
        <LifeDot session={session} />
        <span className="name">{name}</span>
        <span className="tag">{role}</span>
        {state === "active" && <AgentChip status={session.agent_status} />}
        {last_heartbeat_at === null ? (
          <RelativeTime of="registered" time={registered_at} />
        ) : (
          <RelativeTime of="heard" time={last_heartbeat_at} />
        )}
      </div>
      <dl className="facts">
        <div>
          <dt className="unseen">State</dt>
          <dd data-life={lifeOf(session)}>{state === "gone" ? "gone" : `${state}, ${lifeText(session)}`}</dd>
        </div>
        <div>
          <dt className="unseen">Transport</dt>
          <dd title={style.title}>
            {style.word}
            {communication.tmux_session !== null && <span className="faint"> · tmux {communication.tmux_session}</span>}
          </dd>
        </div>
        <div>
          <dt className="unseen">Binding</dt>
          <dd>{binding === null ? <span className="faint">not bound</span> : `→ ${binding.task_name}`}</dd>
        </div>
        {agent_kind !== "codex" && (
          <div>
            <dt className="unseen">Agent</dt>
            <dd className="faint">{agent_kind}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}
