/** What a wake dispatch found for a role (spec 06 §6.1, "Wake action"). */
export const WAKE_ACTION_STATUSES = ["ready_to_send", "skipped_healthy", "blocked_missing_thread"] as const;

/** How often an app thread is woken, in minutes. */
export const HEARTBEAT_INTERVAL_MINUTES = 2;

/** What of an autopilot is not as it has to be before the pair goes on by itself, in the order in which it is said. */
export const READINESS_BLOCKERS = [
  "policy_not_active",
  "dispatcher_not_healthy",
  "manager_lease_not_healthy",
  "worker_lease_not_healthy",
  "manager_automation_not_creatable",
  "worker_automation_not_creatable",
  "manager_automation_not_recorded",
  "worker_automation_not_recorded",
] as const;

/** Why the autopilot of a pair is, or is not, to be stopped. */
export const QUIESCENCE_REASONS = [
  "policy_not_active",
  "disabled",
  "nothing_happened_yet",
  "health_actions_pending",
  "not_quiet_enough",
  "quiet",
] as const;

/** Why a worker's thread cannot be replaced, in the order in which it is said (spec 06 §6.2). */
export const ROTATION_BLOCKERS = [
  "active_binding_not_active",
  "worker_session_not_active",
  "worker_session_is_tmux_backed",
  "missing_worker_codex_app_thread_id",
  "old_worker_thread_id_mismatch",
  "manager_worker_thread_not_distinct",
  "missing_worker_handoff",
  "handoff_worker_session_mismatch",
  "handoff_older_than_last_rotation",
] as const;
