import type { DispatchResult } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { runPass } from "../pass/pass.ts";
import { freshMemory, type PassOptions } from "../pass/terms.ts";
import { DispatcherRegistration } from "./registration.ts";
import { RolloutGrowth } from "./rollout-growth.ts";

/** A worker that writes without a pause, or a ledger that refuses, must not keep the dispatcher busy without one. */
const SHORTEST_PAUSE_MS = 250;

export interface WatchOptions extends Omit<PassOptions, "holder"> {
  /** Longest time between two passes, in seconds. */
  interval: number;
  /** Passes until the end; undefined: until the signal aborts. */
  iterations: number | undefined;
  exclusive: boolean;
  /** End when no task is bound any more. */
  while_bound: boolean;
}

export interface WatchEnd {
  iterations: number;
  processed_count: number;
  skipped_historical_events: number;
  /** The last bound task was closed or unbound. */
  nothing_bound: boolean;
  /** Another live watcher of this id exists, so this one did nothing. */
  already_running: boolean;
}

/**
 * Pass after pass until bounded, until nothing is bound, or until `ctx.signal` aborts (spec 03 §7.1). Between passes it sleeps until something may have to
 * be done: a commit that leaves work, a rollout that grows, or the interval at the latest. Trouble with the ledger is
 * noted and tried again with the next pass; a bounded watch throws it when it has no next pass. Throws
 * `foreign_ledger`, and `ledger_replaced` as soon as the ledger is no longer the one that it began on.
 */
export async function watchDispatch(
  ctx: Ctx,
  options: WatchOptions,
  onResult: (result: DispatchResult) => void,
): Promise<WatchEnd> {
  const end: WatchEnd = {
    iterations: 0,
    processed_count: 0,
    skipped_historical_events: 0,
    nothing_bound: false,
    already_running: false,
  };
  if (!options.dry_run) await ctx.host.mayAct();
  const registration = await enter(ctx, options);
  if (registration === "already_running") return { ...end, already_running: true };
  if (registration === "stopped") return end;
  const memory = freshMemory();
  const sleeper = new Sleeper(ctx, options);
  const observer = {
    onResult(result: DispatchResult) {
      end.processed_count += 1;
      onResult(result);
    },
    async betweenItems() {
      await registration.betweenItems();
      // Followers get what was just delivered before the pass goes on.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const passOptions = { ...options, holder: registration };
  let trouble: unknown;
  try {
    while (!ctx.signal.aborted) {
      end.iterations += 1;
      let failed = false;
      try {
        const pass = await runPass(ctx, passOptions, memory, options.dry_run ? undefined : observer);
        if (options.dry_run) for (const result of pass.processed) observer.onResult(result);
        end.skipped_historical_events = Math.max(end.skipped_historical_events, pass.skipped_historical_events);
        await registration.afterIteration(pass.processed.length);
        trouble = undefined;
        end.nothing_bound = options.while_bound && (await registration.leaveUnlessBound());
        if (end.nothing_bound) break;
      } catch (thrown) {
        // A ledger that was taken away does not come back by waiting.
        if (dispatchRows.isLedgerLost(thrown)) throw thrown;
        registration.noteError(thrown);
        trouble = thrown;
        failed = true;
      }
      if (options.iterations !== undefined && end.iterations >= options.iterations) break;
      await (failed ? sleeper.rest() : sleeper.sleep());
    }
  } finally {
    sleeper.close();
    await registration.leave(ctx.signal.aborted ? "signal" : "iterations");
  }
  // Who asked for a number of passes must not take it for done when the last of them did not come through.
  if (trouble !== undefined && options.iterations !== undefined && !ctx.signal.aborted) throw trouble;
  return end;
}

/** Enter the registry. A ledger that cannot be written now is tried again, in a bounded watch as often as it has passes. */
async function enter(ctx: Ctx, options: WatchOptions): Promise<DispatcherRegistration | "already_running" | "stopped"> {
  const bounded = options.iterations !== undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return (await DispatcherRegistration.enter(ctx, { ...options, bounded })) ?? "already_running";
    } catch (thrown) {
      if (!dispatchRows.isLedgerTrouble(thrown) || tries >= (options.iterations ?? Infinity)) throw thrown;
      await restAfterTrouble(ctx, options);
      if (ctx.signal.aborted) return "stopped";
    }
  }
}

/** Whatever waits must not have a ledger that refuses asked again and again without a pause. */
async function restAfterTrouble({ host, signal }: Ctx, { interval }: WatchOptions): Promise<void> {
  await host.clock.sleep(Math.max(SHORTEST_PAUSE_MS, interval * 1000), signal).catch(() => undefined);
}

/** Sleeps between passes and knows what wakes the dispatcher. */
class Sleeper {
  readonly #ctx: Ctx;
  readonly #options: WatchOptions;
  readonly #growth: RolloutGrowth;
  #grown = new AbortController();
  #newestEvent = 0;

  constructor(ctx: Ctx, options: WatchOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#growth = new RolloutGrowth(() => this.#grown.abort());
  }

  async sleep(): Promise<void> {
    const { clock } = this.#ctx.host;
    const until = clock.monotonic_ms() + this.#options.interval * 1000;
    const pause = Math.min(SHORTEST_PAUSE_MS, this.#options.interval * 1000);
    const seenEvents = this.#newestEvent;
    for (;;) {
      const since = this.#ctx.store.changes.version;
      if (await this.#hasWork(seenEvents)) return;
      const timeout_ms = until - clock.monotonic_ms();
      if (timeout_ms <= 0 || this.#ctx.signal.aborted) return;
      const signal = AbortSignal.any([this.#ctx.signal, this.#grown.signal]);
      const outcome = await this.#ctx.store.changes.wait(since, { timeout_ms, signal });
      if (this.#ctx.signal.aborted || outcome === "timeout") return;
      if (this.#grown.signal.aborted) {
        await clock.sleep(pause, this.#ctx.signal).catch(() => undefined);
        this.#grown = new AbortController();
        return;
      }
    }
  }

  /** Sleep whatever waits. */
  async rest(): Promise<void> {
    await restAfterTrouble(this.#ctx, this.#options);
  }

  close(): void {
    this.#growth.close();
  }

  /** Whether a commit since the last pass left something to do. A failing look is left to the next pass. */
  async #hasWork(seenEvents: number): Promise<boolean> {
    try {
      return await this.#ctx.store.peek((tx) => this.#look(tx, seenEvents));
    } catch {
      return false;
    }
  }

  #look(tx: FastTx, seenEvents: number): boolean {
    const { ingest, dry_run, type, while_bound } = this.#options;
    if (while_bound && !dispatchRows.hasLiveBinding(tx)) return true;
    if (ingest !== null) this.#growth.follow(dispatchRows.watchedRollouts(tx));
    // A dry run takes nothing away, so what it sees now it has told already.
    if (dry_run) return false;
    this.#newestEvent = dispatchRows.newestEventId(tx);
    const types = DISPATCHABLE_COMMANDS.filter((one) => type === undefined || one === type);
    if (types.length > 0 && dispatchRows.hasClaimableCommand(tx, types)) return true;
    return seenEvents > 0 && this.#newestEvent > seenEvents;
  }
}
