import { type AgentPhase, PHASE_WORDS, PHASES_BY_URGENCY } from "@conveyor/contracts/agent-phases";
import { spaced } from "../lib/words.ts";
import type { SessionListItem } from "../live/operations.ts";
import type { Tone } from "./chip.tsx";

const TONES: Readonly<Record<AgentPhase, Tone>> = {
  waiting: "warn",
  failed: "bad",
  gone: "bad",
  idle: "neutral",
  working: "busy",
  compacting: "busy",
  unknown: "neutral",
};

type Status = SessionListItem["agent_status"];

/** The place of an agent in a list that begins with those who need somebody. */
export function sessionUrgency({ state, agent_status }: Pick<SessionListItem, "state" | "agent_status">): number {
  return state === "gone" ? PHASES_BY_URGENCY.length : PHASES_BY_URGENCY.indexOf(agent_status.phase);
}

/** Whether an agent waits for somebody: for an answer, or because it failed or died. */
export function needsSomebody(session: Pick<SessionListItem, "state" | "agent_status">): boolean {
  return sessionUrgency(session) < PHASES_BY_URGENCY.indexOf("idle");
}

/** How an agent stands. The word carries the meaning; an agent of which nothing is known shows none. */
export function AgentChip({ status }: { status: Status }) {
  const { phase, attention, detail, since } = status;
  if (phase === "unknown") return null;
  const what = attention === "none" ? "" : `: ${spaced(attention)}`;
  const when = since === null ? "" : `, since ${new Date(since).toLocaleString()}`;
  return (
    <span key={phase} className="chip agent" data-tone={TONES[phase]} title={`${detail}${when}`}>
      {PHASE_WORDS[phase]}
      {what}
    </span>
  );
}
