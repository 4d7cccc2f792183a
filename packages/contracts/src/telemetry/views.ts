import { z } from "zod";
import { longSeconds, rowCount, timeWindow } from "../bounds.ts";
import { count, jsonObject, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { cli } from "../operation.ts";
import { check } from "../system/entities.ts";
import { danglingBinding, deadSession, stuckTask } from "../system/reconcile.ts";
import { telemetryEvent } from "./entities.ts";

/** What the views of telemetry are put together of (spec 07 §7.10.5, Shared building blocks). No content is in any. */
export const countMap = z.record(z.string(), z.int());

const ALERT_TYPES = [
  "integrity_issue",
  "latest_cycle_failed",
  "notable_pane_pattern",
  "open_accepted_criteria",
  "unfinished_commands",
  "failed_commands",
  "telemetry_errors",
  "dangling_binding",
  "stuck_task",
  "dead_pid_session",
  "stale_cycle",
  "ingest_skipped_lines",
  "ingest_errors",
  "storage_bytes",
  "stale_sessions",
  "schema_health",
  "dead_pid_sessions",
  "reconcile_drift",
  "stale_cycles",
  "failed_cycles",
  "pane_capture_failures",
] as const;

export const alert = z.object({
  type: z.enum(ALERT_TYPES),
  severity: z.enum(["warning", "error"]),
  message: z.string(),
});
export type Alert = z.infer<typeof alert>;
export const alerts = z.array(alert);

/** What is worth an alert. */
export const thresholds = z.object({
  max_open_criteria: count,
  max_storage_bytes: count.nullable(),
  max_unfinished_commands: count,
  stale_cycle_seconds: z.number(),
  worker_staleness_seconds: z.number(),
});
export type Thresholds = z.infer<typeof thresholds>;
export const checks = z.object({ ok: z.boolean(), thresholds });

/** A cycle; of its status only what says how it went. */
export const cycleView = z.object({
  id: z.int(),
  task_id: z.string(),
  task_name: z.string().optional().describe("where cycles of several tasks are listed"),
  started_at: timestamp,
  completed_at: timestamp.nullable(),
  state: z.string(),
  status: content(jsonObject, "record").describe(
    "facts of the look: state, who is alive, what was read, what the pane shows",
  ),
  health: content(jsonObject, "record").describe("verdict on the agent, of ledgers of before"),
  decision: z.string().nullable(),
  error: z.string().nullable(),
  notable_pane_pattern: z.string().nullable(),
});
export type CycleView = z.infer<typeof cycleView>;

export const commandSummary = z.object({
  id: z.string(),
  task_id: z.string().nullable(),
  task_name: z.string().nullable(),
  type: z.string(),
  state: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
  claimed_by: z.string().nullable(),
  attempts: count,
  error: z.string().nullable(),
});
export type CommandSummary = z.infer<typeof commandSummary>;

export const sessionSnapshot = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  state: z.string(),
  pid: z.int().nullable(),
  tmux_session: z.string().nullable(),
  tmux_pane_id: z.string().nullable(),
  cwd: z.string().nullable(),
  registered_at: timestamp.nullable(),
  last_heartbeat_at: timestamp.nullable(),
  heartbeat_age_seconds: z.number().nullable(),
  alive: z.boolean().nullable().describe("whether its process or terminal is there; null when nothing tells"),
});
export type SessionSnapshot = z.infer<typeof sessionSnapshot>;

const kept = z.object({ count, bytes: count });
/** Rows that still have their content, and how much of it. */
export const storage = z.object({
  database_file: count.describe("bytes of the ledger"),
  terminal_captures: kept,
  transcript_captures: kept,
  transcript_segments: kept,
  total_retained: count.describe("bytes of content"),
});
export type Storage = z.infer<typeof storage>;

export const openCriterion = z.object({
  id: z.int(),
  task_id: z.string(),
  task_name: z.string(),
  status: z.string(),
  source: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
});
export type OpenCriterion = z.infer<typeof openCriterion>;

export const viewTask = z.object({
  id: z.string(),
  name: z.string(),
  goal: z.string(),
  summary: z.string().nullable(),
  state: z.string(),
  created_at: timestamp,
  updated_at: timestamp,
});

/** What the machine and the ledger disagree about. */
export const reconcileView = z.object({
  dead_pid_sessions: z.array(deadSession),
  dangling_bindings: z.array(danglingBinding),
  stuck_tasks: z.array(stuckTask),
  schema_health: z.object({ ok: z.boolean(), checks: z.array(check) }),
});

const ingestEvent = telemetryEvent.omit({ actor: true, correlation: true, attributes: true }).extend({
  attributes: content(jsonObject, "record").describe("new_events, skipped_lines, error and reason"),
});

/** What reading records of agents came to. */
export const ingestView = z.object({
  new_events: count,
  skipped_lines: count,
  recent_skipped: z.array(ingestEvent),
  recent_errors: z.array(ingestEvent),
  cycle_errors: z.array(cycleView),
  error_count: count,
});
export type IngestView = z.infer<typeof ingestView>;

export const windowView = z.object({ label: z.string(), seconds: z.int(), start: timestamp, end: timestamp });
export type WindowView = z.infer<typeof windowView>;

/** Flags of the views; each view takes those that it uses. */
export const viewFields = {
  limit: rowCount.default(100).describe("at most this many rows in each list"),
  window: timeWindow.optional().describe("only what is of this time until now, for instance 24h"),
  active_only: z.boolean().default(false).describe("only tasks that are open"),
  max_open_criteria: rowCount.default(0).describe("so many accepted criteria may be open"),
  max_unfinished_commands: rowCount.default(0).describe("so many commands may be unfinished"),
  max_storage_bytes: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("so many bytes may be kept; default: any number"),
  stale_cycles_seconds: cli(longSeconds, { aliases: ["stale-cycle-seconds"] })
    .default(3600)
    .describe("a bound task without a finished cycle for this long is stuck"),
  worker_staleness_seconds: longSeconds
    .default(3600)
    .describe("a session whose last sign of life is older than this is stale"),
};
