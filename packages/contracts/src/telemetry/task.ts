import { z } from "zod";
import { count, taskRef, timestamp } from "../common.ts";
import { cli, operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { telemetryEvent } from "./entities.ts";
import { summary } from "./summary.ts";
import {
  alerts,
  checks,
  commandSummary,
  countMap,
  cycleView,
  ingestView,
  openCriterion,
  storage,
  viewFields,
  viewTask,
} from "./views.ts";

const keyed = { payload_keys: z.array(z.string()), result_keys: z.array(z.string()) };

const commandRow = commandSummary.omit({ task_name: true }).extend({
  ...keyed,
  idempotency_key: z.string(),
  worker_id: z.string().nullable(),
  manager_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  available_at: timestamp.nullable(),
  expires_at: timestamp.nullable(),
  claimed_at: timestamp.nullable(),
  claim_expires_at: timestamp.nullable(),
  max_attempts: count,
  required_permission: z.string().nullable(),
});

/** What telemetry and the records behind it say of one task (spec 07 §7.10.5, Views). */
export const taskView = z.object({
  schema_version: z.literal(1),
  task: viewTask,
  alerts,
  liveness: z.object({
    worker_alive: z.boolean().nullable(),
    manager_alive: z.boolean().nullable(),
    latest_cycle_age_seconds: z.number().nullable(),
    latest_cycle_stale: z.boolean(),
  }),
  cycles: z.object({
    history: z.array(cycleView).describe("newest first"),
    counts_by_state: countMap,
    total: count,
    failed: z.array(cycleView),
    failed_count: count,
    last_successful: cycleView.nullable(),
    pane_capture_failures: z.array(cycleView),
    pane_capture_failure_count: count,
  }),
  decisions: z.object({
    recent: z
      .array(
        z.object({
          id: z.int(),
          task_id: z.string(),
          manager_id: z.string().nullable(),
          manager_cycle_id: z.int().nullable(),
          decision: z.string(),
          reason: z.string(),
          created_at: timestamp,
          payload_keys: z.array(z.string()),
        }),
      )
      .describe("newest first"),
  }),
  commands: z.object({
    recent: z.array(commandRow).describe("by their last change, newest first"),
    counts_by_state: countMap,
    failed_count: count,
    total: count,
  }),
  failed_commands: z.array(commandRow),
  criteria: z.object({
    open: z.array(openCriterion.omit({ task_id: true, task_name: true }).extend({ proof: z.string().nullable() })),
    open_count: count,
    summary: countMap,
    total: count,
  }),
  ingest: ingestView,
  storage,
  telemetry: z.object({
    recent: z.array(telemetryEvent.omit({ correlation: true, attributes: true })),
    summary: summary.output,
  }),
});

const { limit, stale_cycles_seconds, worker_staleness_seconds } = viewFields;
const { max_open_criteria, max_unfinished_commands, max_storage_bytes } = viewFields;

/** `telemetry task TASK`. */
export const task = operation({
  path: "telemetry.task",
  kind: "query",
  summary: "Show what telemetry and records say of one task",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "telemetry",
    action: "task",
    place: 60,
    prints: "text",
    examples: ["telemetry task auth", "telemetry task auth --json --limit 20"],
  },
  input: z.object({
    of: cli(taskRef.optional(), { position: 0, placeholder: "task" }).describe("task id, name or unique id prefix"),
    task: taskRef.optional().describe("the same as a flag"),
    limit,
    stale_cycles_seconds,
  }),
  output: taskView,
});

/** `telemetry check --task TASK`. */
export const checkTask = operation({
  path: "telemetry.checkTask",
  kind: "query",
  summary: "Say whether one task is healthy",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "telemetry",
    action: "check",
    select: "task",
    place: 71,
    prints: "text",
    examples: ["telemetry check --task auth"],
  },
  input: z.object({
    task: taskRef,
    limit,
    max_open_criteria,
    max_unfinished_commands,
    max_storage_bytes,
    stale_cycles_seconds,
    worker_staleness_seconds,
  }),
  output: taskView.extend({ checks }),
});
