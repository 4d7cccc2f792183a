import { attachCommand } from "@conveyor/contracts/terminal-commands";
import { Link } from "@tanstack/react-router";
import { lastSign } from "../lib/phase.ts";
import { reachWord, sentence, sourceText } from "../lib/words.ts";
import type { SessionListItem } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { CommandLine } from "../parts/command-line.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";
import { AgentState } from "../parts/state.tsx";

/** Who works on a task: what they do, how that is known, and how to look over their shoulder. */
export function AgentsPanel({ agents, isOver }: { agents: readonly SessionListItem[]; isOver: boolean }) {
  return (
    <Panel title="Agents">
      {agents.length === 0 && isOver && <Nothing>The task is closed; nobody is bound to it any more.</Nothing>}
      {agents.length === 0 && !isOver && (
        <div className="empty">
          <p>Nobody is bound to this task.</p>
          <Link className="btn small" to="/sessions">
            Choose a worker and a manager
          </Link>
        </div>
      )}
      <ul>
        {agents.map((session) => {
          const { id, name, role, agent_status, communication } = session;
          const tmux = communication.tmux_session;
          return (
            <li key={id} className="ag">
              <div className="row">
                <b className="cut">{name}</b>
                <span className="faint">{role}</span>
                <span className="grow" />
                <AgentState status={agent_status} />
              </div>
              <p className="soft">
                {sentence(agent_status.detail)}
                {agent_status.since !== null && (
                  <>
                    , <Age of="since" word="for" time={agent_status.since} />
                  </>
                )}
                {sourceText(agent_status) !== "" && <span className="faint"> · {sourceText(agent_status)}</span>}
              </p>
              <p className="faint">
                {reachWord(session)}
                {lastSign(session) !== null && (
                  <>
                    {" · "}
                    <Age of="last sign of life" word="last heard" time={lastSign(session)} after="ago" />
                  </>
                )}
              </p>
              {tmux !== null && <CommandLine command={attachCommand(tmux)} />}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
