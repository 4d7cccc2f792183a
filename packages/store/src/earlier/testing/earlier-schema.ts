/**
 * The tables of the earlier tool at schema version 26, in the notation of spec 07 §7.5: `!` required, `?` may be null,
 * `=x` default, `>t` refers to table `t`, `{a|b}` the allowed words. Without anything that we added.
 */
export const EARLIER_SCHEMA: Readonly<Record<string, string>> = {
  tasks:
    "id PK · name text! · goal text! · summary text? · state text! {candidate|managed|paused|done|failed} · created_at text! · updated_at text!",
  workers:
    "id PK · name text! unique · tmux_session text! unique · tmux_pane_id text? · identity_token text! unique · cwd text! · state text! {candidate|active|stopped|missing|failed} · created_at text! · updated_at text! · last_seen_at text? · exit_detected_at text? · exit_reason text?",
  managers:
    "id PK · name text! unique · task_id text! >tasks · tmux_session text! unique · tmux_pane_id text? · state text! {starting|ready|stopping|stopped|missing|failed} · codex_args_json text! · started_at text! · stopped_at text? · last_seen_at text? · last_capture_sha256 text? · exit_detected_at text? · exit_reason text?",
  sessions:
    "id PK · name text! unique · role text! {worker|manager} · identity_token text! unique · tmux_session text? · tmux_pane_id text? · codex_session_path text? · codex_session_id text? · codex_app_thread_id text? · codex_app_thread_title text? · pid integer? · cwd text! · registered_at text! · last_heartbeat_at text? · state text! {active|gone} · last_ingest_offset integer?",
  bindings:
    "id PK · task_id text! >tasks · worker_id text? >workers · manager_id text? >managers · worker_session_id text? >sessions · manager_session_id text? >sessions · state text! {active|ending|ended|invalid} · created_at text! · ended_at text?",
  runs: "id PK · task_id text! >tasks · name text! · purpose text? · status text! {active|finished|failed|abandoned} · started_at text! · ended_at text? · metadata_json text!",
  budgets: "task_id PK >tasks · max_nudges integer! · nudges_used integer! =0 · expires_at text!",
  setup_bundles:
    "id PK · task_id text! >tasks · name text! · preset text! · state text! {draft|blocked|approved|applied} · draft_hash text! · approved_hash text? · policy_json text! · preflight_json text! · approval_json text! · applied_json text! · blocked_reason text? · created_at text! · updated_at text! · approved_at text? · applied_at text?",
  manager_configs:
    "task_id PK >tasks · recipe_name text? · supervision_mode text! {light|guided|strict} · objective text? · guidelines_json text! · acceptance_criteria_json text! · reference_paths_json text! · permissions_json text! · tools_json text! ='[]' · epilogues_json text! ='[]' · nudge_on_completion text! ='ask-operator' · require_acks integer! =0 · revision integer! =1 · created_at text! · updated_at text!",
  commands:
    "id PK · idempotency_key text! unique · created_at text! · updated_at text! · task_id text? >tasks · worker_id text? >workers · manager_id text? >managers · correlation_id text? · type text! · state text! {pending|attempted|succeeded|failed|blocked} · available_at text? · claimed_by text? · claimed_at text? · claim_expires_at text? · attempts integer! =0 · max_attempts integer! =1 · required_permission text? · payload_json text! · result_json text? · error text?",
  acceptance_criteria:
    "id AUTO · task_id text! >tasks · criterion text! · status text! {proposed|accepted|satisfied|deferred|rejected} · source text! {user_requested|manager_inferred|worker_proposed|final_audit} · proof text? · rationale text? · evidence_json text! · created_at text! · updated_at text!",
  worker_handoffs:
    "id AUTO · task_id text! >tasks · worker_session_id text? >sessions · summary text! · next_steps_json text! · payload_json text! · created_at text!",
  task_acknowledgements:
    "id AUTO · task_id text! >tasks · binding_id text? >bindings · role text! {worker|manager} · payload_json text! · revision integer! · manager_config_revision integer? · created_at text! · correlation_id text?",
  epilogue_runs:
    "id AUTO · task_id text! >tasks · step_name text! · state text! {pending|running|succeeded|failed|skipped} · started_at text! · finished_at text? · result_json text? · error text? · correlation_id text?",
  task_continuations:
    "id AUTO · task_id text! >tasks · proposer text! {worker|manager} · payload_json text! · revision integer! · created_at text! · correlation_id text!",
  continuation_reviews:
    "id AUTO · task_id text! >tasks · worker_continuation_id integer! >task_continuations · manager_continuation_id integer! >task_continuations · agreement text! {match|compatible|divergent} · verdict text! {proceed|amend|stop} · addendum text? · rationale text! · subagent_run_json text! · created_at text! · correlation_id text!",
  codex_events:
    "id AUTO · session_id text! >sessions · timestamp text! · type text! · subtype text? · payload_json text! · byte_offset integer! · ingested_at text!",
  terminal_captures:
    "id AUTO · task_id text! >tasks · worker_id text? >workers · manager_id text? >managers · role text! {worker|manager} · tmux_session text! · tmux_pane_id text? · command_id text? >commands · captured_at text! · history_lines integer! · content_sha256 text! · content text? · content_path text? · byte_count integer! · line_count integer! · classifier_json text! · source text!",
  agent_observations:
    "id AUTO · task_id text! >tasks · worker_id text? >workers · manager_id text? >managers · role text! {worker|manager|workerctl} · observation_type text! · severity text! {info|warning|error} · source_capture_id integer? >terminal_captures · command_id text? >commands · created_at text! · message text! · payload_json text!",
  manager_cycles:
    "id AUTO · task_id text! >tasks · manager_id text? >managers · started_at text! · completed_at text? · state text! {started|succeeded|failed} · health_observation_id integer? >agent_observations · manager_capture_id integer? >terminal_captures · worker_capture_id integer? >terminal_captures · status_json text? · health_json text? · decision text? · error text?",
  manager_decisions:
    "id AUTO · task_id text! >tasks · manager_id text? >managers · manager_cycle_id integer? >manager_cycles · decision text! {wait|nudge|interrupt|escalate|stop|inspect} · reason text! · created_at text! · payload_json text!",
  manager_cycle_spans:
    "id AUTO · manager_cycle_id integer! >manager_cycles · task_id text! >tasks · run_id text? >runs · phase text! · started_at text! · completed_at text! · duration_ms real! · state text! {succeeded|failed|degraded} · attributes_json text! · error_type text? · manager_decision_id integer? >manager_decisions · command_id text? >commands",
  statuses:
    "id AUTO · worker_id text! >workers · state text! {planning|editing|running_tests|blocked|waiting|done|unknown} · current_task text? · next_action text? · blocker text? · created_at text!",
  transcript_captures:
    "id AUTO · worker_id text! >workers · sha256 text! · content text? · captured_at text! · changed_at text! · history_lines integer! · byte_count integer! · line_count integer! · capture_kind text! {latest|changed|metadata_only|archived} · retention_class text! {hot|warm|archive}",
  transcript_segments:
    "id AUTO · task_id text! >tasks · role text! {worker|manager} · source_capture_id integer! >terminal_captures · previous_capture_id integer? >terminal_captures · captured_at text! · content_sha256 text! · segment_text text? · segment_start_line integer? · segment_end_line integer? · byte_count integer! · line_count integer! · retention_class text! {hot|warm|cold|redacted} · segment_kind text! {metadata|excerpt|snapshot|segment|reset} · redacted integer! =0 · created_at text!",
  prompts:
    "id AUTO · task_id text? >tasks · manager_id text? >managers · kind text! {manager|worker_contract|resume} · content text! · content_sha256 text! · generator_version text! · source_snapshot_json text! · policy_json text! · artifact_path text? · created_at text!",
  command_attempts:
    "id AUTO · command_id text! >commands · correlation_id text! · dispatcher_id text! · started_at text! · finished_at text? · state text! {running|succeeded|failed|abandoned|blocked} · result_json text? · error text? · side_effect_started integer! =0 · side_effect_completed integer! =0",
  routed_notifications:
    "id AUTO · task_id text! >tasks · binding_id text! >bindings · correlation_id text! · source_session_id text! >sessions · target_session_id text! >sessions · signal_type text! · source_event_id integer? >codex_events · source_event_timestamp text? · dedupe_key text! unique · command_id text? >commands · created_at text! · delivered_at text? · consumed_manager_cycle_id integer? >manager_cycles · consumed_by_session_id text? >sessions · consumed_at text? · delivery_mode text! ='push' {push|pull_required} · state text! {pending|delivered|failed|suppressed} · claimed_by text? · claimed_at text? · claim_expires_at text? · side_effect_started integer! =0 · side_effect_completed integer! =0 · payload_json text! · error text?",
  notification_acknowledgements:
    "id AUTO · task_id text! >tasks · binding_id text! >bindings · notification_id integer! >routed_notifications · role text! {worker|manager} · status text! {received|accepted|blocked} · payload_json text! · created_at text! · correlation_id text?",
  campaigns:
    "id PK · name text! unique · objective text! · status text! {active|paused|done|blocked|archived} · metadata_json text! · created_at text! · updated_at text!",
  campaign_worker_slots:
    "id PK · campaign_id text! >campaigns · slot_key text! · role_label text! · channel text? · session_id text? >sessions · codex_app_thread_id text? · codex_app_thread_title text? · state text! {planned|active|idle|blocked|archived} · metadata_json text! · created_at text! · updated_at text!",
  campaign_assignments:
    "id PK · campaign_id text! >campaigns · slot_id text! >campaign_worker_slots · title text! · instructions text! · status text! {queued|active|blocked|done|cancelled} · metadata_json text! · created_at text! · updated_at text! · completed_at text?",
  campaign_channel_briefs:
    "id PK · campaign_id text! >campaigns · channel text! · brief_json text! · created_at text! · updated_at text!",
  campaign_asset_receipts:
    "id PK · campaign_id text! >campaigns · slot_id text! >campaign_worker_slots · assignment_id text? >campaign_assignments · asset_type text! {image|video|hyperframes|copy|audio|other} · channel text? · status text! {draft|needs_review|approved|rejected|published} · title text! · prompt_summary text? · artifact_path text? · metadata_json text! · review_notes text? · created_at text!",
  events:
    "id AUTO · created_at text! · actor text! · command_id text? >commands · correlation_id text? · task_id text? >tasks · worker_id text? >workers · manager_id text? >managers · type text! · payload_json text!",
  telemetry_events:
    "id PK · run_id text? >runs · task_id text? >tasks · timestamp text! · actor text! {dispatch|manager|worker|operator|workerctl|system} · event_type text! · severity text! {debug|info|warning|error} · summary text! · correlation_json text! · attributes_json text!",
  schema_migrations: "version integer! · applied_at text!",
  data_migrations: "name PK · source_path text! · source_hash text! · applied_at text!",
};

const TRIGGERS = ["UPDATE", "DELETE"].map(
  (what) =>
    `CREATE TRIGGER events_no_${what.toLowerCase()} BEFORE ${what} ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;`,
);

/** The statements that make the tables; `without` leaves out tables and `table.column`s, as older versions lack them. */
export function earlierSchemaSql(without: readonly string[] = []): string {
  const tables = Object.entries(EARLIER_SCHEMA)
    .filter(([table]) => !without.includes(table))
    .map(([table, notation]) => {
      const columns = notation
        .split(" · ")
        .filter((column) => !without.includes(`${table}.${column.split(" ", 1)[0]}`));
      return `CREATE TABLE ${table} (${columns.map(columnSql).join(", ")});`;
    });
  const fts =
    "CREATE VIRTUAL TABLE telemetry_events_fts USING fts5(event_id UNINDEXED, task_id UNINDEXED, run_id UNINDEXED, actor UNINDEXED, event_type UNINDEXED, summary, attributes);";
  return [...tables, fts, ...TRIGGERS].join("\n");
}

function columnSql(notation: string): string {
  const [name = "", ...marks] = notation.split(" ");
  const type = marks.includes("AUTO")
    ? "INTEGER PRIMARY KEY AUTOINCREMENT"
    : marks.includes("PK")
      ? "TEXT PRIMARY KEY"
      : "";
  const [, given, need] = /^(text|integer|real)([!?])$/.exec(marks[0] ?? "") ?? [];
  const words = marks
    .find((mark) => mark.startsWith("{"))
    ?.slice(1, -1)
    .split("|");
  return [
    name,
    type || given?.toUpperCase(),
    need === "!" && "NOT NULL",
    marks.includes("unique") && "UNIQUE",
    marks.filter((mark) => mark.startsWith("=")).map((mark) => `DEFAULT ${mark.slice(1)}`)[0],
    words && `CHECK (${name} IN (${words.map((word) => `'${word}'`).join(", ")}))`,
    name.endsWith("_json") && `CHECK (${name} IS NULL OR json_valid(${name}))`,
    marks.filter((mark) => mark.startsWith(">")).map((mark) => `REFERENCES ${mark.slice(1)}`)[0],
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .join(" ");
}
