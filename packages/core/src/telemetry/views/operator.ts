import type { Output, SessionSnapshot } from "@conveyor/contracts";
import { type FastTx, schemaChecks, viewRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { type Drift, findDrift } from "../../system/drift.ts";
import { commandSummaryOf, cycleViewOf, secondsSince } from "./parts.ts";

type Snapshot = Output<"telemetry.snapshot">;
type Reconcile = Snapshot["reconcile"];

/** What the machine and the ledger disagree about, and whether the schema is whole. */
export async function reconcilePart(ctx: Ctx, stale_cycles_seconds: number): Promise<Reconcile> {
  const drift = await findDrift(ctx, stale_cycles_seconds);
  const checks = schemaChecks(ctx.store.handle);
  return {
    dead_pid_sessions: drift.dead.map(deadSession),
    dangling_bindings: drift.dangling,
    stuck_tasks: drift.stuck,
    schema_health: { ok: checks.every(({ ok }) => ok), checks },
  };
}

function deadSession({ name, role, pid, last_heartbeat_at, tmux_missing }: Drift["dead"][number]) {
  return { name, role, pid, last_heartbeat_at, tmux_missing };
}

const UNFINISHED = ["pending", "attempted"] as const;

export function commandsPart(tx: FastTx, scope: viewRows.ViewScope, limit: number): Snapshot["commands"] {
  const list = (states: readonly string[]) =>
    viewRows.commandsInScope(tx, scope, { states, by: "created", limit }).map(commandSummaryOf);
  return {
    unfinished_count: viewRows.commandTotal(tx, scope, UNFINISHED),
    failed_count: viewRows.commandTotal(tx, scope, ["failed"]),
    recent_unfinished: list(UNFINISHED),
    recent_failed: list(["failed"]),
  };
}

export function cyclesPart(
  tx: FastTx,
  scope: viewRows.ViewScope,
  { limit, stale }: { limit: number; stale: Reconcile["stuck_tasks"] },
): Snapshot["cycles"] {
  return {
    recent_failed: viewRows.cyclesInScope(tx, scope, "failed", limit).map((row) => cycleViewOf(row, { named: true })),
    recent_failed_count: viewRows.countCycles(tx, scope, "failed"),
    stale: stale.slice(0, limit),
    stale_count: stale.length,
  };
}

export function sessionsPart(
  tx: FastTx,
  dead: Reconcile["dead_pid_sessions"],
  { limit, worker_staleness_seconds, now }: { limit: number; worker_staleness_seconds: number; now: Date },
): Snapshot["sessions"] {
  const silent_since = new Date(Math.max(0, now.getTime() - worker_staleness_seconds * 1000)).toISOString();
  const active = viewRows.activeSessionRows(tx, { silent_since: null, limit });
  const stale = viewRows.activeSessionRows(tx, { silent_since, limit });
  const shown = (row: viewRows.ViewRow) =>
    ({ ...row, heartbeat_age_seconds: secondsSince(row["last_heartbeat_at"], now) }) as unknown as Omit<
      SessionSnapshot,
      "alive"
    >;
  return {
    active: active.rows.map(shown),
    active_count: active.total,
    stale: stale.rows.map(shown),
    stale_count: stale.total,
    dead_pid_sessions: dead.slice(0, limit),
    dead_pid_count: dead.length,
  };
}

export function tasksPart(tx: FastTx, limit: number): Snapshot["tasks"] {
  const { rows, total } = viewRows.openTasks(tx, limit);
  return { active: rows as unknown as Snapshot["tasks"]["active"], active_count: total };
}
