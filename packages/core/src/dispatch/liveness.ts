import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** How long ago a dispatcher was heard of, in whole seconds, never negative. */
export function dispatcherAgeSeconds(row: Pick<dispatchRows.DispatcherRow, "last_heartbeat_at">, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(row.last_heartbeat_at)) / 1000));
}

/** Age up to which a watcher counts as fresh: a slow one gets three of its own intervals (spec 03 §6.11). */
export function reuseSeconds(row: Pick<dispatchRows.DispatcherRow, "interval_seconds">): number {
  return Math.max(FRESHNESS.DISPATCHER_REUSE_SECONDS, 3 * row.interval_seconds);
}

/**
 * Whether a dispatcher counts at all, at whatever age: no dry run, not stopped, and on this machine its process lives
 * (spec 03 §6.11).
 */
export async function countsAsRunning(ctx: Ctx, row: dispatchRows.DispatcherRow): Promise<boolean> {
  if (row.dry_run === 1 || row.stopped_at !== null) return false;
  if (row.host_id !== ctx.host.host_id) return true;
  return ctx.host.processes.isAlive(row.pid, row.pid_started_at);
}

/** The fresh live watcher of this id, if there is one. */
export async function freshDispatcher(
  ctx: Ctx,
  dispatcher_id: string,
): Promise<dispatchRows.DispatcherRow | undefined> {
  const rows = await ctx.store.peek((tx) => dispatchRows.unstoppedDispatchers(tx, dispatcher_id));
  const now = ctx.host.clock.now();
  for (const row of rows) {
    if (dispatcherAgeSeconds(row, now) <= reuseSeconds(row) && (await countsAsRunning(ctx, row))) return row;
  }
  return undefined;
}
