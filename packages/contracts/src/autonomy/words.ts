/** What a wake dispatch found for a role (spec 06 §6.1, "Wake action"). */
export const WAKE_ACTION_STATUSES = [
  "ready_to_send",
  "skipped_healthy",
  "skipped_reserved",
  "blocked_missing_thread",
] as const;

/** How a lease stands, for programs. */
export const LEASE_REASONS = ["lease_healthy", "lease_missing", "lease_stale", "registered_but_not_heard_of"] as const;

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

export const SMOKE_MODES = ["required", "advisory", "skip"] as const;
export const SMOKE_SCOPES = ["pair", "worker-set"] as const;
export const SMOKE_MARKS = ["sent", "skipped", "received", "accepted", "blocked"] as const;

/** Why a smoke run has not passed, in the order in which it is said; those of a role are said of the manager first. */
export const SMOKE_BLOCKERS = [
  "no_smoke",
  "no_active_binding",
  "smoke_of_other_binding",
  "worker_set_not_provable",
  "missing_thread",
  "not_sent",
  "heartbeat_not_fresh",
  "not_received",
  "not_accepted",
  "blocked",
] as const;

/** What is looked at before a smoke run. */
export const PREFLIGHT_CHECKS = [
  "ledger_writable",
  "package_cli_available",
  "active_binding",
  "manager_thread_metadata",
  "worker_thread_metadata",
  "codex_app_thread_tools",
] as const;
