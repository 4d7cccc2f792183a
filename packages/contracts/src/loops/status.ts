import { z } from "zod";
import { reference } from "../bounds.ts";
import { count, taskArgument, taskRefObject, timestamp } from "../common.ts";
import { operation } from "../operation.ts";
import { BY_NAME, LOOP_RUN } from "../refusals.ts";
import { taskState } from "../tasks/entities.ts";
import { evidenceStanding, loopState, runStatus } from "./entities.ts";

const byState = z.record(z.string(), count);

/** What to do next in a loop. */
export const loopNextAction = z.enum([
  "resolve_failures",
  "worker_consume",
  "record_evidence",
  "fix_evidence",
  "enqueue_next",
  "close_loop",
  "await_worker",
]);

/** `loop-status` (spec 05 §5.8). */
export const status = operation({
  path: "loops.status",
  kind: "query",
  summary: "Show how a loop stands, what its gate would say, and what to do next",
  ledger: "read",
  refuses: [...BY_NAME, ...LOOP_RUN],
  cli: {
    command: "loop-status",
    place: 180,
    prints: "text",
    examples: ["loop-status auth", "loop-status auth --run nightly --json"],
  },
  input: z.object({
    task: taskArgument,
    run: reference.optional().describe("id or name of the loop's run; default: the newest open loop of the task"),
  }),
  output: z.object({
    task: taskRefObject.extend({ state: taskState }),
    run: z.object({ id: z.string(), name: z.string(), status: runStatus }),
    loop_state: loopState,
    policy: z.object({
      template: z.string().nullable(),
      current_iteration: count,
      max_iterations: count,
      cleanup_policy: z.string().nullable(),
      required_before_continue: z.array(z.string()),
    }),
    rules: z.object({
      budgets: z.object({
        max_runtime_minutes: count.nullable(),
        max_blocked_attempts: count.nullable(),
        no_progress_iterations: count.nullable(),
      }),
      freshness: z.record(
        z.string(),
        z.object({ max_age_minutes: count.nullable(), must_match: z.record(z.string(), z.string()) }),
      ),
    }),
    gate: z.object({
      next_iteration: count,
      can_continue: z.boolean(),
      reason: z.string().nullable(),
      missing_evidence: z.array(z.string()),
      satisfied_evidence: z.array(z.string()),
      rejected_evidence: z.array(z.string()),
      evidence: z.array(evidenceStanding),
      merge_gate: z
        .enum(["on", "off"])
        .nullable()
        .describe("whether the loop guards merging; null: it asks for no decision of the manager"),
      conflicts: z.object({ retry_count: count, max_retries: count, state: z.enum(["open", "blocked"]) }),
    }),
    commands: z.object({ total: count, states: byState }),
    blocked: z.object({
      total: count,
      latest: z
        .object({
          command_id: z.string(),
          correlation_id: z.string().nullable(),
          reason: z.string().nullable(),
          missing_evidence: z.array(z.string()),
          at: timestamp,
        })
        .nullable(),
    }),
    notifications: z.object({ total: count, delivered: count }),
    inbox: z.object({
      worker_unconsumed: count,
      consumed_unacknowledged: count.describe("taken by the worker and not answered"),
    }),
    evidence: z.object({ total: count, types: z.array(z.string()) }),
    telemetry: z.object({ total: count, by_event_type: byState, dispatch_inbox_consumed: count }),
    failures: z.object({
      failed_commands: count,
      failed_cycles: count,
      pane_capture_failures: count,
      ingest_errors: count,
      open_accepted_criteria: count,
      resolved_failed_commands: count.describe("failed ones whose iteration was delivered later; no alert"),
      alerts: count.describe("how many of the first five are above zero"),
    }),
    app_task_dispatch: z.object({
      commands: z.object({ total: count, states: byState }),
      notifications: z.object({ total: count, states: byState, delivered_unconsumed: count }),
      telemetry: z.object({
        total: count,
        by_event_type: byState,
        command_created: count,
        dispatch_inbox_consumed: count,
      }),
      latest_event_at: timestamp.nullable(),
      records_total: count,
      note: z.string().nullable(),
    }),
    recommendation: z.enum(["inspect_failures", "worker_should_consume_inbox", "ready_for_manager_review"]),
    next_action: z
      .object({ code: loopNextAction, command: z.string() })
      .nullable()
      .describe("null when the loop is closed and nothing is left to do"),
  }),
});
