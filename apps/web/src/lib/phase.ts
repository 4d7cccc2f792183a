import { type AgentPhase, PHASES_BY_URGENCY } from "@conveyor/contracts/agent-phases";
import type { AgentStatus, SessionListItem, TaskListItem } from "../live/operations.ts";
import type { GlyphName } from "../parts/glyph.tsx";
import type { Tone } from "./tone.ts";

interface Look {
  word: string;
  glyph: GlyphName;
  tone: Tone;
}

/** What an agent does, as the page shows it. */
export const PHASE_LOOKS: Readonly<Record<AgentPhase, Look>> = {
  waiting: { word: "Waiting", glyph: "waiting", tone: "warn" },
  failed: { word: "Failed", glyph: "refused", tone: "bad" },
  gone: { word: "Ended", glyph: "gone", tone: "bad" },
  idle: { word: "Idle", glyph: "idle", tone: "mute" },
  working: { word: "Working", glyph: "working", tone: "busy" },
  compacting: { word: "Working", glyph: "working", tone: "busy" },
  unknown: { word: "Not known", glyph: "lost", tone: "mute" },
};

/** The place of a phase in a list that begins with those that need somebody. */
export function urgencyOf({ phase }: Pick<AgentStatus, "phase">): number {
  return PHASES_BY_URGENCY.indexOf(phase);
}

/** Whether an agent waits for somebody: for an answer, or because it failed or died. */
export function standsStill(status: Pick<AgentStatus, "phase">): boolean {
  return urgencyOf(status) < PHASES_BY_URGENCY.indexOf("idle");
}

/** Groups of the fleet, in the order in which they are counted. */
export const GROUPS = ["still", "working", "idle", "ended", "unknown"] as const;
export type Group = (typeof GROUPS)[number];

export const GROUP_LOOKS: Readonly<Record<Group, Look>> = {
  still: { word: "stand still", glyph: "waiting", tone: "warn" },
  working: { word: "at work", glyph: "working", tone: "busy" },
  idle: { word: "idle", glyph: "idle", tone: "mute" },
  ended: { word: "ended", glyph: "gone", tone: "bad" },
  unknown: { word: "not known", glyph: "lost", tone: "mute" },
};

const GROUP_OF: Readonly<Record<AgentPhase, Group>> = {
  waiting: "still",
  failed: "still",
  gone: "ended",
  idle: "idle",
  working: "working",
  compacting: "working",
  unknown: "unknown",
};

export type TaskAgent = TaskListItem["agents"][number];

/** The agent that a row of the fleet speaks of: one that stands still, else one that works, else the worker. */
export function speaker(agents: readonly TaskAgent[]): TaskAgent | undefined {
  const still = agents
    .filter(({ agent_status }) => standsStill(agent_status))
    .toSorted((a, b) => urgencyOf(a.agent_status) - urgencyOf(b.agent_status));
  return still[0] ?? agents.find(({ agent_status }) => GROUP_OF[agent_status.phase] === "working") ?? agents[0];
}

/** To which group of the fleet a task belongs; null when nobody is bound to it. */
export function groupOf(agents: readonly TaskAgent[]): Group | null {
  const agent = speaker(agents);
  return agent === undefined ? null : GROUP_OF[agent.agent_status.phase];
}

/** When anybody last heard of a session; null when nobody did. */
export function lastSign(session: Pick<SessionListItem, "agent_status" | "last_heartbeat_at">): string | null {
  const times = [session.agent_status.observed_at, session.last_heartbeat_at].filter((time) => time !== null);
  return times.toSorted().at(-1) ?? null;
}
