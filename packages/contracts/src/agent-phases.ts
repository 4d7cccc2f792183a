/**
 * The phases of an agent, those of spec 08 §8.10 that can be told here, by how soon somebody should look: needs an answer,
 * failed, dead, idle, busy. They stand in a module without zod so that text and page can name them at no cost.
 */
export const PHASES_BY_URGENCY = ["waiting", "failed", "gone", "idle", "working", "compacting", "unknown"] as const;
export type AgentPhase = (typeof PHASES_BY_URGENCY)[number];

/** How a phase is called in text and on the page. */
export const PHASE_WORDS: Readonly<Record<AgentPhase, string>> = {
  waiting: "needs answer",
  failed: "failed",
  gone: "dead",
  idle: "idle",
  working: "busy",
  compacting: "busy",
  unknown: "unknown",
};
