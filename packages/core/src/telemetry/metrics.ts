import type { Input, Output, Spread } from "@conveyor/contracts";
import { type FastTx, telemetryRows, viewRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { scopeNamed } from "./failures.ts";
import { reconcilePart } from "./views/operator.ts";
import { storagePart, windowOf } from "./views/parts.ts";

type Metrics = Output<"telemetry.metrics">;

/** A bound task without a finished cycle for this long is stuck, in seconds. */
const STUCK_SECONDS = 3600;
/** Percentiles are of at most so many of the newest. */
const MOST_TIMES = 10_000;
const MOST_GROUPS = 1000;

/**
 * What happened in a window, counted and timed, and what is there now (spec 07 §7.10.5, §7.13 item 6). Throws `not_found`,
 * `ambiguous`, and `not_found` for a run of another task.
 */
export async function metrics(ctx: Ctx, input: Input<"telemetry.metrics">): Promise<Metrics> {
  const now = ctx.host.clock.now();
  const window = windowOf(input.window, now);
  const named = await ctx.store.peek((tx) => scopeNamed(tx, input));
  const reconcile = await reconcilePart(ctx, STUCK_SECONDS);
  const ofTask = (row: { task_name: string }, name: string | undefined) => name === undefined || row.task_name === name;
  return ctx.store.peek((tx) => {
    const scope = { ...named, since: window.start, until: window.end };
    const task = named.task_id === undefined ? undefined : viewRows.taskForView(tx, named.task_id);
    const name = task?.["name"] as string | undefined;
    const drift = {
      dead_pid_sessions: reconcile.dead_pid_sessions.length,
      dangling_bindings: reconcile.dangling_bindings.filter((row) => ofTask(row, name)).length,
      stuck_tasks: reconcile.stuck_tasks.filter((row) => ofTask(row, name)).length,
    };
    const { group_by } = input;
    const cycles = viewRows.countRows(tx, "manager_cycles", "state", scope);
    return {
      schema_version: 1,
      generated_at: window.end,
      window,
      filters: { task_id: named.task_id ?? null, run_id: named.run_id ?? null },
      counters: countersOf(tx, scope, cycles),
      rollups: {
        commands_by_type: nested(viewRows.countByTypeAndState(tx, "commands", scope)),
        command_attempts_by_type: nested(viewRows.countByTypeAndState(tx, "command_attempts", scope)),
        cycle_success_rate: successRate(cycles),
      },
      latencies: latenciesIn(tx, scope),
      ...(group_by !== undefined && { groups: viewRows.metricsGroups(tx, group_by, scope, MOST_GROUPS) }),
      gauges: gaugesOf(tx, named, drift),
    };
  });
}

function countersOf(tx: FastTx, scope: viewRows.ViewScope, cycles: Record<string, number>): Metrics["counters"] {
  const groups = telemetryRows.groupTelemetry(tx, scope, null);
  const events: Metrics["counters"]["telemetry_events"] = {
    total: 0,
    by_actor: {},
    by_event_type: {},
    by_severity: {},
    by_actor_event_type_severity: {},
  };
  const add = (counts: Record<string, number>, key: string, n: number) => {
    counts[key] = (counts[key] ?? 0) + n;
  };
  for (const { actor, event_type, severity, amount } of groups) {
    events.total += amount;
    add(events.by_actor, actor, amount);
    add(events.by_event_type, event_type, amount);
    add(events.by_severity, severity, amount);
    const ofActor = (events.by_actor_event_type_severity[actor] ??= {});
    add((ofActor[event_type] ??= {}), severity, amount);
  }
  const exported = Object.entries(events.by_event_type).filter(([type]) => /^export_|_exported$/.test(type));
  const { started = 0, succeeded = 0, failed = 0 } = cycles;
  return {
    telemetry_events: events,
    cycles: { started, succeeded, failed, total: started + succeeded + failed },
    ingest: viewRows.ingestTotals(tx, scope),
    pane_capture: viewRows.paneCaptureCounts(tx, scope),
    exports: { total: exported.reduce((sum, [, n]) => sum + n, 0) },
  };
}

function successRate({ succeeded = 0, failed = 0 }: Record<string, number>): number | null {
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed);
}

function nested(rows: readonly { type: string; state: string; n: number }[]): Record<string, Record<string, number>> {
  const types: Record<string, Record<string, number>> = {};
  for (const { type, state, n } of rows) (types[type] ??= {})[state] = n;
  return types;
}

function latenciesIn(tx: FastTx, scope: viewRows.ViewScope): Metrics["latencies"] {
  const step = (name: viewRows.LatencyStep) => spreadOf(viewRows.messageTimes(tx, name, scope, MOST_TIMES));
  const phases = [...viewRows.phaseTimes(tx, scope, MOST_TIMES)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    created_to_delivered: step("created_to_delivered"),
    delivered_to_consumed: step("delivered_to_consumed"),
    consumed_to_acknowledged: step("consumed_to_acknowledged"),
    cycle_phases: Object.fromEntries(phases.map(([phase, times]) => [phase, spreadOf(times)])),
  };
}

/** Percentiles of times in milliseconds: each the least time that so many of a hundred do not exceed. Pure. */
export function spreadOf(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 10) / 10;
  };
  return { count: sorted.length, p50_ms: at(0.5), p90_ms: at(0.9), p99_ms: at(0.99), max_ms: at(1) };
}

type Drift = Omit<Metrics["gauges"]["reconcile"], "total_drift">;

function gaugesOf(tx: FastTx, named: viewRows.ViewScope, drift: Drift): Metrics["gauges"] {
  const by_status = viewRows.countRows(tx, "acceptance_criteria", "status", named);
  const by_role = viewRows.activeSessionsByRole(tx);
  const kept = storagePart(tx, named.task_id);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, n) => total + n, 0);
  return {
    active_tasks: viewRows.openTasks(tx, 0).total,
    active_sessions: { total: sum(by_role), by_role },
    criteria: {
      by_status,
      open: (by_status["proposed"] ?? 0) + (by_status["accepted"] ?? 0),
      total: sum(by_status),
    },
    reconcile: { ...drift, total_drift: drift.dead_pid_sessions + drift.dangling_bindings + drift.stuck_tasks },
    storage_bytes: {
      database_file: kept.database_file,
      terminal_captures: kept.terminal_captures.bytes,
      transcript_captures: kept.transcript_captures.bytes,
      transcript_segments: kept.transcript_segments.bytes,
      total_retained: kept.total_retained,
    },
  };
}
