import type { Input, Output } from "@conveyor/contracts";
import { telemetryRows, viewRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { redact, redactAs } from "../shared/redaction.ts";
import { telemetryEventOf } from "./filter.ts";
import { telemetrySummary } from "./summary.ts";
import { alertsOf } from "./views/alerts.ts";
import { commandsPart, cyclesPart, reconcilePart, sessionsPart, tasksPart } from "./views/operator.ts";
import { criteriaPart, thresholdsOf } from "./views/parts.ts";
import { taskFacts } from "./views/task-facts.ts";

type Snapshot = Output<"telemetry.snapshot">;
type TaskSnapshot = Output<"telemetry.snapshotTask">;

/** How everything stands, with what is wrong (spec 07 §7.10.5, Views). Asks the machine which processes live. */
export async function snapshot(ctx: Ctx, input: Input<"telemetry.snapshot">): Promise<Snapshot> {
  const { limit, active_only } = input;
  const thresholds = thresholdsOf(input);
  const reconcile = await reconcilePart(ctx, input.stale_cycles_seconds);
  const now = ctx.host.clock.now();
  const { worker_staleness_seconds } = thresholds;
  const parts = await ctx.store.peek((tx) => {
    const scope = { active_only };
    const database_bytes = viewRows.ledgerBytes(tx);
    return {
      commands: commandsPart(tx, scope, limit),
      criteria: criteriaPart(tx, scope, limit),
      cycles: cyclesPart(tx, scope, { limit, stale: reconcile.stuck_tasks }),
      sessions: sessionsPart(tx, reconcile.dead_pid_sessions, { limit, worker_staleness_seconds, now }),
      storage: { database_bytes, total_bytes: database_bytes },
      tasks: tasksPart(tx, limit),
    };
  });
  const alerts = alertsOf("operator", {
    thresholds,
    open_accepted: parts.criteria.open_accepted_count,
    unfinished: parts.commands.unfinished_count,
    failed: parts.commands.failed_count,
    dangling: reconcile.dangling_bindings.length,
    stuck: reconcile.stuck_tasks.length,
    dead_sessions: reconcile.dead_pid_sessions.map(({ name }) => name),
    storage_bytes: parts.storage.database_bytes,
    stale_sessions: parts.sessions.stale_count,
    schema_ok: reconcile.schema_health.ok,
    failed_cycles: parts.cycles.recent_failed_count,
  });
  return { alerts, checks: { ok: alerts.length === 0, thresholds }, reconcile, ...parts };
}

/** How one task stands (spec 07 §7.10.5, Views). Throws `not_found`, `ambiguous`. */
export async function snapshotTask(ctx: Ctx, input: Input<"telemetry.snapshotTask">): Promise<TaskSnapshot> {
  const facts = await taskFacts(ctx, input.task, input);
  const { limit } = input;
  const scope = { task_id: facts.task.id };
  const parts = await ctx.store.peek((tx) => {
    const { by_status, ...open } = criteriaPart(tx, scope, limit);
    return {
      run: (viewRows.runForView(tx, scope.task_id) ?? null) as TaskSnapshot["run"],
      criteria: {
        summary: by_status,
        open_accepted: open.open_accepted,
        open_blocker_count: open.open_accepted_count,
      },
      commands: {
        recent: viewRows.commandsInScope(tx, scope, { states: null, by: "created", limit }).map(commandDetail),
        failed_count: viewRows.commandTotal(tx, scope, ["failed"]),
        unfinished_count: viewRows.commandTotal(tx, scope, ["pending", "attempted"]),
      },
      telemetry: {
        recent: telemetryRows.matchingEvents(tx, scope, { from: "newest", limit }).reverse().map(telemetryEventOf),
        summary: telemetrySummary(tx, scope, null),
      },
      failed: viewRows.unexpectedFailures(tx, scope.task_id),
      telemetry_errors: viewRows.telemetryErrors(tx, scope.task_id),
    };
  });
  const { failed, telemetry_errors, ...shown } = parts;
  return {
    task: {
      ...(facts.task as unknown as TaskSnapshot["task"]),
      integrity: { ok: facts.integrity_issues.length === 0, issues: facts.integrity_issues },
    },
    binding: facts.binding === null ? null : bindingOf(facts.binding),
    worker: facts.worker,
    manager: facts.manager,
    latest_cycle: facts.latest_cycle,
    ...shown,
    diagnostics: {
      dangling_bindings: facts.dangling,
      dead_pid_sessions: facts.dead.map(({ name, role, pid }) => ({ name, role, pid })),
      stuck_tasks: facts.stuck,
      schema_ok: facts.schema_ok,
    },
    alerts: alertsOf("task_snapshot", {
      thresholds: thresholdsOf(input),
      integrity_issues: facts.integrity_issues,
      latest_cycle: facts.latest_cycle,
      open_accepted: shown.criteria.open_blocker_count,
      unfinished: shown.commands.unfinished_count,
      failed,
      telemetry_errors,
      dangling: facts.dangling.length,
      stuck: facts.stuck.length,
      dead_sessions: facts.dead.map(({ name }) => name),
    }),
  };
}

function bindingOf(row: viewRows.ViewRow): NonNullable<TaskSnapshot["binding"]> {
  const { id, task_id, worker_session_id, worker_session_name } = row;
  const { manager_session_id, manager_session_name, state, created_at } = row;
  const shown = { id, task_id, worker_session_id, worker_session_name };
  return { ...shown, manager_session_id, manager_session_name, state, created_at } as NonNullable<
    TaskSnapshot["binding"]
  >;
}

function commandDetail(row: viewRows.ViewRow): TaskSnapshot["commands"]["recent"][number] {
  const { id, type, state, created_at, updated_at, task_id, worker_id, manager_id, error, payload, result } = row;
  const shown = { id, type, state, created_at, updated_at, task_id, worker_id, manager_id, error };
  return { ...shown, payload: redactAs("carried", payload), result: redact(result) } as ReturnType<
    typeof commandDetail
  >;
}
