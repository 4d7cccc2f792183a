import type { DispatchResult } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { runPass } from "./pass.ts";
import { Registration } from "./registration.ts";
import { RolloutGrowth } from "./rollout-growth.ts";
import { freshMemory, type PassOptions } from "./work.ts";

/** A worker that writes without a pause must not keep the dispatcher busy without one. */
const SHORTEST_PAUSE_AFTER_GROWTH_MS = 250;

export interface WatchOptions extends PassOptions {
  /** Longest time between two passes, in seconds. */
  interval: number;
  /** Passes until the end; undefined: until the signal aborts. */
  iterations: number | undefined;
  exclusive: boolean;
}

export interface WatchEnd {
  iterations: number;
  processed_count: number;
  skipped_historical_events: number;
  /** Another live watcher of this id exists, so this one did nothing. */
  already_running: boolean;
}

/**
 * Pass after pass until bounded or `ctx.signal` aborts (spec 03 §7.1). Between passes it sleeps until something may have to
 * be done: a commit that leaves work, a rollout that grows, or the interval at the latest. Trouble with the ledger is
 * noted and tried again with the next pass.
 */
export async function watchDispatch(
  ctx: Ctx,
  options: WatchOptions,
  onResult: (result: DispatchResult) => void,
): Promise<WatchEnd> {
  const registration = await Registration.enter(ctx, { ...options, bounded: options.iterations !== undefined });
  const end: WatchEnd = { iterations: 0, processed_count: 0, skipped_historical_events: 0, already_running: false };
  if (registration === undefined) return { ...end, already_running: true };
  const memory = freshMemory();
  const sleeper = new Sleeper(ctx, options);
  const observer = {
    onResult(result: DispatchResult) {
      end.processed_count += 1;
      onResult(result);
    },
    betweenItems: () => registration.betweenItems(),
  };
  try {
    while (!ctx.signal.aborted) {
      end.iterations += 1;
      try {
        const pass = await runPass(ctx, options, memory, options.dry_run ? undefined : observer);
        if (options.dry_run) for (const result of pass.processed) observer.onResult(result);
        end.skipped_historical_events = Math.max(end.skipped_historical_events, pass.skipped_historical_events);
        await registration.afterIteration(pass.processed.length);
      } catch (thrown) {
        registration.noteError(thrown);
      }
      if (options.iterations !== undefined && end.iterations >= options.iterations) break;
      await sleeper.sleep();
    }
  } finally {
    sleeper.close();
    await registration.leave(ctx.signal.aborted ? "signal" : "iterations");
  }
  return end;
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
    const pause = Math.min(SHORTEST_PAUSE_AFTER_GROWTH_MS, this.#options.interval * 1000);
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
    const { ingest, dry_run, type } = this.#options;
    if (ingest !== null) {
      const paths = dispatchRows.listWatchedBindings(tx).flatMap(({ rollout_path }) => rollout_path ?? []);
      this.#growth.follow(paths);
    }
    // A dry run takes nothing away, so what it sees now it has told already.
    if (dry_run) return false;
    this.#newestEvent = dispatchRows.newestEventId(tx);
    const types = DISPATCHABLE_COMMANDS.filter((one) => type === undefined || one === type);
    if (types.length > 0 && dispatchRows.hasClaimableCommand(tx, types)) return true;
    return seenEvents > 0 && this.#newestEvent > seenEvents;
  }
}
