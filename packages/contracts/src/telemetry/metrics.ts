import { z } from "zod";
import { reference, timeWindow } from "../bounds.ts";
import { count, taskRef, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { countMap, storage, windowView } from "./views.ts";

/** How long something took, over all of the window or the newest 10000 of it; milliseconds, null when nothing did. */
const spread = z.object({
  count,
  p50_ms: z.number().nullable(),
  p90_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  max_ms: z.number().nullable(),
});
export type Spread = z.infer<typeof spread>;

const group = z.object({
  key: z.string().describe("the hour or day in UTC, the name of the task, or the dispatcher"),
  telemetry_events: count,
  errors: count,
  commands: count,
  failed_commands: count,
  cycles: count,
  failed_cycles: count,
});

/** `telemetry metrics` (spec 07 §7.10.5, §7.13 item 6). */
export const metrics = operation({
  path: "telemetry.metrics",
  kind: "query",
  summary: "Count and time what happened in a window, and measure what is there now",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "telemetry",
    action: "metrics",
    place: 90,
    prints: "text",
    notes: "Counters are of the window, gauges of now. Percentiles are of the newest 10000 of each kind.",
    examples: [
      "telemetry metrics --window 7d --json",
      "telemetry metrics --group-by hour --format csv",
      "telemetry metrics --format prometheus",
    ],
  },
  input: z.object({
    task: taskRef.optional().describe("only of this task"),
    run: reference.optional().describe("only of this run: its id, name or unique id prefix"),
    window: timeWindow.default("24h").describe("only what is of this time until now"),
    group_by: z.enum(["hour", "day", "task", "dispatcher"]).optional().describe("also count by this"),
    format: z
      .enum(["text", "csv", "prometheus"])
      .default("text")
      .describe("how text is printed; --json is not affected"),
  }),
  output: z.object({
    schema_version: z.literal(1),
    generated_at: timestamp,
    window: windowView,
    filters: z.object({ task_id: z.string().nullable(), run_id: z.string().nullable() }),
    counters: z.object({
      telemetry_events: z.object({
        total: count,
        by_actor: countMap,
        by_event_type: countMap,
        by_severity: countMap,
        by_actor_event_type_severity: z.record(z.string(), z.record(z.string(), countMap)),
      }),
      cycles: z.object({ started: count, succeeded: count, failed: count, total: count }),
      ingest: z.object({ new_events: count, skipped_lines: count }),
      pane_capture: z.object({ succeeded: count, failed: count, unknown: count }),
      exports: z.object({ total: count }),
    }),
    rollups: z.object({
      commands_by_type: z.record(z.string(), countMap),
      command_attempts_by_type: z.record(z.string(), countMap),
      cycle_success_rate: z.number().nullable(),
    }),
    latencies: z.object({
      created_to_delivered: spread,
      delivered_to_consumed: spread,
      consumed_to_acknowledged: spread,
      cycle_phases: z.record(z.string(), spread),
    }),
    groups: z.array(group).optional().describe("with --group-by, in order of their key; at most 1000"),
    gauges: z.object({
      active_tasks: count,
      active_sessions: z.object({ total: count, by_role: countMap }),
      criteria: z.object({ by_status: countMap, open: count, total: count }),
      reconcile: z.object({
        dead_pid_sessions: count,
        dangling_bindings: count,
        stuck_tasks: count,
        total_drift: count,
      }),
      storage_bytes: z.object({
        database_file: storage.shape.database_file,
        terminal_captures: count,
        transcript_captures: count,
        transcript_segments: count,
        total_retained: storage.shape.total_retained,
      }),
    }),
  }),
});
