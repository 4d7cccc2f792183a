export type {
  Agent,
  AgentExtensions,
  AgentLaunch,
  AgentMachine,
  AgentRecords,
  AgentRights,
  Capability,
  CapabilityName,
  CapabilityRow,
  Finding,
  PaneClassification,
  PaneFinding,
  PaneReadiness,
  PaneSemantics,
  PlainStartRequest,
  PreflightLook,
  PreflightReport,
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
export { combineAttention } from "./combine-attention.ts";
export { type AgentHomes, STANDARD_KIND } from "./kinds.ts";
export type { PushGateVerdict } from "./push-gate.ts";
export { judgePush, judgeSubmit } from "./push-gate.ts";
export { carriesMarker, markedPrompt, startMarker } from "./start-marker.ts";
