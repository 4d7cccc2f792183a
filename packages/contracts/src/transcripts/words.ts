/** What `prune` can drop. `all` leaves telemetry out (spec 00, Small rulings). */
export const PRUNABLE = [
  "transcript-captures",
  "terminal-captures",
  "segments",
  "codex-events",
  "heartbeats",
  "agent-facts",
  "telemetry",
] as const;

export type PrunableKind = (typeof PRUNABLE)[number];
