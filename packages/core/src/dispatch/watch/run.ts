import type { DispatchDocument, DispatchResult, DispatchType, Input } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../../ctx.ts";
import { PassHolder } from "../delivery/claim-holder.ts";
import { runPass } from "../pass/pass.ts";
import { freshMemory, type Ingest, type PassOptions } from "../pass/terms.ts";
import { watchDispatch } from "./watch.ts";

/** How many results an unbounded watch keeps for its final document. */
const MOST_RESULTS_KEPT = 1000;

/** One pass (spec 03 §7.1). Failed and blocked items are results, not errors. */
export async function runDispatch(ctx: Ctx, input: PassInput, ingest: Ingest): Promise<DispatchDocument> {
  const pass = await PassHolder.during(ctx, input.dispatcher_id, (holder) =>
    runPass(ctx, { ...passOptions(input, ingest), holder }, freshMemory()),
  );
  return {
    dispatcher_id: input.dispatcher_id,
    dry_run: input.dry_run,
    iterations: 1,
    processed: pass.processed,
    processed_count: pass.processed.length,
    skipped_historical_events: pass.skipped_historical_events,
    watch: false,
  };
}

/**
 * Passes until bounded or interrupted (spec 03 §7.1); interruption is its normal end. `onResult` sees every result as it
 * happens. Throws `conflicting_flags` with `once`, and what the ledger said when a bounded watch got through no pass.
 */
export async function runWatch(
  ctx: Ctx,
  input: Input<"dispatch.watch">,
  ingest: Ingest,
  onResult: (result: DispatchResult) => void = () => {},
): Promise<DispatchDocument> {
  if (input.once) {
    throw new ConveyorError("conflicting_flags", "--once and --watch contradict each other", {
      hint: "give one of them; without either there is one pass",
    });
  }
  const processed: DispatchResult[] = [];
  const isBounded = input.watch_iterations !== undefined;
  const end = await watchDispatch(
    ctx,
    {
      ...passOptions(input, ingest),
      interval: input.interval,
      iterations: input.watch_iterations,
      exclusive: input.exclusive,
      while_bound: input.while_bound,
    },
    (result) => {
      processed.push(result);
      if (!isBounded && processed.length > MOST_RESULTS_KEPT) processed.shift();
      onResult(result);
    },
  );
  return {
    dispatcher_id: input.dispatcher_id,
    dry_run: input.dry_run,
    iterations: end.iterations,
    processed,
    processed_count: end.processed_count,
    skipped_historical_events: end.skipped_historical_events,
    watch: true,
    ...(end.processed_count > processed.length && { processed_truncated: true }),
    ...(ctx.signal.aborted && { stopped_by: signalNameOf(ctx.signal) }),
    ...(end.nothing_bound && { stopped_by: "no_bound_task" }),
    ...(end.already_running && { already_running: true }),
  };
}

export interface LoopOptions {
  dispatcher_id: string;
  /** Longest time between two passes, in seconds. */
  interval: number;
  lease_seconds: number;
  /** Most results per pass. */
  limit: number;
  /** Told of every result; default nobody. */
  onResult?: (result: DispatchResult) => void;
}

/** Dispatch in the background of a server until stopped; stopping finishes the item at hand. */
export function startLoop(
  ctx: Ctx,
  options: LoopOptions,
  ingest: Ingest,
): { stop(): Promise<void>; isAlive(): boolean } {
  const stopping = new AbortController();
  const { dispatcher_id, interval, lease_seconds, limit, onResult = () => {} } = options;
  const signal = AbortSignal.any([ctx.signal, stopping.signal]);
  const ended = watchDispatch(
    { ...ctx, signal },
    {
      dispatcher_id,
      interval,
      lease_seconds,
      limit,
      type: undefined,
      dry_run: false,
      ingest,
      iterations: undefined,
      exclusive: false,
      while_bound: false,
    },
    onResult,
  );
  // The server goes on without its dispatcher; stopping it reports what was wrong.
  let alive = true;
  const note = () => {
    alive = false;
  };
  ended.then(note, note);
  return {
    isAlive: () => alive,
    async stop() {
      stopping.abort("stop");
      await ended;
    },
  };
}

/** What a caller says about a pass. */
export interface PassInput {
  dispatcher_id: string;
  limit: number;
  lease_seconds: number;
  type?: DispatchType | undefined;
  dry_run: boolean;
  no_ingest: boolean;
}

function passOptions(input: PassInput, ingest: Ingest): Omit<PassOptions, "holder"> {
  const { dispatcher_id, limit, lease_seconds, type, dry_run, no_ingest } = input;
  return { dispatcher_id, limit, lease_seconds, type, dry_run, ingest: no_ingest ? null : ingest };
}

/** The signal that aborted, when the abort names one; otherwise the usual one. */
function signalNameOf(signal: AbortSignal): string {
  const { reason } = signal as { reason: unknown };
  if (typeof reason === "string") return reason;
  const named = reason instanceof ConveyorError ? reason.details["signal"] : undefined;
  return typeof named === "string" ? named : "SIGTERM";
}
