import type { AgentPhase, AgentStatus } from "@conveyor/contracts";
import { PHASE_WORDS, PHASES_BY_URGENCY } from "@conveyor/contracts/agent-phases";
import type { Palette } from "./palette.ts";

/** A sign beside the word, so that colour is never the only difference. */
const SIGNS: Readonly<Record<AgentPhase, [sign: string, paint: keyof Palette]>> = {
  waiting: ["!", "yellow"],
  failed: ["✗", "red"],
  gone: ["✗", "red"],
  idle: ["○", "dim"],
  working: ["●", "green"],
  compacting: ["●", "green"],
  unknown: ["·", "dim"],
};

/** How an agent stands, as a word with a sign; what it waits for is named. */
export function agentText({ phase, attention }: AgentStatus, colour: Palette): string {
  const [sign, paint] = SIGNS[phase];
  const what = attention === "none" ? "" : ` (${attention.replaceAll("_", " ")})`;
  return colour[paint](`${sign} ${PHASE_WORDS[phase]}${what}`);
}

/** The place of an agent in a list that begins with those who need somebody. */
export function urgency({ phase }: Pick<AgentStatus, "phase">): number {
  return PHASES_BY_URGENCY.indexOf(phase);
}

/** The one of a task's agents to look at first: its worker, or its manager when that needs somebody and the worker less. */
export function foremost<Agent extends { agent_status: AgentStatus }>(agents: readonly Agent[]): Agent | undefined {
  const [worker, ...others] = agents;
  const needy = others.find(({ agent_status }) => urgency(agent_status) < urgency({ phase: "idle" }));
  if (worker === undefined || needy === undefined) return worker;
  return urgency(needy.agent_status) < urgency(worker.agent_status) ? needy : worker;
}
