import type { Agent, Agents, StartedPane, TypingTarget } from "@conveyor/host";

/** What is recorded of a session's terminal and of who is in it. */
export interface RecordedTerminal {
  agent_kind: string;
  tmux_session: string | null;
  tmux_pane_id: string | null;
  /** The socket of its tmux server; null in old records, and then the server that we speak to. */
  tmux_socket: string | null;
  /** The process that was named when it was registered. */
  pid: number | null;
  pid_started_at: string | null;
  /** The process that had the pane's keyboard then, when nobody named one. */
  terminal_pid: number | null;
  terminal_started_at: string | null;
}

/**
 * Where text for a session goes, and who must be there for it (ruling 2 of spec 00). Every way of typing to a registered
 * session begins here.
 */
export function typingTarget(agents: Agents, terminal: RecordedTerminal): TypingTarget {
  const agent = agents.of(terminal.agent_kind);
  return {
    session: terminal.tmux_session ?? "",
    pane_id: terminal.tmux_pane_id,
    socket_path: terminal.tmux_socket,
    agent: { process: registeredProcess(terminal), isProgram: agent.isProgram },
  };
}

/** The same for a terminal that we have just started and that belongs to no session yet. */
export function startedTarget(agent: Agent, { pid, ...pane }: StartedPane): TypingTarget {
  return { ...pane, agent: { process: { pid, started_at: null }, isProgram: agent.isProgram } };
}

function registeredProcess({ pid, pid_started_at, terminal_pid, terminal_started_at }: RecordedTerminal) {
  if (pid !== null) return { pid, started_at: pid_started_at };
  return terminal_pid === null ? null : { pid: terminal_pid, started_at: terminal_started_at };
}
