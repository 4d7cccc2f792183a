export { AUDIT_SECTIONS, type AuditSection, type ReplayEntry } from "./audit.ts";
export { LIVE_BINDING_STATES } from "./bindings.ts";
export * from "./common.ts";
export type { CriteriaSummary, Criterion, CriterionSource, CriterionStatus, CriterionWarning } from "./criteria.ts";
export type { Decision, DecisionKind, DecisionValidation, DecisionWarning } from "./decisions.ts";
export {
  type Command,
  type CommandAttempt,
  type CommandState,
  DEFAULT_DISPATCHER_ID,
  DISPATCH_TYPES,
  DISPATCHABLE_COMMANDS,
  type DeliveryMode,
  type DispatchableCommand,
  type DispatchDocument,
  type DispatchErrorCode,
  type DispatchResult,
  type DispatchType,
  FRESHNESS,
  type PermissionCheck,
} from "./dispatch.ts";
export * from "./errors.ts";
export type { Acknowledgement, InboxDocument, InboxItem, PollInput } from "./inbox.ts";
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
export type { HealthCheck, ManagerLivenessWarning, PluginStatus, ReconciledTask } from "./system.ts";
export {
  type FinalAudits,
  OPEN_TASK_STATES,
  type SessionIdentity,
  type Task,
  type TaskListItem,
  type TaskState,
} from "./tasks.ts";
