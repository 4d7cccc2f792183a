import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type FastTx, viewRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveRun, resolveTask } from "../shared/references.ts";
import { alertsOf } from "./views/alerts.ts";
import { cyclesPart, reconcilePart, sessionsPart, tasksPart } from "./views/operator.ts";
import {
  commandSummaryOf,
  criteriaPart,
  cycleViewOf,
  ingestPart,
  storagePart,
  thresholdsOf,
  windowOf,
} from "./views/parts.ts";

/** What failed (spec 07 §7.10.5, Views). Throws `not_found`, `ambiguous`, and `conflict` for a run of another task. */
export async function failures(ctx: Ctx, input: Input<"telemetry.failures">): Promise<Output<"telemetry.failures">> {
  const now = ctx.host.clock.now();
  const { limit, active_only } = input;
  const window = input.window === undefined ? null : windowOf(input.window, now);
  const named = await ctx.store.peek((tx) => scopeNamed(tx, input));
  const thresholds = thresholdsOf(input);
  const reconcile = await reconcilePart(ctx, input.stale_cycles_seconds);
  const is_narrowed = named.task_id !== undefined || window !== null || active_only;
  const { worker_staleness_seconds } = thresholds;
  return ctx.store.peek((tx) => {
    const lasting = { ...named, active_only };
    const scope = { ...lasting, ...(window !== null && { since: window.start, until: window.end }) };
    const cycles = cyclesPart(tx, scope, { limit, stale: is_narrowed ? [] : reconcile.stuck_tasks });
    const by_state = viewRows.countRows(tx, "commands", "state", scope);
    const failed_count = viewRows.commandTotal(tx, scope, ["failed"]);
    const failed = viewRows.commandsInScope(tx, scope, { states: ["failed"], by: "updated", limit });
    const pane_failures = viewRows.countCycles(tx, scope, "pane_capture_failed");
    const open_criteria = criteriaPart(tx, lasting, limit);
    const ingest = ingestPart(tx, scope, limit);
    const alerts = alertsOf("failures", {
      thresholds,
      open_accepted: open_criteria.open_accepted_count,
      failed: failed_count,
      ingest_errors: ingest.error_count,
      failed_cycles: cycles.recent_failed_count,
      pane_failures,
    });
    return {
      schema_version: 1,
      filters: { task_id: named.task_id ?? null, run_id: named.run_id ?? null, active_only, window },
      alerts,
      failed_cycles: cycles.recent_failed,
      failed_commands: failed.map(commandSummaryOf),
      pane_capture_failures: viewRows
        .cyclesInScope(tx, scope, "pane_capture_failed", limit)
        .map((row) => cycleViewOf(row, { named: true })),
      ingest,
      open_criteria,
      operator: {
        checks: { ok: alerts.length === 0, thresholds },
        commands: {
          counts_by_state: by_state,
          failed_count,
          recent: viewRows.commandsInScope(tx, scope, { states: null, by: "updated", limit }).map(commandSummaryOf),
          total: Object.values(by_state).reduce((sum, n) => sum + n, 0),
        },
        cycles,
        sessions: sessionsPart(tx, reconcile.dead_pid_sessions, { limit, worker_staleness_seconds, now }),
        tasks: tasksPart(tx, limit),
      },
      storage: storagePart(tx, named.task_id),
    };
  });
}

/** The task and the run that are meant; a run says which task it is of. */
export function scopeNamed(
  tx: FastTx,
  input: { task?: string | undefined; run?: string | undefined },
): { task_id?: string; run_id?: string } {
  const task = input.task === undefined ? undefined : resolveTask(tx, input.task);
  if (input.run === undefined) return task === undefined ? {} : { task_id: task.id };
  const run = resolveRun(tx, input.run);
  if (task !== undefined && run.task_id !== task.id) {
    throw new ConveyorError(
      "not_found",
      `run ${JSON.stringify(run.name)} is not one of task ${JSON.stringify(task.name)}`,
      {
        hint: "leave out --task, or name a run of it",
        details: { kind: "run", reference: input.run, task: task.name },
      },
    );
  }
  return { task_id: run.task_id, run_id: run.id };
}
