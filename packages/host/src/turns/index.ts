export type { AttentionFact, AttentionState, WaitingCall } from "./attention.ts";
export { applyAttention, initialAttentionState, rolloutAttention } from "./attention.ts";
export type { FactBase, LifecycleFact, LifecycleFactKind, TurnError, TurnTiming } from "./facts.ts";
export type { TurnCompletion, TurnReport, TurnSummary, WriterLiveness } from "./status.ts";
export { completionOf, LOST_AFTER_SECONDS, reportTurns } from "./status.ts";
export { type TurnEnd, turnEndOf } from "./turn-end.ts";
export type { ReferencedFact, Turn, TurnActivity, TurnKind, TurnOutcome, TurnState } from "./turns.ts";
export { applyFact, applyFacts, deriveTurns, initialTurnState, isPursuingGoal } from "./turns.ts";
