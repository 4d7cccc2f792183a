export { type AgentPhase, PHASE_WORDS, PHASES_BY_URGENCY } from "./agent-phases.ts";
export type { AgentStatus, Attention, BoundAgent } from "./agent-status.ts";
export type { ReplayEntry } from "./audit/entities.ts";
export type { MutationRecord } from "./audit/mutations.ts";
export type { MessageLatency, TraceEntry } from "./audit/trace.ts";
export type { Rejudged, Silence, WhatIfPolicy } from "./audit/what-if.ts";
export { AUDIT_SECTIONS, type AuditSection } from "./audit/words.ts";
export type {
  AutomationSpec,
  AutomationState,
  AutopilotPlan,
  AutopilotReadiness,
  Quiescence,
} from "./autonomy/autopilot-plan.ts";
export type { WakeAction, WakeSummary } from "./autonomy/dispatch-wakeup.ts";
export type {
  DispatcherNeed,
  DispatchLease,
  LeaseReasonCode,
  LeaseState,
  NextAction,
  OpenWakeAction,
  PairLease,
  PairRole,
  PairStatus,
  WakeActionStatus,
} from "./autonomy/entities.ts";
export type { RotationAction } from "./autonomy/plan-rotation.ts";
export type { Wakeup } from "./autonomy/plan-wakeup.ts";
export type { PreflightCheck } from "./autonomy/preflight-smoke.ts";
export { DELIVERY_STATUSES, type DeliveryStatus } from "./autonomy/record-wakeup-delivery.ts";
export type { RotationGuard } from "./autonomy/rotation.ts";
export type { SmokeBlocker, SmokeRole, SmokeStanding } from "./autonomy/smoke.ts";
export { WAKE_ACTION_STATUSES } from "./autonomy/words.ts";
export { LIVE_BINDING_STATES } from "./bindings/entities.ts";
export type { Check, CheckRun, Subject } from "./checks/entities.ts";
export * from "./common.ts";
export type { ContinuationReview, ListedProposal, Proposal } from "./continuations/entities.ts";
export type {
  CompletionMode,
  ConfigAnswers,
  ContractAck,
  EpilogueStep,
  GrantedPermissions,
  ManagerConfig,
  ManagerRecipeView,
  PermissionReason,
  QuestionId,
  SetupQuestion,
  StaleReason,
  SupervisionMode,
} from "./contract/entities.ts";
export type { PermissionGrant } from "./contract/grants.ts";
export type { OperatorItem } from "./contract/operator.ts";
export {
  PERMISSION_ACTIONS,
  PERMISSION_ALIASES,
  PERMISSIONS,
  type PermissionCategory,
  permissionActions,
} from "./contract/permissions.ts";
export { COMPLETION_MODES, EPILOGUE_STEPS, SUPERVISION_MODES } from "./contract/words.ts";
export type {
  CriteriaSummary,
  Criterion,
  CriterionSource,
  CriterionStatus,
  CriterionWarning,
} from "./criteria/entities.ts";
export type { Decision, DecisionKind, DecisionValidation, DecisionWarning } from "./decisions/entities.ts";
export type { Suggestion } from "./discovery/discover.ts";
export type { Dispatcher, DispatcherState } from "./dispatch/dispatcher.ts";
export type { GatePreview } from "./dispatch/enqueued.ts";
export type {
  DeliveryMode,
  DispatchDocument,
  DispatchErrorCode,
  DispatchResult,
  PermissionCheck,
} from "./dispatch/entities.ts";
export type {
  BlockedPolicy,
  Chain,
  ChainState,
  ConversationStep,
  DispatchHealth,
  DispatchOverview,
  InboxOverview,
  ItemSummary as NotificationSummary,
  Latency,
  Percentiles,
} from "./dispatch/overview.ts";
export type { Command, CommandAttempt, CommandState } from "./dispatch/queued-command.ts";
export type { StoppedDispatcher } from "./dispatch/stop-dispatcher.ts";
export {
  DEFAULT_DISPATCHER_ID,
  DISPATCH_TYPES,
  DISPATCHABLE_COMMANDS,
  type DispatchableCommand,
  type DispatchType,
  FRESHNESS,
} from "./dispatch/words.ts";
export type { EpilogueDocument, EpilogueRun } from "./epilogues/entities.ts";
export * from "./errors.ts";
export type { Matter, Present, ThingKind } from "./everyday/entities.ts";
export type { FirstTurn } from "./everyday/run.ts";
export type { SentStage } from "./everyday/send.ts";
export type { BundleManifest } from "./exports/entities.ts";
export type { AcknowledgedItem, Acknowledgement, InboxDocument, InboxItem, PollInput } from "./inbox/entities.ts";
export type { TakeInput } from "./inbox/take.ts";
export {
  type EvidenceStandingView,
  type ListedRun,
  LOOP_TEMPLATES,
  type LoopState,
  type LoopTemplateName,
  type LoopTemplateView,
  type ReceiptRun,
  type Run,
} from "./loops/entities.ts";
export type { RecordedReceipt } from "./loops/evidence.ts";
export type { ListedReceipt } from "./loops/list-evidence.ts";
export type { LoopTrigger } from "./loops/triggers.ts";
export type { NoticeSink, NotifySettings } from "./notifications/sinks.ts";
export type { CycleStatus, ManagerContext, PaneSignal } from "./observation/cycle.ts";
export type { IngestReport } from "./observation/entities.ts";
export * from "./operation.ts";
export type { CriterionProof, ProofReport } from "./proof/entities.ts";
export type { QaPlan, VisualDiffReport } from "./qa/entities.ts";
export {
  QA_PLANS,
  QA_RESULTS,
  QA_SCENARIOS,
  type QaPlanName,
  type QaResult,
  type QaScenarioName,
} from "./qa/words.ts";
export * from "./registry.ts";
export type {
  BindingState,
  Communication,
  Liveness,
  Session,
  SessionListItem,
  SessionOrigin,
  SessionState,
} from "./sessions/entities.ts";
export type { Registration, RegistrationInput, RegistrationWarning } from "./sessions/register.ts";
export type { SetupBundle, SetupPolicy, SkillPreflight } from "./setup/entities.ts";
export type { StartedSession, StartupNote } from "./startup/entities.ts";
export { PAIR_DISPATCHER_ID } from "./startup/pair.ts";
export type { ManagerLivenessWarning, ReconciledTask } from "./system/db-doctor.ts";
export type { HealthCheck } from "./system/entities.ts";
export type { PluginStatus } from "./system/plugin.ts";
export type { DriftReport } from "./system/reconcile.ts";
export type { CaptureFailure, FinalAudits, RoleCapture, SessionIdentity, TranscriptMode } from "./tasks/closing.ts";
export type { Task, TaskListItem, TaskState } from "./tasks/entities.ts";
export { OPEN_TASK_STATES } from "./tasks/words.ts";
export type { TelemetryEvent, TelemetryFilterInput } from "./telemetry/entities.ts";
export type { Spread } from "./telemetry/metrics.ts";
export type {
  Alert,
  CommandSummary,
  CycleView,
  IngestView,
  OpenCriterion,
  SessionSnapshot,
  Storage,
  Thresholds,
  WindowView,
} from "./telemetry/views.ts";
export type { TranscriptSegment } from "./transcripts/show.ts";
export { PRUNABLE, type PrunableKind } from "./transcripts/words.ts";
export type { WorkerStartup, WorkerState } from "./workers/entities.ts";
export type { TerminalState } from "./workers/status.ts";
export { WORKER_STATES } from "./workers/words.ts";
