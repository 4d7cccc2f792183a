import type { SessionListItem } from "../live/operations.ts";
import { AgentChip, needsSomebody } from "./agent-chip.tsx";
import { LifeDot } from "./life-dot.tsx";

/** A session in a few characters: whether it lives, and its name. */
export function SessionMention({ session }: { session: SessionListItem }) {
  return (
    <span className="mention">
      <LifeDot session={session} />
      <span className="role">{session.role}</span> {session.name}
      {needsSomebody(session) && <AgentChip status={session.agent_status} />}
    </span>
  );
}
