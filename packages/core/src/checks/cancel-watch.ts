import { type FastTx, lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { untilThere } from "../shared/bell.ts";

/** A run ends as `cancelled` when somebody asks for that in the ledger; call `stop` when it has ended. */
export function watchForCancel(ctx: Ctx, id: number): { signal: AbortSignal; stop: () => void } {
  const watching = new AbortController();
  const cancelled = new AbortController();
  const isAsked = (tx: FastTx) => (lookups.runStanding(tx, id)?.cancel_requested_at ?? null) !== null;
  const watch = async () => {
    const signal = AbortSignal.any([watching.signal, ctx.signal]);
    while (!signal.aborted) {
      const since = ctx.store.changes.version;
      if (await ctx.store.peek(isAsked)) return cancelled.abort();
      await untilThere(
        { ...ctx, signal },
        { key: `check_run ${id} cancelled`, isThere: isAsked },
        { since, timeout_ms: 60_000 },
      );
    }
  };
  // A ledger that cannot be looked at any more ends the run when its result is written, not here.
  void watch().catch(() => {});
  return { signal: AbortSignal.any([cancelled.signal, ctx.signal]), stop: () => watching.abort() };
}
