import { z } from "zod";
import { count, jsonObject, taskRef, timestamp } from "../common.ts";
import { content } from "../content.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { telemetryEvent } from "./entities.ts";
import { summary } from "./summary.ts";
import {
  alerts,
  checks,
  commandSummary,
  countMap,
  cycleView,
  openCriterion,
  reconcileView,
  sessionSnapshot,
  viewFields,
  viewTask,
} from "./views.ts";

const { limit, max_open_criteria, max_unfinished_commands, max_storage_bytes, active_only } = viewFields;
const { stale_cycles_seconds, worker_staleness_seconds } = viewFields;
export const operatorFields = {
  limit,
  active_only,
  max_open_criteria,
  max_unfinished_commands,
  max_storage_bytes,
  stale_cycles_seconds,
  worker_staleness_seconds,
};

const activeSession = sessionSnapshot.omit({ alive: true });

/** Everything at a glance, of all tasks (spec 07 §7.10.5, Views). */
export const operatorSnapshot = z.object({
  alerts,
  checks,
  commands: z.object({
    unfinished_count: count,
    failed_count: count,
    recent_unfinished: z.array(commandSummary),
    recent_failed: z.array(commandSummary),
  }),
  criteria: z.object({ by_status: countMap, open_accepted: z.array(openCriterion), open_accepted_count: count }),
  cycles: z.object({
    recent_failed: z.array(cycleView),
    recent_failed_count: count,
    stale: z.array(reconcileView.shape.stuck_tasks.element),
    stale_count: count,
  }),
  reconcile: reconcileView,
  sessions: z.object({
    active: z.array(activeSession),
    active_count: count,
    stale: z.array(activeSession),
    stale_count: count,
    dead_pid_sessions: reconcileView.shape.dead_pid_sessions,
    dead_pid_count: count,
  }),
  storage: z.object({ database_bytes: count, total_bytes: count }),
  tasks: z.object({ active: z.array(viewTask.omit({ goal: true })), active_count: count }),
});

/** `telemetry snapshot` (spec 07 §7.10.5, Views). */
export const snapshot = operation({
  path: "telemetry.snapshot",
  kind: "query",
  summary: "Show how everything stands, with what is wrong first",
  ledger: "read",
  refuses: RUNS_PROGRAMS,
  cli: {
    command: "telemetry",
    action: "snapshot",
    place: 50,
    prints: "json",
    examples: ["telemetry snapshot --limit 10", "telemetry snapshot --active-only"],
  },
  input: z.object(operatorFields),
  output: operatorSnapshot,
});

/** A command in full, without the words in it. */
const commandDetail = commandSummary
  .pick({ id: true, task_id: true, type: true, state: true, created_at: true, updated_at: true, error: true })
  .extend({
    worker_id: z.string().nullable(),
    manager_id: z.string().nullable(),
    payload: content(jsonObject.nullable(), "carried"),
    result: content(jsonObject.nullable(), "record"),
  });

/** `telemetry snapshot --task TASK`: the contract of dashboards. */
export const snapshotTask = operation({
  path: "telemetry.snapshotTask",
  kind: "query",
  summary: "Show how one task stands, with what is wrong first",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "telemetry",
    action: "snapshot",
    select: "task",
    place: 51,
    prints: "json",
    examples: ["telemetry snapshot --task auth --limit 20"],
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
  output: z.object({
    task: viewTask.extend({ integrity: z.object({ ok: z.boolean(), issues: z.array(z.string()) }) }),
    binding: z
      .object({
        id: z.string(),
        task_id: z.string(),
        worker_session_id: z.string().nullable(),
        worker_session_name: z.string().nullable(),
        manager_session_id: z.string().nullable(),
        manager_session_name: z.string().nullable(),
        state: z.string(),
        created_at: timestamp,
      })
      .nullable(),
    worker: sessionSnapshot.nullable(),
    manager: sessionSnapshot.nullable(),
    run: z
      .object({
        id: z.string(),
        name: z.string(),
        purpose: z.string().nullable(),
        status: z.string(),
        started_at: timestamp,
        metadata: content(jsonObject, "record"),
      })
      .nullable()
      .describe("the active run"),
    latest_cycle: cycleView.nullable(),
    criteria: z.object({ summary: countMap, open_accepted: z.array(openCriterion), open_blocker_count: count }),
    commands: z.object({ recent: z.array(commandDetail), failed_count: count, unfinished_count: count }),
    diagnostics: z.object({
      dangling_bindings: reconcileView.shape.dangling_bindings,
      dead_pid_sessions: z.array(z.object({ name: z.string(), role: z.string(), pid: z.int().nullable() })),
      stuck_tasks: reconcileView.shape.stuck_tasks,
      schema_ok: z.boolean(),
    }),
    telemetry: z.object({
      recent: z.array(telemetryEvent).describe("the newest, in the order of the ledger"),
      summary: summary.output,
    }),
    alerts,
  }),
});
