import type { Dispatcher } from "@conveyor/contracts";
import { FRESHNESS } from "@conveyor/contracts/dispatch/words";
import type { dispatchRows } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { countsAsRunning, dispatcherAgeSeconds, reuseSeconds } from "../liveness.ts";

/** A process of the registry as its reader sees it: the row, whether it works now, and by which measure (spec 03 §4.6, §6.11). */
export async function dispatcherOf(ctx: Ctx, row: dispatchRows.DispatcherRow): Promise<Dispatcher> {
  const { seq: _seq, host_id: _host_id, watch, dry_run, ...others } = row;
  const age_seconds = dispatcherAgeSeconds(row, ctx.host.clock.now());
  const stale_after_seconds = staleAfterSeconds(row);
  const isActive = age_seconds <= stale_after_seconds && (await countsAsRunning(ctx, row));
  const life = isActive ? "active" : "stale";
  return {
    ...others,
    watch: watch === 1,
    dry_run: dry_run === 1,
    state: row.stopped_at === null ? life : "stopped",
    age_seconds,
    stale_after_seconds,
  };
}

/** A watcher that beats seldom is not stale between two of its beats. */
function staleAfterSeconds(row: dispatchRows.DispatcherRow): number {
  return Math.max(FRESHNESS.DISPATCHER_BANNER_SECONDS, reuseSeconds(row));
}
