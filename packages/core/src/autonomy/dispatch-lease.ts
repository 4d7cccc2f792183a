import type { DispatchLease } from "@conveyor/contracts";
import { DEFAULT_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import { autonomyRows, type dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { countsAsRunning, dispatcherAgeSeconds } from "../dispatch/liveness.ts";

type DispatcherRow = dispatchRows.DispatcherRow;

/** Which dispatcher is meant, and up to which age it is healthy. */
export interface DispatcherWish {
  /** Null: any live one of the ledger. */
  dispatcher_id: string | null;
  stale_after_seconds: number;
}

/** What the shared flags of the commands ask for. */
export function wishOf(input: { dispatcher_id?: string | undefined; stale_after: number }): DispatcherWish {
  return { dispatcher_id: input.dispatcher_id ?? null, stale_after_seconds: input.stale_after };
}

/** The rows of the registry that this lease may rest on. */
export function dispatcherRowsOf(tx: FastTx, dispatcher_id: string | null): DispatcherRow[] {
  if (dispatcher_id !== null) return autonomyRows.dispatchersOfId(tx, dispatcher_id);
  const usual = autonomyRows.dispatchersOfId(tx, DEFAULT_DISPATCHER_ID);
  return [...autonomyRows.runningDispatchersOfLedger(tx), ...usual];
}

/**
 * The instances that are not running, as the machine says: asked before the transaction in which the lease is worked
 * out, because processes are looked at for it.
 */
export async function instancesGone(ctx: Ctx, dispatcher_id: string | null): Promise<ReadonlySet<string>> {
  const rows = await ctx.store.peek((tx) => dispatcherRowsOf(tx, dispatcher_id));
  const gone = new Set<string>();
  for (const row of rows) if (!(await countsAsRunning(ctx, row))) gone.add(row.instance_id);
  return gone;
}

/**
 * How fresh the dispatcher of a pair is (spec 03 §6.11). One that only tries, has stopped or whose process is gone is
 * never healthy. Without a wished id the live one that was heard of last is named, else the usual id. Pure.
 */
export function dispatchLease(
  rows: readonly DispatcherRow[],
  gone: ReadonlySet<string>,
  { dispatcher_id, stale_after_seconds }: DispatcherWish,
  now: Date,
): DispatchLease {
  const live = newest(rows.filter((row) => row.dry_run === 0 && row.stopped_at === null && !gone.has(row.instance_id)));
  const id = live?.dispatcher_id ?? dispatcher_id ?? DEFAULT_DISPATCHER_ID;
  const known = live ?? newest(rows.filter((row) => row.dispatcher_id === id));
  if (known === undefined) {
    return { dispatcher_id: id, state: "missing", last_heartbeat_at: null, age_seconds: null, stale_after_seconds };
  }
  const age_seconds = dispatcherAgeSeconds(known, now);
  return {
    dispatcher_id: id,
    state: known === live && age_seconds <= stale_after_seconds ? "healthy" : "stale",
    last_heartbeat_at: known.last_heartbeat_at,
    age_seconds,
    stale_after_seconds,
  };
}

function newest(rows: readonly DispatcherRow[]): DispatcherRow | undefined {
  return rows.reduce<DispatcherRow | undefined>(
    (best, row) => (best === undefined || row.seq > best.seq ? row : best),
    undefined,
  );
}
