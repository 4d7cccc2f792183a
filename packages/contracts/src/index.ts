export { type AgentPhase, PHASE_WORDS, PHASES_BY_URGENCY } from "./agent-phases.ts";
export type { AgentStatus, Attention, BoundAgent } from "./agent-status.ts";
export { AUDIT_SECTIONS, type AuditSection, type MessageLatency, type ReplayEntry, type TraceEntry } from "./audit.ts";
export {
  type AppLoopStatus,
  DELIVERY_STATUSES,
  type DeliveryStatus,
  type DispatcherNeed,
  type DispatchLease,
  type LeaseState,
  type LoopLease,
  type LoopRole,
  type NextAction,
  WAKE_ACTION_STATUSES,
  type WakeAction,
  type WakeActionStatus,
  type WakeSummary,
  type Wakeup,
} from "./autonomy.ts";
export { LIVE_BINDING_STATES } from "./bindings.ts";
export type { CaptureFailure, FinalAudits, RoleCapture, SessionIdentity, TranscriptMode } from "./closing.ts";
export type { Command, CommandAttempt, CommandState } from "./commands.ts";
export * from "./common.ts";
export {
  COMPLETION_MODES,
  type CompletionMode,
  EPILOGUE_STEPS,
  type EpilogueStep,
  type GrantedPermissions,
  type ManagerConfig,
  SUPERVISION_MODES,
  type SupervisionMode,
} from "./contract.ts";
export type { CriteriaSummary, Criterion, CriterionSource, CriterionStatus, CriterionWarning } from "./criteria.ts";
export type { Decision, DecisionKind, DecisionValidation, DecisionWarning } from "./decisions.ts";
export type { Suggestion } from "./discovery.ts";
export {
  DEFAULT_DISPATCHER_ID,
  type DeliveryMode,
  DISPATCH_TYPES,
  DISPATCHABLE_COMMANDS,
  type DispatchableCommand,
  type DispatchDocument,
  type DispatchErrorCode,
  type DispatchResult,
  type DispatchType,
  FRESHNESS,
  type PermissionCheck,
} from "./dispatch.ts";
export type { Dispatcher, DispatcherState, StoppedDispatcher } from "./dispatchers.ts";
export type { DriftReport } from "./drift.ts";
export type { GatePreview } from "./enqueue.ts";
export * from "./errors.ts";
export type { AcknowledgedItem, Acknowledgement, InboxDocument, InboxItem, PollInput, TakeInput } from "./inbox.ts";
export { LOOP_TEMPLATES, type LoopTemplateName, type Run } from "./loops.ts";
export type { CycleStatus, IngestReport, ManagerContext, PaneSignal } from "./observation.ts";
export * from "./operation.ts";
export type {
  BlockedPolicy,
  Chain,
  ChainState,
  ConversationStep,
  DispatchHealth,
  DispatchOverview,
  InboxOverview,
  Latency,
  NotificationSummary,
  Percentiles,
} from "./overview.ts";
export {
  PERMISSION_ACTIONS,
  PERMISSION_ALIASES,
  PERMISSIONS,
  type PermissionCategory,
  permissionActions,
} from "./permissions.ts";
export * from "./registry.ts";
export type {
  BindingState,
  Communication,
  Liveness,
  Registration,
  RegistrationInput,
  RegistrationWarning,
  Session,
  SessionListItem,
  SessionOrigin,
  SessionState,
} from "./sessions.ts";
export { PAIR_DISPATCHER_ID, type StartedSession, type StartupNote } from "./startup.ts";
export type { HealthCheck, ManagerLivenessWarning, PluginStatus, ReconciledTask } from "./system.ts";
export {
  OPEN_TASK_STATES,
  type Task,
  type TaskListItem,
  type TaskState,
} from "./tasks.ts";
export type { TelemetryEvent, TelemetryFilterInput } from "./telemetry.ts";
export { PRUNABLE, type PrunableKind, type TranscriptSegment } from "./transcripts.ts";
export { type TerminalState, WORKER_STATES, type WorkerStartup, type WorkerState } from "./workers.ts";
