export type {
  Agent,
  AgentLaunch,
  AgentRights,
  Capability,
  CapabilityName,
  CapabilityRow,
  PaneClassification,
  PaneFinding,
  PaneReadiness,
  PaneSemantics,
  PlainStartRequest,
  ProbeOptions,
  RightsRequest,
  RolloutSemantics,
  Screen,
  ScreenContext,
  StartableAgent,
  StartRequest,
  StartupState,
  TitleMeaning,
} from "./agent.ts";
export { CAPABILITIES, TRANSPORTS } from "./agent.ts";
export { type Agents, type AgentsOptions, createAgents } from "./agents.ts";
export type { AttentionState, WaitingCall } from "./codex/attention.ts";
export {
  applyAttention,
  combineAttention,
  initialAttentionState,
  isAttentionRecord,
  rolloutAttention,
} from "./codex/attention.ts";
export type { LifecycleFact, LifecycleFactKind, TurnError, TurnTiming } from "./codex/facts.ts";
export { isLifecycleRecord, lifecycleFact } from "./codex/facts.ts";
export { firstUserInput } from "./codex/first-input.ts";
export { classifyPane, composerIsEmpty, paneReadiness, QUIET_EVENT_THRESHOLD } from "./codex/pane.ts";
export type { PanePattern } from "./codex/pane-patterns.ts";
export { BUSY_PATTERNS, PANE_PATTERNS, UNKNOWN_SCREEN, UNSUBMITTED_INPUT } from "./codex/pane-patterns.ts";
export { threadNames } from "./codex/session-index.ts";
export { codexOffers } from "./codex/start.ts";
export type { TurnCompletion, TurnReport, TurnSummary, WriterLiveness } from "./codex/status.ts";
export { completionOf, LOST_AFTER_SECONDS, reportTurns } from "./codex/status.ts";
export { paneTitleMeaning, threadNameOfTitle, titleNamesThread } from "./codex/title.ts";
export { type TurnEnd, turnEndOf } from "./codex/turn-end.ts";
export type { ReferencedFact, Turn, TurnActivity, TurnKind, TurnOutcome, TurnState } from "./codex/turns.ts";
export { applyFact, applyFacts, deriveTurns, initialTurnState, isPursuingGoal } from "./codex/turns.ts";
export { type CodexVersionVerdict, judgeCodexVersion, TESTED_CODEX_VERSIONS } from "./codex/versions.ts";
export { type AgentHomes, STANDARD_KIND } from "./kinds.ts";
export type { PushGateVerdict } from "./push-gate.ts";
export { judgePush, judgeSubmit } from "./push-gate.ts";
export { carriesMarker, markedPrompt, startMarker } from "./start-marker.ts";
