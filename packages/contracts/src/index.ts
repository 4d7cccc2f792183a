export { AUDIT_SECTIONS, type AuditSection, type ReplayEntry } from "./audit.ts";
export { LIVE_BINDING_STATES } from "./bindings.ts";
export type { CaptureFailure, FinalAudits, RoleCapture, SessionIdentity, TranscriptMode } from "./closing.ts";
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
  type Command,
  type CommandAttempt,
  type CommandState,
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
export type { DriftReport } from "./drift.ts";
export * from "./errors.ts";
export type { Acknowledgement, InboxDocument, InboxItem, PollInput } from "./inbox.ts";
export { LOOP_TEMPLATES, type LoopTemplateName, type Run } from "./loops.ts";
export type { CycleStatus, IngestReport, ManagerContext, PaneSignal } from "./observation.ts";
export * from "./operation.ts";
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
export { PAIR_DISPATCHER_ID, type StartedSession } from "./startup.ts";
export type { HealthCheck, ManagerLivenessWarning, PluginStatus, ReconciledTask } from "./system.ts";
export {
  OPEN_TASK_STATES,
  type Task,
  type TaskListItem,
  type TaskState,
} from "./tasks.ts";
export { PRUNABLE, type PrunableKind, type TranscriptSegment } from "./transcripts.ts";
export { type TerminalState, WORKER_STATES, type WorkerStartup, type WorkerState } from "./workers.ts";
