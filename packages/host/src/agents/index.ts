export type {
  Agent,
  AgentLaunch,
  AgentMachine,
  AgentRecords,
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
  ProcessWish,
  RecordLook,
  RecordMeaning,
  RightsRequest,
  Screen,
  ScreenContext,
  StartableAgent,
  StartedAgent,
  StartRequest,
  StartupState,
  TitleMeaning,
  TurnReceipt,
} from "./agent.ts";
export { CAPABILITIES, TRANSPORTS } from "./agent.ts";
export { type Agents, type AgentsOptions, createAgents } from "./agents.ts";
export { firstUserInput } from "./codex/records/first-input.ts";
export { codexOffers } from "./codex/start.ts";
export { judgeCodexVersion, TESTED_CODEX_VERSIONS } from "./codex/versions.ts";
export { combineAttention } from "./combine-attention.ts";
export { type AgentHomes, STANDARD_KIND } from "./kinds.ts";
export type { PushGateVerdict } from "./push-gate.ts";
export { judgePush, judgeSubmit } from "./push-gate.ts";
export { carriesMarker, markedPrompt, startMarker } from "./start-marker.ts";
