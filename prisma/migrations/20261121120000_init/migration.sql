-- CreateTable
CREATE TABLE "agent_servers" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "codex_home" TEXT NOT NULL,
    "socket_path" TEXT NOT NULL,
    "version" TEXT,
    "state" TEXT NOT NULL,
    "instance_id" TEXT,
    "pid" INTEGER,
    "pid_started_at" TEXT,
    "methods_json" TEXT NOT NULL,
    "missing_methods_json" TEXT NOT NULL,
    "connected_at" TEXT,
    "last_frame_at" TEXT,
    "error_code" TEXT,
    CONSTRAINT "agent_servers_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "agent_servers_kind_check" CHECK ("kind" IN ('daemon', 'own')),
    CONSTRAINT "agent_servers_state_check" CHECK ("state" IN ('absent', 'connecting', 'ready', 'draining', 'lost', 'incompatible')),
    CONSTRAINT "agent_servers_methods_json_check" CHECK (json_valid("methods_json")),
    CONSTRAINT "agent_servers_missing_methods_json_check" CHECK (json_valid("missing_methods_json"))
);

-- CreateTable
CREATE TABLE "agent_threads" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "thread_id" TEXT NOT NULL,
    "codex_home" TEXT NOT NULL,
    "session_id" TEXT,
    "parent_thread_id" TEXT,
    "source" TEXT,
    "thread_source" TEXT,
    "ephemeral" BOOLEAN NOT NULL,
    "cwd" TEXT,
    "name" TEXT,
    "cli_version" TEXT,
    "writer" TEXT NOT NULL,
    "loaded" BOOLEAN NOT NULL,
    "subscribed" BOOLEAN NOT NULL,
    "attachment_state" TEXT NOT NULL,
    "settings_json" TEXT NOT NULL,
    "goal_json" TEXT,
    "token_usage_json" TEXT,
    "superseded_by" TEXT,
    "first_seen_at" TEXT NOT NULL,
    "last_seen_at" TEXT NOT NULL,
    CONSTRAINT "agent_threads_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_threads_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "agent_threads_ephemeral_check" CHECK ("ephemeral" IN (0, 1)),
    CONSTRAINT "agent_threads_writer_check" CHECK ("writer" IN ('ours', 'daemon', 'foreign', 'none', 'unknown')),
    CONSTRAINT "agent_threads_loaded_check" CHECK ("loaded" IN (0, 1)),
    CONSTRAINT "agent_threads_subscribed_check" CHECK ("subscribed" IN (0, 1)),
    CONSTRAINT "agent_threads_attachment_state_check" CHECK ("attachment_state" IN ('candidate', 'bound', 'detached', 'switched', 'released')),
    CONSTRAINT "agent_threads_settings_json_check" CHECK (json_valid("settings_json")),
    CONSTRAINT "agent_threads_goal_json_check" CHECK (json_valid("goal_json")),
    CONSTRAINT "agent_threads_token_usage_json_check" CHECK (json_valid("token_usage_json"))
);

-- CreateTable
CREATE TABLE "agent_facts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "session_id" TEXT,
    "thread_id" TEXT,
    "parent_thread_id" TEXT,
    "turn_id" TEXT,
    "root_turn_id" TEXT,
    "item_id" TEXT,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "source_ref" TEXT NOT NULL,
    "emitted_at" TEXT,
    "received_at" TEXT NOT NULL,
    "confidence" TEXT NOT NULL,
    "snapshot" BOOLEAN NOT NULL,
    "payload_json" TEXT NOT NULL,
    "content_json" TEXT,
    "dedupe_key" TEXT NOT NULL,
    "clock_skew_ms" INTEGER,
    CONSTRAINT "agent_facts_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_facts_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "agent_facts_kind_check" CHECK ("kind" IN ('thread_seen', 'thread_status', 'thread_closed', 'thread_switch', 'turn_started', 'turn_ended', 'user_input', 'item_started', 'item_completed', 'agent_message', 'approval_requested', 'approval_resolved', 'question_requested', 'question_resolved', 'tool_called', 'queue_changed', 'goal_changed', 'token_usage', 'rate_limit', 'limit_hit', 'retrying', 'compaction_started', 'compaction_ended', 'subagent_started', 'subagent_ended', 'session_started', 'session_ended', 'settings_changed', 'marker_changed', 'hook_seen', 'server_up', 'server_draining', 'server_down', 'process_alive', 'process_gone', 'pane_signal', 'reported_status')),
    CONSTRAINT "agent_facts_source_check" CHECK ("source" IN ('codex-daemon', 'codex-own', 'codex-queue', 'hooks', 'mcp', 'rollout', 'tmux', 'process', 'reported')),
    CONSTRAINT "agent_facts_confidence_check" CHECK ("confidence" IN ('certain', 'strong', 'weak', 'guess')),
    CONSTRAINT "agent_facts_snapshot_check" CHECK ("snapshot" IN (0, 1)),
    CONSTRAINT "agent_facts_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "agent_facts_content_json_check" CHECK (json_valid("content_json"))
);

-- CreateTable
CREATE TABLE "agent_fact_witnesses" (
    "fact_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "source_ref" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "received_at" TEXT NOT NULL,

    PRIMARY KEY ("fact_id", "source", "source_ref"),
    CONSTRAINT "agent_fact_witnesses_fact_id_fkey" FOREIGN KEY ("fact_id") REFERENCES "agent_facts" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_fact_witnesses_source_check" CHECK ("source" IN ('codex-daemon', 'codex-own', 'codex-queue', 'hooks', 'mcp', 'rollout', 'tmux', 'process', 'reported')),
    CONSTRAINT "agent_fact_witnesses_seq_check" CHECK ("seq" > 0)
);

-- CreateTable
CREATE TABLE "hook_installs" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "agent" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "set" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "keys_json" TEXT NOT NULL,
    "hashes_json" TEXT NOT NULL,
    "trust" TEXT NOT NULL,
    "consented_by" TEXT,
    "consented_at" TEXT,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "hook_installs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "hook_installs_scope_check" CHECK ("scope" IN ('user', 'project')),
    CONSTRAINT "hook_installs_keys_json_check" CHECK (json_valid("keys_json")),
    CONSTRAINT "hook_installs_hashes_json_check" CHECK (json_valid("hashes_json")),
    CONSTRAINT "hook_installs_trust_check" CHECK ("trust" IN ('absent', 'untrusted', 'trusted', 'modified', 'disabled')),
    CONSTRAINT "hook_installs_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "relay_requests" (
    "request_id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "via" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "session_id" TEXT,
    "thread_id" TEXT,
    "argv_sha256" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "result_json" TEXT,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "relay_requests_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "relay_requests_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "relay_requests_via_check" CHECK ("via" IN ('socket', 'embedded', 'mcp', 'hook', 'spool')),
    CONSTRAINT "relay_requests_state_check" CHECK ("state" IN ('received', 'applied', 'refused')),
    CONSTRAINT "relay_requests_result_json_check" CHECK (json_valid("result_json")),
    CONSTRAINT "relay_requests_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "contract_injections" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "thread_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "window" INTEGER NOT NULL,
    "via" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    CONSTRAINT "contract_injections_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "contract_injections_revision_check" CHECK ("revision" > 0),
    CONSTRAINT "contract_injections_window_check" CHECK ("window" >= 0)
);

-- CreateTable
CREATE TABLE "approvals" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "approval_key" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "task_id" TEXT,
    "thread_id" TEXT NOT NULL,
    "turn_id" TEXT,
    "item_id" TEXT,
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_json" TEXT NOT NULL,
    "subject_summary" TEXT NOT NULL,
    "risk" TEXT NOT NULL,
    "risk_reasons_json" TEXT NOT NULL,
    "requested_at" TEXT NOT NULL,
    "deadline_at" TEXT,
    "escalated_at" TEXT,
    "answered_at" TEXT,
    "resolved_at" TEXT,
    "waiting_ms" INTEGER,
    "state" TEXT NOT NULL,
    "answer_json" TEXT,
    "outcome" TEXT,
    CONSTRAINT "approvals_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "approvals_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "approvals_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "approvals_kind_check" CHECK ("kind" IN ('command', 'stdin', 'human_command', 'file_change', 'permissions', 'mcp_tool', 'question', 'form', 'url', 'tool_call', 'unknown')),
    CONSTRAINT "approvals_subject_json_check" CHECK (json_valid("subject_json")),
    CONSTRAINT "approvals_risk_check" CHECK ("risk" IN ('low', 'medium', 'high', 'human_only')),
    CONSTRAINT "approvals_risk_reasons_json_check" CHECK (json_valid("risk_reasons_json")),
    CONSTRAINT "approvals_waiting_ms_check" CHECK ("waiting_ms" >= 0),
    CONSTRAINT "approvals_state_check" CHECK ("state" IN ('open', 'answering', 'answered', 'answered_elsewhere', 'withdrawn', 'expired', 'lost', 'failed')),
    CONSTRAINT "approvals_answer_json_check" CHECK (json_valid("answer_json")),
    CONSTRAINT "approvals_outcome_check" CHECK ("outcome" IN ('ran', 'declined', 'unknown'))
);

-- CreateTable
CREATE TABLE "approval_rules" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "scope" TEXT NOT NULL,
    "scope_id" TEXT,
    "kinds_json" TEXT NOT NULL,
    "argv_prefix_json" TEXT NOT NULL,
    "cwd_within" TEXT,
    "mcp_json" TEXT,
    "max_risk" TEXT,
    "decision" TEXT NOT NULL,
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TEXT,
    "hold_seconds" INTEGER NOT NULL DEFAULT 0,
    "created_by" TEXT NOT NULL,
    "note" TEXT,
    "created_at" TEXT NOT NULL,
    "removed_at" TEXT,
    CONSTRAINT "approval_rules_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "approval_rules_scope_check" CHECK ("scope" IN ('ledger', 'task', 'session')),
    CONSTRAINT "approval_rules_kinds_json_check" CHECK (json_valid("kinds_json")),
    CONSTRAINT "approval_rules_argv_prefix_json_check" CHECK (json_valid("argv_prefix_json")),
    CONSTRAINT "approval_rules_mcp_json_check" CHECK (json_valid("mcp_json")),
    CONSTRAINT "approval_rules_max_risk_check" CHECK ("max_risk" IN ('low', 'medium', 'high', 'human_only')),
    CONSTRAINT "approval_rules_decision_check" CHECK ("decision" IN ('approve', 'decline', 'ask_manager', 'ask_human')),
    CONSTRAINT "approval_rules_max_uses_check" CHECK ("max_uses" > 0),
    CONSTRAINT "approval_rules_uses_check" CHECK ("uses" >= 0),
    CONSTRAINT "approval_rules_hold_seconds_check" CHECK ("hold_seconds" >= 0),
    CONSTRAINT "approval_rules_hold_seconds_max_check" CHECK ("hold_seconds" <= 300)
);

-- CreateTable
CREATE TABLE "events" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "command_id" TEXT,
    "correlation_id" TEXT,
    "task_id" TEXT,
    "session_id" TEXT,
    "worker_id" TEXT,
    "manager_id" TEXT,
    "type" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    CONSTRAINT "events_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "events_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "events_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "events_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "events_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "events_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "role_heartbeats" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT,
    "binding_id" TEXT,
    "session_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "event_id" TEXT,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "role_heartbeats_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "role_heartbeats_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "role_heartbeats_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "role_heartbeats_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "role_heartbeats_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "role_heartbeats_source_check" CHECK ("source" IN ('app_heartbeat', 'inbox'))
);

-- CreateTable
CREATE TABLE "autopilot_policies" (
    "task_id" TEXT NOT NULL,
    "dispatcher_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "desired_state" TEXT NOT NULL,
    "interval_seconds" REAL NOT NULL,
    "watch_iterations" INTEGER NOT NULL,
    "quiet_after" INTEGER NOT NULL,
    "started_at" TEXT,
    "started_seq" INTEGER,
    "stopped_at" TEXT,
    "stop_reason" TEXT,
    "last_event_type" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,

    PRIMARY KEY ("task_id", "dispatcher_id"),
    CONSTRAINT "autopilot_policies_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "autopilot_policies_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "autopilot_policies_desired_state_check" CHECK ("desired_state" IN ('active', 'stopped')),
    CONSTRAINT "autopilot_policies_interval_seconds_check" CHECK ("interval_seconds" >= 0),
    CONSTRAINT "autopilot_policies_watch_iterations_check" CHECK ("watch_iterations" >= 0),
    CONSTRAINT "autopilot_policies_quiet_after_check" CHECK ("quiet_after" >= 0),
    CONSTRAINT "autopilot_policies_started_seq_check" CHECK ("started_seq" > 0),
    CONSTRAINT "autopilot_policies_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "automation_receipts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "dispatcher_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "automation_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "automation_receipts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "automation_receipts_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "automation_receipts_role_check" CHECK ("role" IN ('worker', 'manager'))
);

-- CreateTable
CREATE TABLE "wake_dispatches" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT NOT NULL,
    "dispatcher_id" TEXT NOT NULL,
    "dispatcher_state" TEXT NOT NULL,
    "dispatcher_required" BOOLEAN NOT NULL,
    "dispatcher_command" TEXT,
    "status_ok" BOOLEAN NOT NULL,
    "actions_json" TEXT NOT NULL,
    "summary_json" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "wake_dispatches_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "wake_dispatches_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "wake_dispatches_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "wake_dispatches_dispatcher_state_check" CHECK ("dispatcher_state" IN ('missing', 'healthy', 'stale')),
    CONSTRAINT "wake_dispatches_dispatcher_required_check" CHECK ("dispatcher_required" IN (0, 1)),
    CONSTRAINT "wake_dispatches_status_ok_check" CHECK ("status_ok" IN (0, 1)),
    CONSTRAINT "wake_dispatches_actions_json_check" CHECK (json_valid("actions_json")),
    CONSTRAINT "wake_dispatches_summary_json_check" CHECK (json_valid("summary_json"))
);

-- CreateTable
CREATE TABLE "wake_deliveries" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "wake_dispatch_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "delivery_status" TEXT NOT NULL,
    "thread_id" TEXT,
    "reason" TEXT,
    "source_action_status" TEXT NOT NULL,
    "source_send_ready" BOOLEAN NOT NULL,
    "event_id" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "wake_deliveries_wake_dispatch_id_fkey" FOREIGN KEY ("wake_dispatch_id") REFERENCES "wake_dispatches" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "wake_deliveries_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "wake_deliveries_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "wake_deliveries_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "wake_deliveries_delivery_status_check" CHECK ("delivery_status" IN ('sent', 'skipped', 'blocked')),
    CONSTRAINT "wake_deliveries_source_send_ready_check" CHECK ("source_send_ready" IN (0, 1))
);

-- CreateTable
CREATE TABLE "worker_rotations" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT NOT NULL,
    "worker_session_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "plan_id" TEXT,
    "eligible" BOOLEAN,
    "blockers_json" TEXT NOT NULL,
    "require_handoff" BOOLEAN NOT NULL,
    "handoff_id" INTEGER,
    "old_worker_thread_id" TEXT NOT NULL,
    "new_worker_thread_id" TEXT,
    "new_worker_thread_title" TEXT,
    "archive_status" TEXT,
    "session_updated" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "worker_rotations_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_rotations_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_rotations_worker_session_id_fkey" FOREIGN KEY ("worker_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_rotations_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "worker_rotations" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_rotations_handoff_id_fkey" FOREIGN KEY ("handoff_id") REFERENCES "worker_handoffs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_rotations_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "worker_rotations_kind_check" CHECK ("kind" IN ('planned', 'recorded')),
    CONSTRAINT "worker_rotations_eligible_check" CHECK ("eligible" IN (0, 1)),
    CONSTRAINT "worker_rotations_blockers_json_check" CHECK (json_valid("blockers_json")),
    CONSTRAINT "worker_rotations_require_handoff_check" CHECK ("require_handoff" IN (0, 1)),
    CONSTRAINT "worker_rotations_archive_status_check" CHECK ("archive_status" IN ('archived', 'blocked')),
    CONSTRAINT "worker_rotations_session_updated_check" CHECK ("session_updated" IN (0, 1))
);

-- CreateTable
CREATE TABLE "smoke_runs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "worker_count" INTEGER NOT NULL,
    "nonce" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "smoke_runs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "smoke_runs_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "smoke_runs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "smoke_runs_mode_check" CHECK ("mode" IN ('required', 'advisory', 'skip')),
    CONSTRAINT "smoke_runs_scope_check" CHECK ("scope" IN ('pair', 'worker-set')),
    CONSTRAINT "smoke_runs_worker_count_check" CHECK ("worker_count" > 0)
);

-- CreateTable
CREATE TABLE "smoke_marks" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "smoke_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "notification_id" INTEGER,
    "correlation_id" TEXT,
    "thread_id" TEXT,
    "payload_json" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "smoke_marks_smoke_id_fkey" FOREIGN KEY ("smoke_id") REFERENCES "smoke_runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "smoke_marks_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "smoke_marks_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "routed_notifications" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "smoke_marks_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "smoke_marks_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "smoke_marks_status_check" CHECK ("status" IN ('sent', 'skipped', 'received', 'accepted', 'blocked')),
    CONSTRAINT "smoke_marks_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "bindings" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "worker_id" TEXT,
    "manager_id" TEXT,
    "worker_session_id" TEXT,
    "manager_session_id" TEXT,
    "state" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "ended_at" TEXT,
    CONSTRAINT "bindings_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "bindings_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "bindings_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "bindings_worker_session_id_fkey" FOREIGN KEY ("worker_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "bindings_manager_session_id_fkey" FOREIGN KEY ("manager_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "bindings_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "bindings_state_check" CHECK ("state" IN ('active', 'ending', 'ended', 'invalid'))
);

-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "purpose" TEXT,
    "status" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "ended_at" TEXT,
    "metadata_json" TEXT NOT NULL,
    CONSTRAINT "runs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "runs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "runs_status_check" CHECK ("status" IN ('active', 'finished', 'failed', 'abandoned')),
    CONSTRAINT "runs_metadata_json_check" CHECK (json_valid("metadata_json"))
);

-- CreateTable
CREATE TABLE "setup_bundles" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "preset" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "draft_hash" TEXT NOT NULL,
    "approved_hash" TEXT,
    "policy_json" TEXT NOT NULL,
    "preflight_json" TEXT NOT NULL,
    "approval_json" TEXT NOT NULL,
    "applied_json" TEXT NOT NULL,
    "blocked_reason" TEXT,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "approved_at" TEXT,
    "applied_at" TEXT,
    CONSTRAINT "setup_bundles_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "setup_bundles_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "setup_bundles_state_check" CHECK ("state" IN ('draft', 'blocked', 'approved', 'applied')),
    CONSTRAINT "setup_bundles_policy_json_check" CHECK (json_valid("policy_json")),
    CONSTRAINT "setup_bundles_preflight_json_check" CHECK (json_valid("preflight_json")),
    CONSTRAINT "setup_bundles_approval_json_check" CHECK (json_valid("approval_json")),
    CONSTRAINT "setup_bundles_applied_json_check" CHECK (json_valid("applied_json")),
    CONSTRAINT "setup_bundles_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "campaigns" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "objective" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "metadata_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "campaigns_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaigns_status_check" CHECK ("status" IN ('active', 'paused', 'done', 'blocked', 'archived')),
    CONSTRAINT "campaigns_metadata_json_check" CHECK (json_valid("metadata_json")),
    CONSTRAINT "campaigns_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "campaign_worker_slots" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "slot_key" TEXT NOT NULL,
    "role_label" TEXT NOT NULL,
    "channel" TEXT,
    "session_id" TEXT,
    "codex_app_thread_id" TEXT,
    "codex_app_thread_title" TEXT,
    "state" TEXT NOT NULL,
    "metadata_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "campaign_worker_slots_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_worker_slots_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_worker_slots_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaign_worker_slots_state_check" CHECK ("state" IN ('planned', 'active', 'idle', 'blocked', 'archived')),
    CONSTRAINT "campaign_worker_slots_metadata_json_check" CHECK (json_valid("metadata_json")),
    CONSTRAINT "campaign_worker_slots_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "campaign_assignments" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "slot_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "instructions" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "metadata_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "completed_at" TEXT,
    CONSTRAINT "campaign_assignments_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_assignments_slot_id_fkey" FOREIGN KEY ("slot_id") REFERENCES "campaign_worker_slots" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_assignments_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaign_assignments_status_check" CHECK ("status" IN ('queued', 'active', 'blocked', 'done', 'cancelled')),
    CONSTRAINT "campaign_assignments_metadata_json_check" CHECK (json_valid("metadata_json")),
    CONSTRAINT "campaign_assignments_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "campaign_channel_briefs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "brief_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "campaign_channel_briefs_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_channel_briefs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaign_channel_briefs_brief_json_check" CHECK (json_valid("brief_json")),
    CONSTRAINT "campaign_channel_briefs_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "campaign_asset_receipts" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "campaign_id" TEXT NOT NULL,
    "slot_id" TEXT NOT NULL,
    "assignment_id" TEXT,
    "asset_type" TEXT NOT NULL,
    "channel" TEXT,
    "status" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "prompt_summary" TEXT,
    "artifact_path" TEXT,
    "metadata_json" TEXT NOT NULL,
    "review_notes" TEXT,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "campaign_asset_receipts_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_asset_receipts_slot_id_fkey" FOREIGN KEY ("slot_id") REFERENCES "campaign_worker_slots" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_asset_receipts_assignment_id_fkey" FOREIGN KEY ("assignment_id") REFERENCES "campaign_assignments" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "campaign_asset_receipts_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "campaign_asset_receipts_asset_type_check" CHECK ("asset_type" IN ('image', 'video', 'hyperframes', 'copy', 'audio', 'other')),
    CONSTRAINT "campaign_asset_receipts_status_check" CHECK ("status" IN ('draft', 'needs_review', 'approved', 'rejected', 'published')),
    CONSTRAINT "campaign_asset_receipts_metadata_json_check" CHECK (json_valid("metadata_json"))
);

-- CreateTable
CREATE TABLE "task_continuations" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "proposer" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "after_disclosure" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    CONSTRAINT "task_continuations_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "task_continuations_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "task_continuations_proposer_check" CHECK ("proposer" IN ('worker', 'manager')),
    CONSTRAINT "task_continuations_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "task_continuations_revision_check" CHECK ("revision" > 0),
    CONSTRAINT "task_continuations_after_disclosure_check" CHECK ("after_disclosure" IN (0, 1))
);

-- CreateTable
CREATE TABLE "continuation_disclosures" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "as_role" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "paired" BOOLEAN NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "continuation_disclosures_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "continuation_disclosures_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "continuation_disclosures_as_role_check" CHECK ("as_role" IN ('all', 'worker', 'manager', 'reviewer')),
    CONSTRAINT "continuation_disclosures_paired_check" CHECK ("paired" IN (0, 1))
);

-- CreateTable
CREATE TABLE "continuation_reviews" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "worker_continuation_id" INTEGER NOT NULL,
    "manager_continuation_id" INTEGER NOT NULL,
    "agreement" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "addendum" TEXT,
    "rationale" TEXT NOT NULL,
    "subagent_run_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    CONSTRAINT "continuation_reviews_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "continuation_reviews_worker_continuation_id_fkey" FOREIGN KEY ("worker_continuation_id") REFERENCES "task_continuations" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "continuation_reviews_manager_continuation_id_fkey" FOREIGN KEY ("manager_continuation_id") REFERENCES "task_continuations" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "continuation_reviews_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "continuation_reviews_agreement_check" CHECK ("agreement" IN ('match', 'compatible', 'divergent')),
    CONSTRAINT "continuation_reviews_verdict_check" CHECK ("verdict" IN ('proceed', 'amend', 'stop')),
    CONSTRAINT "continuation_reviews_subagent_run_json_check" CHECK (json_valid("subagent_run_json"))
);

-- CreateTable
CREATE TABLE "manager_configs" (
    "task_id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "recipe_name" TEXT,
    "supervision_mode" TEXT NOT NULL,
    "objective" TEXT,
    "guidelines_json" TEXT NOT NULL,
    "acceptance_criteria_json" TEXT NOT NULL,
    "reference_paths_json" TEXT NOT NULL,
    "permissions_json" TEXT NOT NULL,
    "tools_json" TEXT NOT NULL DEFAULT '[]',
    "epilogues_json" TEXT NOT NULL DEFAULT '[]',
    "nudge_on_completion" TEXT NOT NULL DEFAULT 'ask-operator',
    "require_acks" BOOLEAN NOT NULL DEFAULT false,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "setup_questions_json" TEXT NOT NULL DEFAULT '[]',
    "approval_mandate_json" TEXT,
    "completion_gate" TEXT,
    "consume_on_acted" BOOLEAN NOT NULL DEFAULT true,
    "supervision_budget_tokens" INTEGER,
    CONSTRAINT "manager_configs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_configs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "manager_configs_supervision_mode_check" CHECK ("supervision_mode" IN ('light', 'guided', 'strict')),
    CONSTRAINT "manager_configs_guidelines_json_check" CHECK (json_valid("guidelines_json")),
    CONSTRAINT "manager_configs_acceptance_criteria_json_check" CHECK (json_valid("acceptance_criteria_json")),
    CONSTRAINT "manager_configs_reference_paths_json_check" CHECK (json_valid("reference_paths_json")),
    CONSTRAINT "manager_configs_permissions_json_check" CHECK (json_valid("permissions_json")),
    CONSTRAINT "manager_configs_tools_json_check" CHECK (json_valid("tools_json")),
    CONSTRAINT "manager_configs_epilogues_json_check" CHECK (json_valid("epilogues_json")),
    CONSTRAINT "manager_configs_nudge_on_completion_check" CHECK ("nudge_on_completion" IN ('off', 'ask-operator', 'auto-review', 'auto-proceed')),
    CONSTRAINT "manager_configs_require_acks_check" CHECK ("require_acks" IN (0, 1)),
    CONSTRAINT "manager_configs_revision_check" CHECK ("revision" > 0),
    CONSTRAINT "manager_configs_updated_seq_check" CHECK ("updated_seq" > 0),
    CONSTRAINT "manager_configs_setup_questions_json_check" CHECK (json_valid("setup_questions_json")),
    CONSTRAINT "manager_configs_approval_mandate_json_check" CHECK (json_valid("approval_mandate_json")),
    CONSTRAINT "manager_configs_completion_gate_check" CHECK ("completion_gate" IN ('off', 'advise', 'on')),
    CONSTRAINT "manager_configs_consume_on_acted_check" CHECK ("consume_on_acted" IN (0, 1)),
    CONSTRAINT "manager_configs_supervision_budget_tokens_check" CHECK ("supervision_budget_tokens" >= 0)
);

-- CreateTable
CREATE TABLE "task_acknowledgements" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT,
    "role" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "manager_config_revision" INTEGER,
    "created_at" TEXT NOT NULL,
    "correlation_id" TEXT,
    CONSTRAINT "task_acknowledgements_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "task_acknowledgements_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "task_acknowledgements_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "task_acknowledgements_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "task_acknowledgements_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "task_acknowledgements_revision_check" CHECK ("revision" > 0),
    CONSTRAINT "task_acknowledgements_manager_config_revision_check" CHECK ("manager_config_revision" > 0)
);

-- CreateTable
CREATE TABLE "worker_handoffs" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "worker_session_id" TEXT,
    "summary" TEXT NOT NULL,
    "next_steps_json" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "worker_handoffs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_handoffs_worker_session_id_fkey" FOREIGN KEY ("worker_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "worker_handoffs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "worker_handoffs_next_steps_json_check" CHECK (json_valid("next_steps_json")),
    CONSTRAINT "worker_handoffs_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "manager_decisions" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "manager_id" TEXT,
    "manager_session_id" TEXT,
    "manager_cycle_id" INTEGER,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    CONSTRAINT "manager_decisions_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_decisions_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_decisions_manager_session_id_fkey" FOREIGN KEY ("manager_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_decisions_manager_cycle_id_fkey" FOREIGN KEY ("manager_cycle_id") REFERENCES "manager_cycles" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_decisions_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "manager_decisions_decision_check" CHECK ("decision" IN ('wait', 'nudge', 'interrupt', 'escalate', 'stop', 'inspect')),
    CONSTRAINT "manager_decisions_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "acceptance_criteria" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "criterion" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "proof" TEXT,
    "rationale" TEXT,
    "evidence_json" TEXT NOT NULL,
    "loop_run_id" TEXT,
    "loop_iteration" INTEGER,
    "evidence_type" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "acceptance_criteria_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "acceptance_criteria_loop_run_id_fkey" FOREIGN KEY ("loop_run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "acceptance_criteria_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "acceptance_criteria_status_check" CHECK ("status" IN ('proposed', 'accepted', 'satisfied', 'deferred', 'rejected')),
    CONSTRAINT "acceptance_criteria_source_check" CHECK ("source" IN ('user_requested', 'manager_inferred', 'worker_proposed', 'final_audit')),
    CONSTRAINT "acceptance_criteria_evidence_json_check" CHECK (json_valid("evidence_json")),
    CONSTRAINT "acceptance_criteria_attempt_check" CHECK ("attempt" > 0),
    CONSTRAINT "acceptance_criteria_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "commands" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "task_id" TEXT,
    "worker_id" TEXT,
    "manager_id" TEXT,
    "correlation_id" TEXT,
    "type" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "available_at" TEXT,
    "claimed_by" TEXT,
    "claimed_at" TEXT,
    "claim_expires_at" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 1,
    "required_permission" TEXT,
    "payload_json" TEXT NOT NULL,
    "result_json" TEXT,
    "error" TEXT,
    CONSTRAINT "commands_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "commands_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "commands_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "commands_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "commands_updated_seq_check" CHECK ("updated_seq" > 0),
    CONSTRAINT "commands_state_check" CHECK ("state" IN ('pending', 'attempted', 'succeeded', 'failed', 'blocked')),
    CONSTRAINT "commands_attempts_check" CHECK ("attempts" >= 0),
    CONSTRAINT "commands_max_attempts_check" CHECK ("max_attempts" > 0),
    CONSTRAINT "commands_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "commands_result_json_check" CHECK (json_valid("result_json"))
);

-- CreateTable
CREATE TABLE "command_attempts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "command_id" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "dispatcher_id" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "finished_at" TEXT,
    "state" TEXT NOT NULL,
    "result_json" TEXT,
    "error" TEXT,
    "side_effect_started" BOOLEAN NOT NULL DEFAULT false,
    "side_effect_completed" BOOLEAN NOT NULL DEFAULT false,
    "transport" TEXT,
    "delivery_method" TEXT,
    "delivery_id" TEXT,
    CONSTRAINT "command_attempts_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "command_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "command_attempts_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "command_attempts_state_check" CHECK ("state" IN ('running', 'succeeded', 'failed', 'abandoned', 'blocked')),
    CONSTRAINT "command_attempts_result_json_check" CHECK (json_valid("result_json")),
    CONSTRAINT "command_attempts_side_effect_started_check" CHECK ("side_effect_started" IN (0, 1)),
    CONSTRAINT "command_attempts_side_effect_completed_check" CHECK ("side_effect_completed" IN (0, 1)),
    CONSTRAINT "command_attempts_delivery_method_check" CHECK ("delivery_method" IN ('queue', 'turn_start', 'steer', 'paste', 'inbox'))
);

-- CreateTable
CREATE TABLE "dispatchers" (
    "dispatcher_id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "pid" INTEGER NOT NULL,
    "pid_started_at" TEXT,
    "host" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "last_heartbeat_at" TEXT NOT NULL,
    "iteration" INTEGER NOT NULL DEFAULT 0,
    "interval_seconds" REAL NOT NULL,
    "watch" BOOLEAN NOT NULL,
    "dry_run" BOOLEAN NOT NULL,
    "last_processed_count" INTEGER NOT NULL DEFAULT 0,
    "total_processed" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "stopped_at" TEXT,

    PRIMARY KEY ("dispatcher_id", "instance_id"),
    CONSTRAINT "dispatchers_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "dispatchers_iteration_check" CHECK ("iteration" >= 0),
    CONSTRAINT "dispatchers_interval_seconds_check" CHECK ("interval_seconds" >= 0),
    CONSTRAINT "dispatchers_watch_check" CHECK ("watch" IN (0, 1)),
    CONSTRAINT "dispatchers_dry_run_check" CHECK ("dry_run" IN (0, 1)),
    CONSTRAINT "dispatchers_last_processed_count_check" CHECK ("last_processed_count" >= 0),
    CONSTRAINT "dispatchers_total_processed_check" CHECK ("total_processed" >= 0)
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "command_id" TEXT,
    "notification_id" INTEGER,
    "session_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "delivery_method" TEXT NOT NULL,
    "when" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "folded" BOOLEAN NOT NULL DEFAULT false,
    "turn_id" TEXT,
    "root_turn_id" TEXT,
    "text_bytes" INTEGER NOT NULL,
    "text_sha256" TEXT NOT NULL,
    "stages_json" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "deliveries_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "deliveries_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "routed_notifications" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "deliveries_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "deliveries_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "deliveries_delivery_method_check" CHECK ("delivery_method" IN ('queue', 'turn_start', 'steer', 'paste', 'inbox')),
    CONSTRAINT "deliveries_when_check" CHECK ("when" IN ('next_turn', 'now', 'interrupt')),
    CONSTRAINT "deliveries_stage_check" CHECK ("stage" IN ('queued', 'accepted', 'seen', 'acted', 'rejected', 'dropped', 'withdrawn', 'unprovable', 'failed')),
    CONSTRAINT "deliveries_folded_check" CHECK ("folded" IN (0, 1)),
    CONSTRAINT "deliveries_text_bytes_check" CHECK ("text_bytes" >= 0),
    CONSTRAINT "deliveries_stages_json_check" CHECK (json_valid("stages_json")),
    CONSTRAINT "deliveries_attempts_check" CHECK ("attempts" >= 0),
    CONSTRAINT "deliveries_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "epilogue_runs" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "step_name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "finished_at" TEXT,
    "finished_seq" INTEGER,
    "result_json" TEXT,
    "error" TEXT,
    "correlation_id" TEXT,
    CONSTRAINT "epilogue_runs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "epilogue_runs_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "epilogue_runs_state_check" CHECK ("state" IN ('pending', 'running', 'succeeded', 'failed', 'skipped')),
    CONSTRAINT "epilogue_runs_finished_seq_check" CHECK ("finished_seq" > 0),
    CONSTRAINT "epilogue_runs_result_json_check" CHECK (json_valid("result_json"))
);

-- CreateTable
CREATE TABLE "governor_holds" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "session_id" TEXT NOT NULL,
    "task_id" TEXT,
    "reason" TEXT NOT NULL,
    "held_by" TEXT NOT NULL,
    "since" TEXT NOT NULL,
    "released_at" TEXT,
    "released_by" TEXT,
    CONSTRAINT "governor_holds_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "governor_holds_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "governor_holds_seq_check" CHECK ("seq" > 0)
);

-- CreateTable
CREATE TABLE "hibernations" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "codex_home" TEXT NOT NULL,
    "limit_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "resets_at" TEXT,
    "wake_at" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "hibernations_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "hibernations_state_check" CHECK ("state" IN ('planned', 'sleeping', 'waking', 'ended', 'failed')),
    CONSTRAINT "hibernations_attempts_check" CHECK ("attempts" >= 0),
    CONSTRAINT "hibernations_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "supervision_usage" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "decision_id" INTEGER,
    "session_id" TEXT,
    "turn_id" TEXT,
    "reason" TEXT NOT NULL,
    "tokens_json" TEXT NOT NULL,
    "recorded_at" TEXT NOT NULL,
    CONSTRAINT "supervision_usage_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "supervision_usage_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "manager_decisions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "supervision_usage_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "supervision_usage_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "supervision_usage_tokens_json_check" CHECK (json_valid("tokens_json"))
);

-- CreateTable
CREATE TABLE "routed_notifications" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "source_session_id" TEXT NOT NULL,
    "target_session_id" TEXT NOT NULL,
    "signal_type" TEXT NOT NULL,
    "source_event_id" INTEGER,
    "source_event_timestamp" TEXT,
    "dedupe_key" TEXT NOT NULL,
    "command_id" TEXT,
    "created_at" TEXT NOT NULL,
    "delivered_at" TEXT,
    "delivered_seq" INTEGER,
    "consumed_manager_cycle_id" INTEGER,
    "consumed_by_session_id" TEXT,
    "consumed_at" TEXT,
    "consumed_seq" INTEGER,
    "delivery_mode" TEXT NOT NULL DEFAULT 'push',
    "state" TEXT NOT NULL,
    "claimed_by" TEXT,
    "claimed_at" TEXT,
    "claim_expires_at" TEXT,
    "side_effect_started" BOOLEAN NOT NULL DEFAULT false,
    "side_effect_completed" BOOLEAN NOT NULL DEFAULT false,
    "payload_json" TEXT NOT NULL,
    "error" TEXT,
    "transport" TEXT,
    "delivery_method" TEXT,
    "delivery_id" TEXT,
    CONSTRAINT "routed_notifications_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_source_session_id_fkey" FOREIGN KEY ("source_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_target_session_id_fkey" FOREIGN KEY ("target_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_source_event_id_fkey" FOREIGN KEY ("source_event_id") REFERENCES "codex_events" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_consumed_manager_cycle_id_fkey" FOREIGN KEY ("consumed_manager_cycle_id") REFERENCES "manager_cycles" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_consumed_by_session_id_fkey" FOREIGN KEY ("consumed_by_session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "routed_notifications_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "routed_notifications_delivered_seq_check" CHECK ("delivered_seq" > 0),
    CONSTRAINT "routed_notifications_consumed_seq_check" CHECK ("consumed_seq" > 0),
    CONSTRAINT "routed_notifications_delivery_mode_check" CHECK ("delivery_mode" IN ('push', 'pull_required')),
    CONSTRAINT "routed_notifications_state_check" CHECK ("state" IN ('pending', 'delivered', 'failed', 'suppressed')),
    CONSTRAINT "routed_notifications_side_effect_started_check" CHECK ("side_effect_started" IN (0, 1)),
    CONSTRAINT "routed_notifications_side_effect_completed_check" CHECK ("side_effect_completed" IN (0, 1)),
    CONSTRAINT "routed_notifications_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "routed_notifications_delivery_method_check" CHECK ("delivery_method" IN ('queue', 'turn_start', 'steer', 'paste', 'inbox'))
);

-- CreateTable
CREATE TABLE "notification_acknowledgements" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "binding_id" TEXT NOT NULL,
    "notification_id" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "correlation_id" TEXT,
    CONSTRAINT "notification_acknowledgements_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "notification_acknowledgements_binding_id_fkey" FOREIGN KEY ("binding_id") REFERENCES "bindings" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "notification_acknowledgements_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "routed_notifications" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "notification_acknowledgements_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "notification_acknowledgements_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "notification_acknowledgements_status_check" CHECK ("status" IN ('received', 'accepted', 'blocked')),
    CONSTRAINT "notification_acknowledgements_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "workers" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "tmux_session" TEXT NOT NULL,
    "tmux_pane_id" TEXT,
    "identity_token" TEXT NOT NULL,
    "cwd" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    "last_seen_at" TEXT,
    "exit_detected_at" TEXT,
    "exit_reason" TEXT,
    CONSTRAINT "workers_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "workers_state_check" CHECK ("state" IN ('candidate', 'active', 'stopped', 'missing', 'failed')),
    CONSTRAINT "workers_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "managers" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "tmux_session" TEXT NOT NULL,
    "tmux_pane_id" TEXT,
    "state" TEXT NOT NULL,
    "codex_args_json" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "stopped_at" TEXT,
    "last_seen_at" TEXT,
    "last_capture_sha256" TEXT,
    "exit_detected_at" TEXT,
    "exit_reason" TEXT,
    CONSTRAINT "managers_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "managers_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "managers_state_check" CHECK ("state" IN ('starting', 'ready', 'stopping', 'stopped', 'missing', 'failed')),
    CONSTRAINT "managers_codex_args_json_check" CHECK (json_valid("codex_args_json"))
);

-- CreateTable
CREATE TABLE "statuses" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "worker_id" TEXT,
    "session_id" TEXT,
    "state" TEXT NOT NULL,
    "current_task" TEXT,
    "next_action" TEXT,
    "blocker" TEXT,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "statuses_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "statuses_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "statuses_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "statuses_state_check" CHECK ("state" IN ('planning', 'editing', 'running_tests', 'blocked', 'waiting', 'done', 'unknown')),
    CONSTRAINT "statuses_subject_check" CHECK ("worker_id" IS NOT NULL OR "session_id" IS NOT NULL)
);

-- CreateTable
CREATE TABLE "transcript_captures" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "worker_id" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "content" TEXT,
    "captured_at" TEXT NOT NULL,
    "changed_at" TEXT NOT NULL,
    "history_lines" INTEGER NOT NULL,
    "byte_count" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "capture_kind" TEXT NOT NULL,
    "retention_class" TEXT NOT NULL,
    CONSTRAINT "transcript_captures_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "transcript_captures_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "transcript_captures_history_lines_check" CHECK ("history_lines" >= 0),
    CONSTRAINT "transcript_captures_byte_count_check" CHECK ("byte_count" >= 0),
    CONSTRAINT "transcript_captures_line_count_check" CHECK ("line_count" >= 0),
    CONSTRAINT "transcript_captures_capture_kind_check" CHECK ("capture_kind" IN ('latest', 'changed', 'metadata_only', 'archived')),
    CONSTRAINT "transcript_captures_retention_class_check" CHECK ("retention_class" IN ('hot', 'warm', 'archive'))
);

-- CreateTable
CREATE TABLE "budgets" (
    "task_id" TEXT NOT NULL PRIMARY KEY,
    "max_nudges" INTEGER NOT NULL,
    "nudges_used" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TEXT NOT NULL,
    CONSTRAINT "budgets_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "budgets_max_nudges_check" CHECK ("max_nudges" >= 0),
    CONSTRAINT "budgets_nudges_used_check" CHECK ("nudges_used" >= 0),
    CONSTRAINT "budgets_nudges_used_max_check" CHECK ("nudges_used" <= "max_nudges")
);

-- CreateTable
CREATE TABLE "rollout_files" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "session_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "thread_id" TEXT,
    "device" INTEGER,
    "inode" INTEGER,
    "size_seen" INTEGER NOT NULL DEFAULT 0,
    "offset" INTEGER NOT NULL DEFAULT 0,
    "last_line_offset" INTEGER,
    "last_line_sha256" TEXT,
    "next_ordinal" INTEGER,
    "history_mode" TEXT NOT NULL,
    "base_json" TEXT,
    "state" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "rollout_files_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "rollout_files_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "rollout_files_size_seen_check" CHECK ("size_seen" >= 0),
    CONSTRAINT "rollout_files_offset_check" CHECK ("offset" >= 0),
    CONSTRAINT "rollout_files_last_line_offset_check" CHECK ("last_line_offset" >= 0),
    CONSTRAINT "rollout_files_history_mode_check" CHECK ("history_mode" IN ('legacy', 'paginated')),
    CONSTRAINT "rollout_files_base_json_check" CHECK (json_valid("base_json")),
    CONSTRAINT "rollout_files_state_check" CHECK ("state" IN ('active', 'superseded', 'replaced', 'missing', 'archived', 'compressed')),
    CONSTRAINT "rollout_files_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "codex_events" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "session_id" TEXT NOT NULL,
    "rollout_file_id" INTEGER,
    "timestamp" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "subtype" TEXT,
    "payload_json" TEXT NOT NULL,
    "byte_offset" INTEGER NOT NULL,
    "ordinal" INTEGER,
    "turn_id" TEXT,
    "thread_id" TEXT,
    "item_type" TEXT,
    "payload_bytes" INTEGER,
    "payload_truncated" BOOLEAN NOT NULL DEFAULT false,
    "line_sha256" TEXT,
    "ingested_at" TEXT NOT NULL,
    CONSTRAINT "codex_events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "codex_events_rollout_file_id_fkey" FOREIGN KEY ("rollout_file_id") REFERENCES "rollout_files" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "codex_events_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "codex_events_payload_json_check" CHECK (json_valid("payload_json")),
    CONSTRAINT "codex_events_byte_offset_check" CHECK ("byte_offset" >= 0),
    CONSTRAINT "codex_events_payload_bytes_check" CHECK ("payload_bytes" >= 0),
    CONSTRAINT "codex_events_payload_truncated_check" CHECK ("payload_truncated" IN (0, 1))
);

-- CreateTable
CREATE TABLE "manager_cycles" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "manager_id" TEXT,
    "started_at" TEXT NOT NULL,
    "completed_at" TEXT,
    "completed_seq" INTEGER,
    "state" TEXT NOT NULL,
    "health_observation_id" INTEGER,
    "manager_capture_id" INTEGER,
    "worker_capture_id" INTEGER,
    "status_json" TEXT,
    "health_json" TEXT,
    "decision" TEXT,
    "error" TEXT,
    CONSTRAINT "manager_cycles_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycles_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycles_health_observation_id_fkey" FOREIGN KEY ("health_observation_id") REFERENCES "agent_observations" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycles_manager_capture_id_fkey" FOREIGN KEY ("manager_capture_id") REFERENCES "terminal_captures" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycles_worker_capture_id_fkey" FOREIGN KEY ("worker_capture_id") REFERENCES "terminal_captures" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycles_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "manager_cycles_completed_seq_check" CHECK ("completed_seq" > 0),
    CONSTRAINT "manager_cycles_state_check" CHECK ("state" IN ('started', 'succeeded', 'failed')),
    CONSTRAINT "manager_cycles_status_json_check" CHECK (json_valid("status_json")),
    CONSTRAINT "manager_cycles_health_json_check" CHECK (json_valid("health_json"))
);

-- CreateTable
CREATE TABLE "manager_cycle_spans" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "manager_cycle_id" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "run_id" TEXT,
    "phase" TEXT NOT NULL,
    "started_at" TEXT NOT NULL,
    "completed_at" TEXT NOT NULL,
    "duration_ms" REAL NOT NULL,
    "state" TEXT NOT NULL,
    "attributes_json" TEXT NOT NULL,
    "error_type" TEXT,
    "manager_decision_id" INTEGER,
    "command_id" TEXT,
    CONSTRAINT "manager_cycle_spans_manager_cycle_id_fkey" FOREIGN KEY ("manager_cycle_id") REFERENCES "manager_cycles" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycle_spans_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycle_spans_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycle_spans_manager_decision_id_fkey" FOREIGN KEY ("manager_decision_id") REFERENCES "manager_decisions" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycle_spans_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "manager_cycle_spans_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "manager_cycle_spans_duration_ms_check" CHECK ("duration_ms" >= 0),
    CONSTRAINT "manager_cycle_spans_state_check" CHECK ("state" IN ('succeeded', 'failed', 'degraded')),
    CONSTRAINT "manager_cycle_spans_attributes_json_check" CHECK (json_valid("attributes_json"))
);

-- CreateTable
CREATE TABLE "agent_observations" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "worker_id" TEXT,
    "manager_id" TEXT,
    "role" TEXT NOT NULL,
    "observation_type" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "source_capture_id" INTEGER,
    "command_id" TEXT,
    "created_at" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "payload_json" TEXT NOT NULL,
    CONSTRAINT "agent_observations_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_observations_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_observations_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_observations_source_capture_id_fkey" FOREIGN KEY ("source_capture_id") REFERENCES "terminal_captures" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_observations_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "agent_observations_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "agent_observations_role_check" CHECK ("role" IN ('worker', 'manager', 'workerctl')),
    CONSTRAINT "agent_observations_observation_type_check" CHECK ("observation_type" IN ('status', 'error', 'decision', 'blocker', 'summary', 'command_output', 'health', 'capture')),
    CONSTRAINT "agent_observations_severity_check" CHECK ("severity" IN ('info', 'warning', 'error')),
    CONSTRAINT "agent_observations_payload_json_check" CHECK (json_valid("payload_json"))
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "identity_token" TEXT NOT NULL,
    "tmux_session" TEXT,
    "tmux_pane_id" TEXT,
    "codex_session_path" TEXT,
    "codex_session_id" TEXT,
    "codex_app_thread_id" TEXT,
    "codex_app_thread_title" TEXT,
    "pid" INTEGER,
    "pid_started_at" TEXT,
    "cwd" TEXT NOT NULL,
    "registered_at" TEXT NOT NULL,
    "last_heartbeat_at" TEXT,
    "last_heartbeat_source" TEXT,
    "state" TEXT NOT NULL,
    "last_ingest_offset" INTEGER,
    "observation_json" TEXT,
    "origin" TEXT NOT NULL,
    "liveness" TEXT NOT NULL,
    "agent_kind" TEXT NOT NULL DEFAULT 'codex',
    "transport" TEXT,
    "codex_home" TEXT,
    "transport_state" TEXT,
    CONSTRAINT "sessions_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "sessions_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "sessions_last_heartbeat_source_check" CHECK ("last_heartbeat_source" IN ('registration', 'ingest', 'inbox', 'app_heartbeat', 'agent')),
    CONSTRAINT "sessions_state_check" CHECK ("state" IN ('active', 'gone')),
    CONSTRAINT "sessions_last_ingest_offset_check" CHECK ("last_ingest_offset" >= 0),
    CONSTRAINT "sessions_observation_json_check" CHECK (json_valid("observation_json")),
    CONSTRAINT "sessions_origin_check" CHECK ("origin" IN ('registered', 'spawned', 'disposable', 'legacy')),
    CONSTRAINT "sessions_liveness_check" CHECK ("liveness" IN ('pid', 'tmux', 'heartbeat', 'none')),
    CONSTRAINT "sessions_agent_kind_check" CHECK ("agent_kind" IN ('codex', 'claude', 'generic'))
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "input_sha256" TEXT NOT NULL,
    "result_json" TEXT,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "idempotency_keys_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "idempotency_keys_result_json_check" CHECK (json_valid("result_json"))
);

-- CreateTable
CREATE TABLE "ledger_sequence" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "value" INTEGER NOT NULL,
    CONSTRAINT "ledger_sequence_id_check" CHECK ("id" = 1),
    CONSTRAINT "ledger_sequence_value_check" CHECK ("value" >= 0)
);

-- CreateTable
CREATE TABLE "ledger_info" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "schema_migrations" (
    "version" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "applied_at" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "data_migrations" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "source_path" TEXT NOT NULL,
    "source_hash" TEXT NOT NULL,
    "applied_at" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "goal" TEXT NOT NULL,
    "summary" TEXT,
    "state" TEXT NOT NULL,
    "created_at" TEXT NOT NULL,
    "updated_at" TEXT NOT NULL,
    "updated_seq" INTEGER NOT NULL,
    CONSTRAINT "tasks_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "tasks_state_check" CHECK ("state" IN ('candidate', 'managed', 'paused', 'done', 'failed')),
    CONSTRAINT "tasks_updated_seq_check" CHECK ("updated_seq" > 0)
);

-- CreateTable
CREATE TABLE "telemetry_events" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "run_id" TEXT,
    "task_id" TEXT,
    "timestamp" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "correlation_json" TEXT NOT NULL,
    "attributes_json" TEXT NOT NULL,
    CONSTRAINT "telemetry_events_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "telemetry_events_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "telemetry_events_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "telemetry_events_actor_check" CHECK ("actor" IN ('dispatch', 'manager', 'worker', 'operator', 'workerctl', 'system')),
    CONSTRAINT "telemetry_events_severity_check" CHECK ("severity" IN ('debug', 'info', 'warning', 'error')),
    CONSTRAINT "telemetry_events_correlation_json_check" CHECK (json_valid("correlation_json")),
    CONSTRAINT "telemetry_events_attributes_json_check" CHECK (json_valid("attributes_json"))
);

-- CreateTable
CREATE TABLE "terminal_captures" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "worker_id" TEXT,
    "manager_id" TEXT,
    "role" TEXT NOT NULL,
    "tmux_session" TEXT NOT NULL,
    "tmux_pane_id" TEXT,
    "command_id" TEXT,
    "captured_at" TEXT NOT NULL,
    "history_lines" INTEGER NOT NULL,
    "content_sha256" TEXT NOT NULL,
    "content" TEXT,
    "content_path" TEXT,
    "byte_count" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "classifier_json" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "retention_class" TEXT NOT NULL DEFAULT 'hot',
    CONSTRAINT "terminal_captures_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "terminal_captures_worker_id_fkey" FOREIGN KEY ("worker_id") REFERENCES "workers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "terminal_captures_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "terminal_captures_command_id_fkey" FOREIGN KEY ("command_id") REFERENCES "commands" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "terminal_captures_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "terminal_captures_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "terminal_captures_history_lines_check" CHECK ("history_lines" >= 0),
    CONSTRAINT "terminal_captures_byte_count_check" CHECK ("byte_count" >= 0),
    CONSTRAINT "terminal_captures_line_count_check" CHECK ("line_count" >= 0),
    CONSTRAINT "terminal_captures_classifier_json_check" CHECK (json_valid("classifier_json"))
);

-- CreateTable
CREATE TABLE "transcript_segments" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "source_capture_id" INTEGER NOT NULL,
    "previous_capture_id" INTEGER,
    "captured_at" TEXT NOT NULL,
    "content_sha256" TEXT NOT NULL,
    "segment_text" TEXT,
    "segment_start_line" INTEGER,
    "segment_end_line" INTEGER,
    "byte_count" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "retention_class" TEXT NOT NULL,
    "segment_kind" TEXT NOT NULL,
    "redacted" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "transcript_segments_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "transcript_segments_source_capture_id_fkey" FOREIGN KEY ("source_capture_id") REFERENCES "terminal_captures" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "transcript_segments_previous_capture_id_fkey" FOREIGN KEY ("previous_capture_id") REFERENCES "terminal_captures" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "transcript_segments_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "transcript_segments_role_check" CHECK ("role" IN ('worker', 'manager')),
    CONSTRAINT "transcript_segments_byte_count_check" CHECK ("byte_count" >= 0),
    CONSTRAINT "transcript_segments_line_count_check" CHECK ("line_count" >= 0),
    CONSTRAINT "transcript_segments_retention_class_check" CHECK ("retention_class" IN ('hot', 'warm', 'cold', 'redacted')),
    CONSTRAINT "transcript_segments_segment_kind_check" CHECK ("segment_kind" IN ('metadata', 'excerpt', 'snapshot', 'segment', 'reset')),
    CONSTRAINT "transcript_segments_redacted_check" CHECK ("redacted" IN (0, 1))
);

-- CreateTable
CREATE TABLE "prompts" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "seq" INTEGER NOT NULL,
    "task_id" TEXT,
    "manager_id" TEXT,
    "kind" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "content_sha256" TEXT NOT NULL,
    "generator_version" TEXT NOT NULL,
    "source_snapshot_json" TEXT NOT NULL,
    "policy_json" TEXT NOT NULL,
    "artifact_path" TEXT,
    "created_at" TEXT NOT NULL,
    CONSTRAINT "prompts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "prompts_manager_id_fkey" FOREIGN KEY ("manager_id") REFERENCES "managers" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "prompts_seq_check" CHECK ("seq" > 0),
    CONSTRAINT "prompts_kind_check" CHECK ("kind" IN ('manager', 'worker_contract', 'resume')),
    CONSTRAINT "prompts_source_snapshot_json_check" CHECK (json_valid("source_snapshot_json")),
    CONSTRAINT "prompts_policy_json_check" CHECK (json_valid("policy_json"))
);

-- CreateIndex
CREATE UNIQUE INDEX "agent_servers_seq" ON "agent_servers"("seq");

-- CreateIndex
CREATE INDEX "agent_servers_codex_home_kind" ON "agent_servers"("codex_home", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "agent_threads_seq" ON "agent_threads"("seq");

-- CreateIndex
CREATE INDEX "agent_threads_session_id_attachment_state" ON "agent_threads"("session_id", "attachment_state");

-- CreateIndex
CREATE UNIQUE INDEX "agent_threads_thread_id_codex_home" ON "agent_threads"("thread_id", "codex_home");

-- CreateIndex
CREATE UNIQUE INDEX "agent_facts_seq" ON "agent_facts"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "agent_facts_dedupe_key" ON "agent_facts"("dedupe_key");

-- CreateIndex
CREATE INDEX "agent_facts_session_id_seq" ON "agent_facts"("session_id", "seq");

-- CreateIndex
CREATE INDEX "agent_facts_session_id_kind_seq" ON "agent_facts"("session_id", "kind", "seq");

-- CreateIndex
CREATE INDEX "agent_facts_thread_id_seq" ON "agent_facts"("thread_id", "seq");

-- CreateIndex
CREATE INDEX "agent_facts_thread_id_kind_seq" ON "agent_facts"("thread_id", "kind", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "agent_fact_witnesses_seq" ON "agent_fact_witnesses"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "hook_installs_seq" ON "hook_installs"("seq");

-- CreateIndex
CREATE INDEX "hook_installs_agent_file" ON "hook_installs"("agent", "file");

-- CreateIndex
CREATE UNIQUE INDEX "relay_requests_seq" ON "relay_requests"("seq");

-- CreateIndex
CREATE INDEX "relay_requests_session_id_seq" ON "relay_requests"("session_id", "seq");

-- CreateIndex
CREATE INDEX "relay_requests_state_seq" ON "relay_requests"("state", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "contract_injections_seq" ON "contract_injections"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "contract_injections_thread_id_revision_window" ON "contract_injections"("thread_id", "revision", "window");

-- CreateIndex
CREATE UNIQUE INDEX "approvals_seq" ON "approvals"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "approvals_approval_key" ON "approvals"("approval_key");

-- CreateIndex
CREATE INDEX "approvals_state_seq" ON "approvals"("state", "seq");

-- CreateIndex
CREATE INDEX "approvals_session_id_seq" ON "approvals"("session_id", "seq");

-- CreateIndex
CREATE INDEX "approvals_task_id_seq" ON "approvals"("task_id", "seq");

-- CreateIndex
CREATE INDEX "approvals_thread_id_seq" ON "approvals"("thread_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "approval_rules_seq" ON "approval_rules"("seq");

-- CreateIndex
CREATE INDEX "approval_rules_removed_at_position" ON "approval_rules"("removed_at", "position");

-- CreateIndex
CREATE UNIQUE INDEX "events_seq" ON "events"("seq");

-- CreateIndex
CREATE INDEX "events_task_id" ON "events"("task_id", "id");

-- CreateIndex
CREATE INDEX "events_task_id_seq" ON "events"("task_id", "seq");

-- CreateIndex
CREATE INDEX "events_session_id_seq" ON "events"("session_id", "seq");

-- CreateIndex
CREATE INDEX "events_worker_id_seq" ON "events"("worker_id", "seq");

-- CreateIndex
CREATE INDEX "events_command_id" ON "events"("command_id");

-- CreateIndex
CREATE INDEX "events_type_seq" ON "events"("type", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "role_heartbeats_seq" ON "role_heartbeats"("seq");

-- CreateIndex
CREATE INDEX "role_heartbeats_session_id_seq" ON "role_heartbeats"("session_id", "seq");

-- CreateIndex
CREATE INDEX "role_heartbeats_task_id_role_seq" ON "role_heartbeats"("task_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "autopilot_policies_seq" ON "autopilot_policies"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "automation_receipts_seq" ON "automation_receipts"("seq");

-- CreateIndex
CREATE INDEX "automation_receipts_task_id_dispatcher_id_role_seq" ON "automation_receipts"("task_id", "dispatcher_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "wake_dispatches_seq" ON "wake_dispatches"("seq");

-- CreateIndex
CREATE INDEX "wake_dispatches_task_id_seq" ON "wake_dispatches"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "wake_deliveries_seq" ON "wake_deliveries"("seq");

-- CreateIndex
CREATE INDEX "wake_deliveries_task_id_role_seq" ON "wake_deliveries"("task_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "wake_deliveries_wake_dispatch_id_role" ON "wake_deliveries"("wake_dispatch_id", "role");

-- CreateIndex
CREATE UNIQUE INDEX "worker_rotations_seq" ON "worker_rotations"("seq");

-- CreateIndex
CREATE INDEX "worker_rotations_task_id_seq" ON "worker_rotations"("task_id", "seq");

-- CreateIndex
CREATE INDEX "worker_rotations_worker_session_id_kind_seq" ON "worker_rotations"("worker_session_id", "kind", "seq");

-- CreateIndex
CREATE INDEX "worker_rotations_plan_id" ON "worker_rotations"("plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "smoke_runs_seq" ON "smoke_runs"("seq");

-- CreateIndex
CREATE INDEX "smoke_runs_task_id_seq" ON "smoke_runs"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "smoke_marks_seq" ON "smoke_marks"("seq");

-- CreateIndex
CREATE INDEX "smoke_marks_smoke_id_role_seq" ON "smoke_marks"("smoke_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "bindings_seq" ON "bindings"("seq");

-- CreateIndex
CREATE INDEX "bindings_task_id_seq" ON "bindings"("task_id", "seq");

-- CreateIndex
CREATE INDEX "bindings_worker_session_id_seq" ON "bindings"("worker_session_id", "seq");

-- CreateIndex
CREATE INDEX "bindings_manager_session_id_seq" ON "bindings"("manager_session_id", "seq");

-- CreateIndex
CREATE INDEX "bindings_state_seq" ON "bindings"("state", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "runs_seq" ON "runs"("seq");

-- CreateIndex
CREATE INDEX "runs_task_status" ON "runs"("task_id", "status", "started_at");

-- CreateIndex
CREATE INDEX "runs_task_id_seq" ON "runs"("task_id", "seq");

-- CreateIndex
CREATE INDEX "runs_name_seq" ON "runs"("name", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "setup_bundles_seq" ON "setup_bundles"("seq");

-- CreateIndex
CREATE INDEX "setup_bundles_task_state" ON "setup_bundles"("task_id", "state", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "setup_bundles_name" ON "setup_bundles"("name");

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_seq" ON "campaigns"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_name" ON "campaigns"("name");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_worker_slots_seq" ON "campaign_worker_slots"("seq");

-- CreateIndex
CREATE INDEX "campaign_worker_slots_session" ON "campaign_worker_slots"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_worker_slots_campaign_slot" ON "campaign_worker_slots"("campaign_id", "slot_key");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_assignments_seq" ON "campaign_assignments"("seq");

-- CreateIndex
CREATE INDEX "campaign_assignments_campaign_status" ON "campaign_assignments"("campaign_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "campaign_assignments_campaign_id_seq" ON "campaign_assignments"("campaign_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_channel_briefs_seq" ON "campaign_channel_briefs"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_channel_briefs_campaign_channel" ON "campaign_channel_briefs"("campaign_id", "channel");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_asset_receipts_seq" ON "campaign_asset_receipts"("seq");

-- CreateIndex
CREATE INDEX "campaign_asset_receipts_assignment" ON "campaign_asset_receipts"("assignment_id", "id");

-- CreateIndex
CREATE INDEX "campaign_asset_receipts_campaign_status" ON "campaign_asset_receipts"("campaign_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "campaign_asset_receipts_campaign_id_seq" ON "campaign_asset_receipts"("campaign_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "task_continuations_seq" ON "task_continuations"("seq");

-- CreateIndex
CREATE INDEX "task_continuations_task_role_revision" ON "task_continuations"("task_id", "proposer", "revision" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "task_continuations_task_id_correlation_id" ON "task_continuations"("task_id", "correlation_id");

-- CreateIndex
CREATE UNIQUE INDEX "task_continuations_task_id_proposer_revision" ON "task_continuations"("task_id", "proposer", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "continuation_disclosures_seq" ON "continuation_disclosures"("seq");

-- CreateIndex
CREATE INDEX "continuation_disclosures_task_id_correlation_id_seq" ON "continuation_disclosures"("task_id", "correlation_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "continuation_reviews_seq" ON "continuation_reviews"("seq");

-- CreateIndex
CREATE INDEX "continuation_reviews_task" ON "continuation_reviews"("task_id", "id");

-- CreateIndex
CREATE INDEX "continuation_reviews_task_id_seq" ON "continuation_reviews"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "manager_configs_seq" ON "manager_configs"("seq");

-- CreateIndex
CREATE INDEX "manager_configs_task_id" ON "manager_configs"("task_id");

-- CreateIndex
CREATE UNIQUE INDEX "task_acknowledgements_seq" ON "task_acknowledgements"("seq");

-- CreateIndex
CREATE INDEX "task_acknowledgements_task_role_revision" ON "task_acknowledgements"("task_id", "role", "revision" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "task_acknowledgements_task_id_role_revision" ON "task_acknowledgements"("task_id", "role", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "worker_handoffs_seq" ON "worker_handoffs"("seq");

-- CreateIndex
CREATE INDEX "worker_handoffs_task_id" ON "worker_handoffs"("task_id", "id");

-- CreateIndex
CREATE INDEX "worker_handoffs_task_id_seq" ON "worker_handoffs"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "manager_decisions_seq" ON "manager_decisions"("seq");

-- CreateIndex
CREATE INDEX "manager_decisions_task_id_id" ON "manager_decisions"("task_id", "id");

-- CreateIndex
CREATE INDEX "manager_decisions_task_id_seq" ON "manager_decisions"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "acceptance_criteria_seq" ON "acceptance_criteria"("seq");

-- CreateIndex
CREATE INDEX "acceptance_criteria_task_status" ON "acceptance_criteria"("task_id", "status", "id");

-- CreateIndex
CREATE INDEX "acceptance_criteria_task_id_seq" ON "acceptance_criteria"("task_id", "seq");

-- CreateIndex
CREATE INDEX "acceptance_criteria_loop_run_id_loop_iteration_evidence_type_attempt" ON "acceptance_criteria"("loop_run_id", "loop_iteration", "evidence_type", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "acceptance_criteria_task_source_criterion" ON "acceptance_criteria"("task_id", "source", "criterion");

-- CreateIndex
CREATE UNIQUE INDEX "commands_seq" ON "commands"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "commands_idempotency_key" ON "commands"("idempotency_key");

-- CreateIndex
CREATE INDEX "commands_claimable" ON "commands"("state", "type", "available_at", "created_at", "id");

-- CreateIndex
CREATE INDEX "commands_task_state_created" ON "commands"("task_id", "state", "created_at");

-- CreateIndex
CREATE INDEX "commands_state_seq" ON "commands"("state", "seq");

-- CreateIndex
CREATE INDEX "commands_task_id_seq" ON "commands"("task_id", "seq");

-- CreateIndex
CREATE INDEX "commands_correlation_id" ON "commands"("correlation_id");

-- CreateIndex
CREATE UNIQUE INDEX "command_attempts_seq" ON "command_attempts"("seq");

-- CreateIndex
CREATE INDEX "command_attempts_command_id" ON "command_attempts"("command_id", "id");

-- CreateIndex
CREATE INDEX "command_attempts_correlation_id" ON "command_attempts"("correlation_id");

-- CreateIndex
CREATE UNIQUE INDEX "dispatchers_seq" ON "dispatchers"("seq");

-- CreateIndex
CREATE INDEX "dispatchers_dispatcher_id_stopped_at" ON "dispatchers"("dispatcher_id", "stopped_at");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_seq" ON "deliveries"("seq");

-- CreateIndex
CREATE INDEX "deliveries_session_id_stage_seq" ON "deliveries"("session_id", "stage", "seq");

-- CreateIndex
CREATE INDEX "deliveries_stage_seq" ON "deliveries"("stage", "seq");

-- CreateIndex
CREATE INDEX "deliveries_command_id" ON "deliveries"("command_id");

-- CreateIndex
CREATE INDEX "deliveries_notification_id" ON "deliveries"("notification_id");

-- CreateIndex
CREATE INDEX "deliveries_client_id" ON "deliveries"("client_id");

-- CreateIndex
CREATE UNIQUE INDEX "epilogue_runs_seq" ON "epilogue_runs"("seq");

-- CreateIndex
CREATE INDEX "epilogue_runs_task_step" ON "epilogue_runs"("task_id", "step_name", "id");

-- CreateIndex
CREATE INDEX "epilogue_runs_task_id_seq" ON "epilogue_runs"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "governor_holds_seq" ON "governor_holds"("seq");

-- CreateIndex
CREATE INDEX "governor_holds_session_id_released_at_seq" ON "governor_holds"("session_id", "released_at", "seq");

-- CreateIndex
CREATE INDEX "governor_holds_task_id_seq" ON "governor_holds"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "hibernations_seq" ON "hibernations"("seq");

-- CreateIndex
CREATE INDEX "hibernations_state_seq" ON "hibernations"("state", "seq");

-- CreateIndex
CREATE INDEX "hibernations_codex_home_state_seq" ON "hibernations"("codex_home", "state", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "supervision_usage_seq" ON "supervision_usage"("seq");

-- CreateIndex
CREATE INDEX "supervision_usage_task_id_seq" ON "supervision_usage"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "routed_notifications_seq" ON "routed_notifications"("seq");

-- CreateIndex
CREATE INDEX "routed_notifications_claimable" ON "routed_notifications"("state", "signal_type", "side_effect_started", "claim_expires_at", "created_at");

-- CreateIndex
CREATE INDEX "routed_notifications_target_inbox" ON "routed_notifications"("target_session_id", "consumed_at", "state", "created_at", "id");

-- CreateIndex
CREATE INDEX "routed_notifications_source_event" ON "routed_notifications"("source_event_id");

-- CreateIndex
CREATE INDEX "routed_notifications_consumed_cycle" ON "routed_notifications"("consumed_manager_cycle_id");

-- CreateIndex
CREATE INDEX "routed_notifications_task_id_created_at_id" ON "routed_notifications"("task_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "routed_notifications_target_session_id_consumed_at_state_seq" ON "routed_notifications"("target_session_id", "consumed_at", "state", "seq");

-- CreateIndex
CREATE INDEX "routed_notifications_target_session_id_state_delivered_seq" ON "routed_notifications"("target_session_id", "state", "delivered_seq");

-- CreateIndex
CREATE INDEX "routed_notifications_task_id_seq" ON "routed_notifications"("task_id", "seq");

-- CreateIndex
CREATE INDEX "routed_notifications_task_id_consumed_seq" ON "routed_notifications"("task_id", "consumed_seq");

-- CreateIndex
CREATE INDEX "routed_notifications_command_id" ON "routed_notifications"("command_id");

-- CreateIndex
CREATE INDEX "routed_notifications_correlation_id" ON "routed_notifications"("correlation_id");

-- CreateIndex
CREATE UNIQUE INDEX "routed_notifications_dedupe_key" ON "routed_notifications"("dedupe_key");

-- CreateIndex
CREATE UNIQUE INDEX "notification_acknowledgements_seq" ON "notification_acknowledgements"("seq");

-- CreateIndex
CREATE INDEX "notification_acknowledgements_notification_created" ON "notification_acknowledgements"("notification_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "notification_acknowledgements_task_notification" ON "notification_acknowledgements"("task_id", "notification_id", "id");

-- CreateIndex
CREATE INDEX "notification_acknowledgements_notification_id_seq" ON "notification_acknowledgements"("notification_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "workers_seq" ON "workers"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "workers_name" ON "workers"("name");

-- CreateIndex
CREATE UNIQUE INDEX "workers_tmux_session" ON "workers"("tmux_session");

-- CreateIndex
CREATE UNIQUE INDEX "workers_identity_token" ON "workers"("identity_token");

-- CreateIndex
CREATE UNIQUE INDEX "managers_seq" ON "managers"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "managers_name" ON "managers"("name");

-- CreateIndex
CREATE UNIQUE INDEX "managers_tmux_session" ON "managers"("tmux_session");

-- CreateIndex
CREATE UNIQUE INDEX "statuses_seq" ON "statuses"("seq");

-- CreateIndex
CREATE INDEX "statuses_worker_id" ON "statuses"("worker_id", "id");

-- CreateIndex
CREATE INDEX "statuses_session_id_seq" ON "statuses"("session_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "transcript_captures_seq" ON "transcript_captures"("seq");

-- CreateIndex
CREATE INDEX "transcript_captures_worker_id" ON "transcript_captures"("worker_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "rollout_files_seq" ON "rollout_files"("seq");

-- CreateIndex
CREATE INDEX "rollout_files_session_id_state" ON "rollout_files"("session_id", "state");

-- CreateIndex
CREATE INDEX "rollout_files_thread_id" ON "rollout_files"("thread_id");

-- CreateIndex
CREATE UNIQUE INDEX "codex_events_seq" ON "codex_events"("seq");

-- CreateIndex
CREATE INDEX "codex_events_session_id" ON "codex_events"("session_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "manager_cycles_seq" ON "manager_cycles"("seq");

-- CreateIndex
CREATE INDEX "manager_cycles_task_id_id" ON "manager_cycles"("task_id", "id");

-- CreateIndex
CREATE INDEX "manager_cycles_task_id_seq" ON "manager_cycles"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "manager_cycle_spans_seq" ON "manager_cycle_spans"("seq");

-- CreateIndex
CREATE INDEX "manager_cycle_spans_cycle_phase" ON "manager_cycle_spans"("manager_cycle_id", "phase", "id");

-- CreateIndex
CREATE INDEX "manager_cycle_spans_task" ON "manager_cycle_spans"("task_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_observations_seq" ON "agent_observations"("seq");

-- CreateIndex
CREATE INDEX "agent_observations_task_id" ON "agent_observations"("task_id", "id");

-- CreateIndex
CREATE INDEX "agent_observations_task_id_seq" ON "agent_observations"("task_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_seq" ON "sessions"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_name" ON "sessions"("name");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_identity_token" ON "sessions"("identity_token");

-- CreateIndex
CREATE INDEX "sessions_role_state_seq" ON "sessions"("role", "state", "seq");

-- CreateIndex
CREATE INDEX "sessions_codex_session_id" ON "sessions"("codex_session_id");

-- CreateIndex
CREATE INDEX "sessions_codex_app_thread_id" ON "sessions"("codex_app_thread_id");

-- CreateIndex
CREATE INDEX "sessions_tmux_session" ON "sessions"("tmux_session");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_keys_seq" ON "idempotency_keys"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "tasks_seq" ON "tasks"("seq");

-- CreateIndex
CREATE INDEX "tasks_state_seq" ON "tasks"("state", "seq");

-- CreateIndex
CREATE INDEX "tasks_name_seq" ON "tasks"("name", "seq");

-- CreateIndex
CREATE INDEX "tasks_updated_seq" ON "tasks"("updated_seq");

-- CreateIndex
CREATE UNIQUE INDEX "telemetry_events_seq" ON "telemetry_events"("seq");

-- CreateIndex
CREATE INDEX "telemetry_events_task_timestamp" ON "telemetry_events"("task_id", "timestamp", "id");

-- CreateIndex
CREATE INDEX "telemetry_events_run_timestamp" ON "telemetry_events"("run_id", "timestamp", "id");

-- CreateIndex
CREATE INDEX "telemetry_events_actor_timestamp" ON "telemetry_events"("actor", "timestamp", "id");

-- CreateIndex
CREATE INDEX "telemetry_events_type_timestamp" ON "telemetry_events"("event_type", "timestamp", "id");

-- CreateIndex
CREATE INDEX "telemetry_events_task_id_seq" ON "telemetry_events"("task_id", "seq");

-- CreateIndex
CREATE INDEX "telemetry_events_run_id_seq" ON "telemetry_events"("run_id", "seq");

-- CreateIndex
CREATE INDEX "telemetry_events_actor_seq" ON "telemetry_events"("actor", "seq");

-- CreateIndex
CREATE INDEX "telemetry_events_event_type_seq" ON "telemetry_events"("event_type", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "terminal_captures_seq" ON "terminal_captures"("seq");

-- CreateIndex
CREATE INDEX "terminal_captures_task_role" ON "terminal_captures"("task_id", "role", "id");

-- CreateIndex
CREATE INDEX "terminal_captures_task_id_role_seq" ON "terminal_captures"("task_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "transcript_segments_seq" ON "transcript_segments"("seq");

-- CreateIndex
CREATE INDEX "transcript_segments_task_role" ON "transcript_segments"("task_id", "role", "id");

-- CreateIndex
CREATE INDEX "transcript_segments_task_id_role_seq" ON "transcript_segments"("task_id", "role", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "prompts_seq" ON "prompts"("seq");

-- CreateIndex
CREATE INDEX "prompts_task_id_seq" ON "prompts"("task_id", "seq");

-- Everything below, and every CHECK above, is written by hand: Prisma cannot express it.

-- At most one living row of a kind
CREATE UNIQUE INDEX "one_open_task_per_name" ON "tasks"("name") WHERE "state" IN ('candidate', 'managed', 'paused');
CREATE UNIQUE INDEX "one_active_binding_per_task" ON "bindings"("task_id") WHERE "state" IN ('active', 'ending');
CREATE UNIQUE INDEX "one_active_binding_per_worker_session" ON "bindings"("worker_session_id") WHERE "state" IN ('active', 'ending');
CREATE UNIQUE INDEX "one_active_binding_per_manager_session" ON "bindings"("manager_session_id") WHERE "state" IN ('active', 'ending');
CREATE UNIQUE INDEX "one_active_binding_per_worker" ON "bindings"("worker_id") WHERE "state" IN ('active', 'ending');
CREATE UNIQUE INDEX "one_active_run_per_task" ON "runs"("task_id") WHERE "status" = 'active';
CREATE UNIQUE INDEX "one_active_manager_per_task" ON "managers"("task_id") WHERE "state" IN ('starting', 'ready', 'stopping');
CREATE UNIQUE INDEX "one_running_attempt_per_command" ON "command_attempts"("command_id") WHERE "state" = 'running';
CREATE UNIQUE INDEX "one_running_epilogue_per_task_step" ON "epilogue_runs"("task_id", "step_name") WHERE "state" = 'running';
CREATE UNIQUE INDEX "one_active_rollout_file_per_path" ON "rollout_files"("session_id", "path") WHERE "state" = 'active';

-- A rollout record is stored once, however often and by however many processes its file is read. Records with an ordinal
-- are known by it; a record of an unnamed thread counts as one of the thread ''. The file belongs to the key because a
-- rewound thread goes on in a new file under ordinals that its dropped branch used before.
CREATE UNIQUE INDEX "codex_events_session_id_thread_id_ordinal" ON "codex_events"("session_id", ifnull("thread_id", ''), "ordinal", ifnull("rollout_file_id", 0)) WHERE "ordinal" IS NOT NULL;
CREATE UNIQUE INDEX "codex_events_rollout_file_id_byte_offset" ON "codex_events"("rollout_file_id", "byte_offset") WHERE "ordinal" IS NULL;

-- Turns that ended are looked for again and again and are few; an index over all records would slow every ingest down
CREATE INDEX "codex_events_turn_ends" ON "codex_events"("session_id", "id") WHERE "subtype" = 'task_complete';

-- The audit log only grows
CREATE TRIGGER "events_no_update" BEFORE UPDATE ON "events"
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only: they cannot be changed');
END;
CREATE TRIGGER "events_no_delete" BEFORE DELETE ON "events"
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only: they cannot be deleted');
END;

-- Full-text search over telemetry. The store writes a row beside every telemetry event; its rowid is the event's seq.
CREATE VIRTUAL TABLE "telemetry_events_fts" USING fts5(
    "event_id" UNINDEXED,
    "task_id" UNINDEXED,
    "run_id" UNINDEXED,
    "actor" UNINDEXED,
    "event_type" UNINDEXED,
    "summary",
    "attributes"
);

-- The one counter behind every seq
INSERT INTO "ledger_sequence" ("id", "value") VALUES (1, 0);
