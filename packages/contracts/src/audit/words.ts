/** The sections of an audit document, in the order of the document (spec 07 §7.10.1). */
export const AUDIT_SECTIONS = [
  "events",
  "acceptance_criteria",
  "commands",
  "command_attempts",
  "routed_notifications",
  "notification_acknowledgements",
  "manager_decisions",
  "manager_cycles",
  "manager_cycle_spans",
  "task_acknowledgements",
  "task_continuations",
  "continuation_reviews",
  "epilogue_runs",
  "agent_observations",
  "terminal_captures",
  "transcript_segments",
  "session_nudges",
  "correlation_chains",
] as const;

export type AuditSection = (typeof AUDIT_SECTIONS)[number];

/** What an entry of a timeline can be (spec 07 §7.10.2). */
export const ENTRY_KINDS = [
  "command",
  "finish",
  "command_attempt",
  "routed_notification",
  "notification_acknowledgement",
  "correlation_chain",
  "decision",
  "acknowledgement",
  "continuation",
  "continuation_review",
  "epilogue",
  "handoff",
  "session_nudge",
  "acceptance_criterion",
  "observe",
  "manager_cycle_span",
  "capture",
  "transcript_segment",
] as const;
