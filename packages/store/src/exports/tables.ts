/** A table whose rows of one task a bundle holds, and which of them those are. */
export interface BundleTable {
  table: string;
  /** The file of the bundle, below its root. */
  file: string;
  /** The rows of the task `@task_id`, as a condition on the table named `t`. */
  where: string;
  /** What else a row shows, as `audit --json` does: names of the sessions of a message, and the like. */
  more?: string;
  /** Joins that `more` needs. */
  joins?: string;
  /** Columns of free text that hold content although the redactor does not know their names. */
  content?: readonly string[];
  /** JSON columns that are hidden as a whole, whatever is in them. */
  whole?: readonly string[];
  /** Columns that are always shown as null, for what they may hold. */
  blank?: readonly string[];
  /** Columns that no bundle holds: secrets, and what only this machine may use. */
  without?: readonly string[];
}

const OF_TASK = "t.task_id = @task_id";
const OF_CRITERION = "t.criterion_id IN (SELECT id FROM acceptance_criteria WHERE task_id = @task_id)";

/** Sessions that the task's bindings, messages and handoffs name. */
const TASK_SESSIONS = `SELECT worker_session_id FROM bindings WHERE task_id = @task_id
  UNION SELECT manager_session_id FROM bindings WHERE task_id = @task_id
  UNION SELECT source_session_id FROM routed_notifications WHERE task_id = @task_id
  UNION SELECT target_session_id FROM routed_notifications WHERE task_id = @task_id
  UNION SELECT consumed_by_session_id FROM routed_notifications WHERE task_id = @task_id
  UNION SELECT worker_session_id FROM worker_handoffs WHERE task_id = @task_id
  UNION SELECT manager_session_id FROM manager_decisions WHERE task_id = @task_id
  UNION SELECT session_id FROM events WHERE task_id = @task_id`;

const TASK_WORKERS = ["bindings", "events", "commands", "terminal_captures", "agent_observations"]
  .map((table) => `SELECT worker_id FROM ${table} WHERE task_id = @task_id`)
  .join(" UNION ");

/** Records of the task's agents: those that its messages name, and those that were read while a binding of it was open. */
const TASK_RECORDS = `t.id IN (SELECT source_event_id FROM routed_notifications WHERE task_id = @task_id)
  OR EXISTS (SELECT 1 FROM bindings b WHERE b.task_id = @task_id
     AND t.session_id IN (b.worker_session_id, b.manager_session_id)
     AND t.ingested_at >= b.created_at AND (b.ended_at IS NULL OR t.ingested_at <= b.ended_at))`;

const SESSION_NAMES = `source.name AS source_session_name, source.role AS source_session_role,
  target.name AS target_session_name, target.role AS target_session_role,
  consumer.name AS consumed_by_session_name, consumer.role AS consumed_by_session_role`;

/**
 * Every table of which a bundle holds rows, in the order of the manifest (spec 07 §7.10.6). A row stands in one file only,
 * beside `audit.json`, so that a ledger can be put together again from these.
 */
export const BUNDLE_TABLES: readonly BundleTable[] = [
  { table: "acceptance_criteria", file: "acceptance-criteria.json", where: OF_TASK },
  { table: "agent_observations", file: "agent-observations.json", where: OF_TASK },
  { table: "manager_cycles", file: "manager-cycles.json", where: OF_TASK },
  { table: "manager_cycle_spans", file: "manager-cycle-spans.json", where: OF_TASK },
  { table: "manager_decisions", file: "manager-decisions.json", where: OF_TASK },
  { table: "prompts", file: "prompts.json", where: OF_TASK },
  {
    table: "transcript_captures",
    file: "transcript-captures.json",
    where: `EXISTS (SELECT 1 FROM bindings b WHERE b.task_id = @task_id AND b.worker_id = t.worker_id
              AND t.captured_at >= b.created_at AND (b.ended_at IS NULL OR t.captured_at <= b.ended_at))`,
  },
  { table: "terminal_captures", file: "terminal-captures.json", where: OF_TASK },
  { table: "telemetry_events", file: "telemetry-events.json", where: OF_TASK },
  { table: "transcript_segments", file: "transcript-segments.json", where: OF_TASK },
  { table: "commands", file: "commands.json", where: OF_TASK },
  {
    table: "command_attempts",
    file: "command-attempts.json",
    where: "t.command_id IN (SELECT id FROM commands WHERE task_id = @task_id)",
  },
  {
    table: "routed_notifications",
    file: "routed-notifications.json",
    where: OF_TASK,
    more: SESSION_NAMES,
    joins: `JOIN sessions source ON source.id = t.source_session_id JOIN sessions target ON target.id = t.target_session_id
      LEFT JOIN sessions consumer ON consumer.id = t.consumed_by_session_id`,
    blank: ["typed_key"],
  },
  {
    table: "deliveries",
    file: "ledger/deliveries.json",
    where: `t.command_id IN (SELECT id FROM commands WHERE task_id = @task_id)
      OR t.notification_id IN (SELECT id FROM routed_notifications WHERE task_id = @task_id)`,
  },
  {
    table: "notification_acknowledgements",
    file: "notification-acknowledgements.json",
    where: OF_TASK,
    more: "item.signal_type AS signal_type",
    joins: "JOIN routed_notifications item ON item.id = t.notification_id",
  },
  { table: "worker_handoffs", file: "handoffs.json", where: OF_TASK },
  { table: "runs", file: "runs.json", where: OF_TASK },
  // The hashes are of the whole ledger's chain, whose head the manifest names.
  { table: "events", file: "events.json", where: OF_TASK, without: ["hash"] },
  { table: "task_acknowledgements", file: "task-acknowledgements.json", where: OF_TASK },
  {
    table: "task_continuations",
    file: "task-continuations.json",
    where: OF_TASK,
    // A worker's proposal stays closed until the manager has made its own (spec 07 §7.7.3).
    more: `t.proposer = 'worker' AND NOT EXISTS (SELECT 1 FROM task_continuations own WHERE own.task_id = t.task_id
             AND own.proposer = 'manager' AND own.correlation_id = t.correlation_id) AS payload_withheld`,
  },
  { table: "continuation_reviews", file: "continuation-reviews.json", where: OF_TASK },
  { table: "continuation_disclosures", file: "continuation-disclosures.json", where: OF_TASK },
  { table: "epilogue_runs", file: "epilogue-runs.json", where: OF_TASK },
  { table: "tasks", file: "ledger/tasks.json", where: "t.id = @task_id" },
  { table: "bindings", file: "ledger/bindings.json", where: OF_TASK },
  {
    table: "sessions",
    file: "ledger/sessions.json",
    where: `t.id IN (${TASK_SESSIONS}) OR t.id IN (SELECT session_id FROM codex_events t WHERE ${TASK_RECORDS})`,
    without: ["identity_token"],
  },
  { table: "workers", file: "ledger/workers.json", where: `t.id IN (${TASK_WORKERS})`, without: ["identity_token"] },
  { table: "managers", file: "ledger/managers.json", where: OF_TASK },
  { table: "statuses", file: "ledger/statuses.json", where: `t.worker_id IN (${TASK_WORKERS})` },
  { table: "budgets", file: "ledger/budgets.json", where: OF_TASK },
  { table: "manager_configs", file: "ledger/manager-configs.json", where: OF_TASK },
  { table: "checks", file: "ledger/checks.json", where: OF_CRITERION },
  {
    table: "check_runs",
    file: "ledger/check-runs.json",
    where: `t.check_id IN (SELECT id FROM checks t WHERE ${OF_CRITERION})`,
    content: ["output_tail"],
  },
  { table: "criterion_waivers", file: "ledger/criterion-waivers.json", where: OF_CRITERION },
  { table: "guard_reviews", file: "ledger/guard-reviews.json", where: OF_CRITERION },
  { table: "receipts", file: "ledger/receipts.json", where: OF_TASK },
  {
    table: "rollout_files",
    file: "ledger/rollout-files.json",
    where: `t.id IN (SELECT rollout_file_id FROM codex_events t WHERE ${TASK_RECORDS})`,
  },
  { table: "codex_events", file: "codex-events.json", where: TASK_RECORDS, whole: ["payload_json"] },
];

/** What was typed into a session directly stands in telemetry only; `audit` shows it as a section of its own. */
export const NUDGE_ROWS: BundleTable = {
  table: "telemetry_events",
  file: "",
  where: "t.task_id = @task_id AND t.event_type IN ('session_nudge_succeeded', 'session_nudge_failed')",
};
