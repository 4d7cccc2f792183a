import type { Alert, CycleView, Thresholds } from "@conveyor/contracts";

/**
 * Where an alert is shown: the snapshot of a task, the view of a task, the check of a task, the snapshot or check of
 * everything, what failed (spec 07 §7.10.5, Alert).
 */
export type AlertView = "task_snapshot" | "task_view" | "task_check" | "operator" | "failures";

/** What alerts are made of; what a view does not know it leaves out. */
export interface AlertFacts {
  thresholds: Thresholds;
  integrity_issues?: readonly string[];
  latest_cycle?: CycleView | null;
  latest_cycle_stale?: boolean;
  open_accepted?: number;
  unfinished?: number;
  /** But those whose refusal was to be expected, where the view is about one task. */
  failed?: number;
  telemetry_errors?: number;
  dangling?: number;
  stuck?: number;
  dead_sessions?: readonly string[];
  skipped_lines?: number;
  ingest_errors?: number;
  /** Of a task what is retained of it, of everything the ledger. */
  storage_bytes?: number;
  stale_sessions?: number;
  schema_ok?: boolean;
  failed_cycles?: number;
  pane_failures?: number;
}

interface AlertRow {
  type: Alert["type"];
  severity: Alert["severity"];
  views: readonly AlertView[];
  /** What is wrong, in a line for each; none when nothing is. */
  messages(facts: AlertFacts, view: AlertView): string[];
}

const TASK: readonly AlertView[] = ["task_snapshot", "task_view", "task_check"];
const LIVE: readonly AlertView[] = ["task_view", "task_check"];

/** A line when there is more than allowed. */
const above = (found: number | undefined, allowed: number, noun: string): string[] =>
  (found ?? 0) > allowed ? [`${found} ${noun}`] : [];
/** The threshold counts where a view judges; elsewhere anything is told. */
const allowed = (view: AlertView, threshold: number) => (view === "operator" || view === "task_check" ? threshold : 0);

const ALERTS: readonly AlertRow[] = [
  {
    type: "integrity_issue",
    severity: "error",
    views: TASK,
    messages: ({ integrity_issues = [] }) => [...integrity_issues],
  },
  {
    type: "latest_cycle_failed",
    severity: "error",
    views: TASK,
    messages: ({ latest_cycle }) =>
      latest_cycle?.state === "failed" ? [`the newest cycle, #${latest_cycle.id}, failed: ${latest_cycle.error}`] : [],
  },
  {
    type: "notable_pane_pattern",
    severity: "warning",
    views: TASK,
    messages: ({ latest_cycle }) =>
      latest_cycle?.notable_pane_pattern ? [`the terminal shows ${latest_cycle.notable_pane_pattern}`] : [],
  },
  {
    type: "open_accepted_criteria",
    severity: "warning",
    views: [...TASK, "operator", "failures"],
    messages: ({ open_accepted, thresholds }, view) =>
      above(open_accepted, allowed(view, thresholds.max_open_criteria), "accepted criteria are not satisfied"),
  },
  {
    type: "unfinished_commands",
    severity: "warning",
    views: [...TASK, "operator"],
    messages: ({ unfinished, thresholds }, view) =>
      above(unfinished, allowed(view, thresholds.max_unfinished_commands), "commands are unfinished"),
  },
  {
    type: "failed_commands",
    severity: "error",
    views: [...TASK, "operator", "failures"],
    messages: ({ failed }) => above(failed, 0, "commands failed"),
  },
  {
    type: "telemetry_errors",
    severity: "error",
    views: TASK,
    messages: ({ telemetry_errors }) => above(telemetry_errors, 0, "events of severity error"),
  },
  {
    type: "dangling_binding",
    severity: "error",
    views: TASK,
    messages: ({ dangling }) => above(dangling, 0, "sides of the binding are gone"),
  },
  {
    type: "stuck_task",
    severity: "warning",
    views: TASK,
    messages: ({ stuck }) => ((stuck ?? 0) > 0 ? ["nobody has looked at the worker for long"] : []),
  },
  {
    type: "dead_pid_session",
    severity: "error",
    views: TASK,
    messages: ({ dead_sessions = [] }) => dead_sessions.map((name) => `session ${name} is not alive`),
  },
  {
    type: "stale_cycle",
    severity: "warning",
    views: LIVE,
    messages: ({ latest_cycle_stale }) => (latest_cycle_stale ? ["the newest cycle is older than allowed"] : []),
  },
  {
    type: "ingest_skipped_lines",
    severity: "warning",
    views: LIVE,
    messages: ({ skipped_lines }) => above(skipped_lines, 0, "lines of records were skipped"),
  },
  {
    type: "ingest_errors",
    severity: "error",
    views: [...LIVE, "failures"],
    messages: ({ ingest_errors }) => above(ingest_errors, 0, "times records could not be read"),
  },
  {
    type: "storage_bytes",
    severity: "warning",
    views: ["task_check", "operator"],
    messages: ({ storage_bytes, thresholds: { max_storage_bytes } }) =>
      max_storage_bytes === null ? [] : above(storage_bytes, max_storage_bytes, "bytes are kept"),
  },
  {
    type: "stale_sessions",
    severity: "warning",
    views: ["task_check", "operator"],
    messages: ({ stale_sessions }) => above(stale_sessions, 0, "sessions gave no sign of life for long"),
  },
  {
    type: "schema_health",
    severity: "error",
    views: ["operator"],
    messages: ({ schema_ok }) => (schema_ok === false ? ["the ledger's schema is not whole; see `db-doctor`"] : []),
  },
  {
    type: "dead_pid_sessions",
    severity: "error",
    views: ["operator"],
    messages: ({ dead_sessions = [] }) =>
      dead_sessions.length > 0 ? [`${dead_sessions.length} sessions are not alive: ${dead_sessions.join(", ")}`] : [],
  },
  {
    type: "reconcile_drift",
    severity: "error",
    views: ["operator"],
    messages: ({ dangling }) => above(dangling, 0, "sides of live bindings are gone"),
  },
  {
    type: "stale_cycles",
    severity: "warning",
    views: ["operator"],
    messages: ({ stuck }) => above(stuck, 0, "bound tasks had no cycle for long"),
  },
  {
    type: "failed_cycles",
    severity: "error",
    views: ["operator", "failures"],
    messages: ({ failed_cycles }) => above(failed_cycles, 0, "cycles failed"),
  },
  {
    type: "pane_capture_failures",
    severity: "warning",
    views: ["failures"],
    messages: ({ pane_failures }) => above(pane_failures, 0, "terminals could not be looked at"),
  },
];

/** What a view has to warn of, in the order of the table (spec 07 §7.10.5, Alert). Pure. */
export function alertsOf(view: AlertView, facts: AlertFacts): Alert[] {
  return ALERTS.filter(({ views }) => views.includes(view)).flatMap(({ type, severity, messages }) =>
    messages(facts, view).map((message) => ({ type, severity, message })),
  );
}
