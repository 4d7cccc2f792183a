/** A column of a table whose value is the id of another one, which may have got a new id here. */
export type References = Readonly<Record<string, string>>;

/** How a table of the earlier tool becomes one of ours; names of tables and columns are the same (spec 07 §7.5). */
export interface EarlierTable {
  name: string;
  /** The primary key. `counted`: numbers given by the database, which may be taken here already. */
  key: { column: string; kind: "text" | "counted" };
  /** When a row came to be: the order of everything. Null for a table without order. */
  made_at: string | null;
  /** Further moments of a row that are ordered: our sequence column by the time it belongs to. */
  moments?: Readonly<Record<string, string>>;
  references: References;
  /** A name that is taken here already gets a number; elsewhere such a row would contradict ours. */
  unique_name?: true;
  /** What a row lacks because its schema is older or ours knows more. Only what is missing or null is taken from it. */
  defaults?: (row: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

const TASK = { task_id: "tasks" };
const LEGACY = { worker_id: "workers", manager_id: "managers" };
const counted = { column: "id", kind: "counted" } as const;
const text = { column: "id", kind: "text" } as const;
const UPDATED = { updated_seq: "updated_at" };

/** Every table that is taken over, those that others refer to first. */
export const EARLIER_TABLES: readonly EarlierTable[] = [
  { name: "tasks", key: text, made_at: "created_at", moments: UPDATED, references: {}, unique_name: true },
  {
    name: "sessions",
    key: text,
    made_at: "registered_at",
    references: {},
    unique_name: true,
    defaults: sessionDefaults,
  },
  { name: "workers", key: text, made_at: "created_at", moments: UPDATED, references: {} },
  { name: "managers", key: text, made_at: "started_at", references: TASK },
  {
    name: "bindings",
    key: text,
    made_at: "created_at",
    references: { ...TASK, ...LEGACY, worker_session_id: "sessions", manager_session_id: "sessions" },
  },
  { name: "runs", key: text, made_at: "started_at", references: TASK, defaults: () => ({ metadata_json: "{}" }) },
  { name: "budgets", key: { column: "task_id", kind: "text" }, made_at: null, references: TASK },
  { name: "setup_bundles", key: text, made_at: "created_at", moments: UPDATED, references: TASK, unique_name: true },
  {
    name: "manager_configs",
    key: { column: "task_id", kind: "text" },
    made_at: "created_at",
    moments: UPDATED,
    references: TASK,
    defaults: () => ({
      tools_json: "[]",
      epilogues_json: "[]",
      nudge_on_completion: "ask-operator",
      require_acks: 0,
      revision: 1,
    }),
  },
  {
    name: "commands",
    key: text,
    made_at: "created_at",
    moments: UPDATED,
    references: { ...TASK, ...LEGACY },
    defaults: (row) => ({
      idempotency_key: row["id"],
      updated_at: row["created_at"],
      state: "pending",
      attempts: 0,
      max_attempts: 1,
      payload_json: "{}",
      type: "notify_manager",
    }),
  },
  {
    name: "acceptance_criteria",
    key: counted,
    made_at: "created_at",
    moments: UPDATED,
    references: TASK,
    defaults: () => ({ evidence_json: "{}" }),
  },
  {
    name: "worker_handoffs",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, worker_session_id: "sessions" },
  },
  {
    name: "task_acknowledgements",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, binding_id: "bindings" },
  },
  {
    name: "epilogue_runs",
    key: counted,
    made_at: "started_at",
    moments: { finished_seq: "finished_at" },
    references: TASK,
  },
  { name: "task_continuations", key: counted, made_at: "created_at", references: TASK },
  {
    name: "continuation_reviews",
    key: counted,
    made_at: "created_at",
    references: {
      ...TASK,
      worker_continuation_id: "task_continuations",
      manager_continuation_id: "task_continuations",
    },
  },
  { name: "codex_events", key: counted, made_at: "ingested_at", references: { session_id: "sessions" } },
  {
    name: "terminal_captures",
    key: counted,
    made_at: "captured_at",
    references: { ...TASK, ...LEGACY, command_id: "commands" },
  },
  {
    name: "agent_observations",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, ...LEGACY, source_capture_id: "terminal_captures", command_id: "commands" },
  },
  {
    name: "manager_cycles",
    key: counted,
    made_at: "started_at",
    moments: { completed_seq: "completed_at" },
    references: {
      ...TASK,
      manager_id: "managers",
      health_observation_id: "agent_observations",
      manager_capture_id: "terminal_captures",
      worker_capture_id: "terminal_captures",
    },
  },
  {
    name: "manager_decisions",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, manager_id: "managers", manager_cycle_id: "manager_cycles" },
    defaults: () => ({ payload_json: "{}" }),
  },
  {
    name: "manager_cycle_spans",
    key: counted,
    made_at: "started_at",
    references: {
      ...TASK,
      run_id: "runs",
      manager_cycle_id: "manager_cycles",
      manager_decision_id: "manager_decisions",
      command_id: "commands",
    },
  },
  { name: "statuses", key: counted, made_at: "created_at", references: { worker_id: "workers" } },
  { name: "transcript_captures", key: counted, made_at: "captured_at", references: { worker_id: "workers" } },
  {
    name: "transcript_segments",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, source_capture_id: "terminal_captures", previous_capture_id: "terminal_captures" },
  },
  { name: "prompts", key: counted, made_at: "created_at", references: { ...TASK, manager_id: "managers" } },
  {
    name: "command_attempts",
    key: counted,
    made_at: "started_at",
    references: { command_id: "commands" },
    defaults: (row) => ({
      correlation_id: `imported-${String(row["command_id"])}`,
      dispatcher_id: "legacy-migration",
      state: "running",
      side_effect_started: 0,
      side_effect_completed: 0,
    }),
  },
  {
    name: "routed_notifications",
    key: counted,
    made_at: "created_at",
    moments: { delivered_seq: "delivered_at", consumed_seq: "consumed_at" },
    references: {
      ...TASK,
      binding_id: "bindings",
      source_session_id: "sessions",
      target_session_id: "sessions",
      source_event_id: "codex_events",
      command_id: "commands",
      consumed_manager_cycle_id: "manager_cycles",
      consumed_by_session_id: "sessions",
    },
    defaults: () => ({ delivery_mode: "push", side_effect_started: 0, side_effect_completed: 0, payload_json: "{}" }),
  },
  {
    name: "notification_acknowledgements",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, binding_id: "bindings", notification_id: "routed_notifications" },
  },
  { name: "campaigns", key: text, made_at: "created_at", moments: UPDATED, references: {}, unique_name: true },
  {
    name: "campaign_worker_slots",
    key: text,
    made_at: "created_at",
    moments: UPDATED,
    references: { campaign_id: "campaigns", session_id: "sessions" },
  },
  {
    name: "campaign_assignments",
    key: text,
    made_at: "created_at",
    moments: UPDATED,
    references: { campaign_id: "campaigns", slot_id: "campaign_worker_slots" },
  },
  {
    name: "campaign_channel_briefs",
    key: text,
    made_at: "created_at",
    moments: UPDATED,
    references: { campaign_id: "campaigns" },
  },
  {
    name: "campaign_asset_receipts",
    key: text,
    made_at: "created_at",
    references: { campaign_id: "campaigns", slot_id: "campaign_worker_slots", assignment_id: "campaign_assignments" },
  },
  {
    name: "events",
    key: counted,
    made_at: "created_at",
    references: { ...TASK, ...LEGACY, command_id: "commands" },
    defaults: () => ({ payload_json: "{}" }),
  },
  {
    name: "telemetry_events",
    key: text,
    made_at: "timestamp",
    references: { ...TASK, run_id: "runs" },
    defaults: () => ({ correlation_json: "{}", attributes_json: "{}" }),
  },
];

/** Tables of the earlier tool that are bookkeeping of that file, or made anew here. */
export const EARLIER_BOOKKEEPING: ReadonlySet<string> = new Set([
  "schema_migrations",
  "data_migrations",
  "telemetry_events_fts",
]);

/**
 * What our sessions know and the earlier tool's did not. The pid that it noted for a disposable session was that of its
 * own short-lived process, which the import takes away.
 */
function sessionDefaults(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const has = (column: string) => row[column] !== null && row[column] !== undefined && row[column] !== "";
  const disposable = isDisposable(row);
  const spawned = row["tmux_session"] === `codex-${String(row["name"])}`;
  const reachable = has("codex_session_path") || has("codex_session_id") || has("codex_app_thread_id");
  return {
    origin: disposable ? "disposable" : spawned ? "spawned" : "registered",
    liveness: has("tmux_session")
      ? "tmux"
      : !disposable && has("pid")
        ? "pid"
        : disposable || reachable
          ? "heartbeat"
          : "none",
    agent_kind: "codex",
  };
}

/** Whether a session was made by `create-disposable-binding`: its rollout lies where that command puts it. */
export function isDisposable(row: Readonly<Record<string, unknown>>): boolean {
  return /\/disposable-sessions\/rollout-[^/]*\.jsonl$/.test(String(row["codex_session_path"] ?? ""));
}
