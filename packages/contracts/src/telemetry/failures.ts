import { z } from "zod";
import { reference } from "../bounds.ts";
import { count, taskRef } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, RUNS_PROGRAMS } from "../refusals.ts";
import { operatorSnapshot } from "./snapshot.ts";
import {
  alerts,
  checks,
  commandSummary,
  countMap,
  cycleView,
  ingestView,
  storage,
  viewFields,
  windowView,
} from "./views.ts";

/** `telemetry failures` (spec 07 §7.10.5, Views). */
export const failures = operation({
  path: "telemetry.failures",
  kind: "query",
  summary: "Show what failed: cycles, commands, looks at terminals, reading of records",
  ledger: "read",
  refuses: [...BY_NAME, ...RUNS_PROGRAMS],
  cli: {
    command: "telemetry",
    action: "failures",
    place: 80,
    prints: "text",
    examples: ["telemetry failures --window 24h", "telemetry failures --task auth --json"],
  },
  input: z.object({
    task: taskRef.optional().describe("only of this task"),
    run: reference.optional().describe("only of this run: its id, name or unique id prefix"),
    active_only: viewFields.active_only,
    window: viewFields.window,
    limit: viewFields.limit,
    stale_cycles_seconds: viewFields.stale_cycles_seconds,
  }),
  output: z.object({
    schema_version: z.literal(1),
    filters: z.object({
      task_id: z.string().nullable(),
      run_id: z.string().nullable(),
      active_only: z.boolean(),
      window: windowView.nullable(),
    }),
    alerts,
    failed_cycles: z.array(cycleView),
    failed_commands: z.array(commandSummary),
    pane_capture_failures: z.array(cycleView),
    ingest: ingestView,
    open_criteria: operatorSnapshot.shape.criteria,
    operator: z.object({
      checks,
      commands: z.object({
        counts_by_state: countMap,
        failed_count: count,
        recent: z.array(commandSummary),
        total: count,
      }),
      cycles: operatorSnapshot.shape.cycles,
      sessions: operatorSnapshot.shape.sessions,
      tasks: operatorSnapshot.shape.tasks,
    }),
    storage,
  }),
});
