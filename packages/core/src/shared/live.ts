import type { WaitOutcome } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** One item of a live stream. A caller that lost its connection goes on after the `id` it saw last. */
export interface LiveItem<Data> {
  id: string;
  data: Data;
}

/**
 * Says where a stream stands before it has an item: a reader that is cut off now goes on from here. Needed where a stream
 * begins with what comes next, because what comes while a reader without any id is away would be lost.
 */
export interface LiveMark {
  id: string;
  data: null;
}

export interface LivePace {
  /** Look again after this time although nobody wrote, for facts that are not in the ledger, in milliseconds. */
  beat_ms?: number;
  /** Shortest time between two looks after something was found, in milliseconds: frequent changes are reported as one. */
  calm_ms?: number;
  /** How to sleep until there may be something, where that can be told from other changes. Default: until any change. */
  sleep?: (options: { since: number; timeout_ms: number }) => Promise<WaitOutcome>;
}

/** A stream whose facts are all in the ledger needs no beat; this one only bounds the wait (spec 00, Waiting). */
const IDLE_BEAT_MS = 60_000;

/**
 * The loop of every live stream: hand over what `next` finds, and when it finds nothing sleep until some process writes
 * to the ledger. `next` answers with a small batch, so that a slow reader holds up no memory, and is asked again until it
 * has nothing. Ends when the caller goes away or the ledger is closed (architecture, "Live means live").
 */
export async function* liveItems<Item>(
  ctx: Ctx,
  next: () => Promise<readonly Item[]>,
  pace: LivePace = {},
): AsyncGenerator<Item> {
  const { signal, store, host } = ctx;
  const { beat_ms = IDLE_BEAT_MS, calm_ms = 0 } = pace;
  const sleep = pace.sleep ?? (({ since, timeout_ms }) => store.changes.wait(since, { timeout_ms, signal }));
  while (!signal.aborted) {
    // Taken before looking: what is written while we look wakes the next wait at once.
    const version = store.changes.version;
    const items = await next();
    for (const item of items) {
      if (signal.aborted) return;
      yield item;
    }
    if (items.length === 0) {
      if ((await sleep({ since: version, timeout_ms: beat_ms })) === "aborted") return;
    } else if (calm_ms > 0) {
      // An abort shows in the condition of the loop.
      await host.clock.sleep(calm_ms, signal).catch(() => {});
    }
  }
}
