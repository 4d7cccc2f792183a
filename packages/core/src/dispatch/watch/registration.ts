import { asConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import type { ClaimHolder } from "../delivery/claim-holder.ts";
import { countsAsRunning, dispatcherAgeSeconds, reuseSeconds } from "../liveness.ts";

/** An idle watcher says that it lives at most this often. */
const QUIET_BEAT_MS = 2_000;
/** A pass that takes longer says so between its items. */
const BUSY_BEAT_MS = 3_000;
/** Telemetry of an idle watcher: at least this often. */
const TELEMETRY_EVERY_MS = 60_000;
/** The clock was set when it and the one that never jumps have come apart by more than this. */
const CLOCK_SET_MS = 1_000;

export interface RegistrationOptions {
  dispatcher_id: string;
  interval: number;
  dry_run: boolean;
  exclusive: boolean;
  /** Every iteration is recorded, because there are few. */
  bounded: boolean;
}

/** A watcher's entry in the registry of dispatchers (spec 03 §4.6) and its telemetry. */
export class DispatcherRegistration implements ClaimHolder {
  readonly instance_id: string;
  readonly #ctx: Ctx;
  readonly #options: RegistrationOptions;
  #pid_started_at: string | null;
  #clockOffset: number;
  #iteration = 0;
  #total = 0;
  #lastBeat: number;
  #lastTelemetry = Number.NEGATIVE_INFINITY;
  #lastError: string | null = null;
  #hasLeft = false;

  private constructor(
    ctx: Ctx,
    options: RegistrationOptions,
    own: { instance_id: string; pid_started_at: string | null },
  ) {
    this.#ctx = ctx;
    this.#options = options;
    this.instance_id = own.instance_id;
    this.#pid_started_at = own.pid_started_at;
    this.#clockOffset = offsetOf(ctx);
    this.#lastBeat = ctx.host.clock.monotonic_ms();
  }

  /** Enter this process; undefined when it shall be the only one and a fresh live watcher of this id exists. */
  static async enter(ctx: Ctx, options: RegistrationOptions): Promise<DispatcherRegistration | undefined> {
    const { dispatcher_id } = options;
    const instance_id = ctx.host.ids.next("instance");
    const pid_started_at = await ctx.host.processes.startTime(process.pid);
    const known = await ctx.store.peek((tx) => dispatchRows.unstoppedDispatchers(tx, dispatcher_id));
    const dead = new Set<string>();
    for (const row of known) if (!(await countsAsRunning(ctx, row))) dead.add(row.instance_id);
    const entered = await ctx.store.fast((tx) => {
      const now = new Date(tx.now);
      // Looked at again inside the transaction, so that of two that start at once only one stays.
      const fresh = dispatchRows
        .unstoppedDispatchers(tx, dispatcher_id)
        .some(
          (row) =>
            row.dry_run === 0 && !dead.has(row.instance_id) && dispatcherAgeSeconds(row, now) <= reuseSeconds(row),
        );
      if (options.exclusive && fresh) return false;
      dispatchRows.registerDispatcher(tx, {
        dispatcher_id,
        instance_id,
        pid: process.pid,
        pid_started_at,
        host: ctx.host.hostname,
        host_id: ctx.host.host_id,
        interval_seconds: options.interval,
        watch: true,
        dry_run: options.dry_run,
      });
      tx.tell("dispatch_watch_started", {
        summary: `dispatcher ${dispatcher_id} watches`,
        correlation: { dispatcher_id, instance_id },
        attributes: { dry_run: options.dry_run, interval_seconds: options.interval },
      });
      return true;
    });
    if (!entered) return undefined;
    crashPoint(ctx, "registered");
    return new DispatcherRegistration(ctx, options, { instance_id, pid_started_at });
  }

  /** Its entry is there since `enter`. */
  register(): void {}

  /** Say after an iteration what it did; quiet ones are not written every time. */
  async afterIteration(processed_count: number): Promise<void> {
    this.#iteration += 1;
    this.#total += processed_count;
    const now = this.#ctx.host.clock.monotonic_ms();
    const isTold =
      this.#options.bounded ||
      this.#iteration === 1 ||
      processed_count > 0 ||
      now - this.#lastTelemetry >= TELEMETRY_EVERY_MS;
    if (!isTold && now - this.#lastBeat < QUIET_BEAT_MS) return;
    await this.#beat(processed_count, isTold);
  }

  /** Say between two items of a long pass that the process lives. */
  async betweenItems(): Promise<void> {
    if (this.#ctx.host.clock.monotonic_ms() - this.#lastBeat >= BUSY_BEAT_MS) await this.#beat(0, false);
  }

  /** Remember what went wrong; shown in the registry with the next heartbeat. */
  noteError(thrown: unknown): void {
    this.#lastError = asConveyorError(thrown).message;
  }

  /** Leave if no task is bound any more: decided and recorded at once, so that a task bound meanwhile keeps its dispatcher. */
  async leaveUnlessBound(): Promise<boolean> {
    this.#hasLeft ||= await this.#ctx.store.fast((tx) => {
      if (dispatchRows.hasLiveBinding(tx)) return false;
      this.#stop(tx, "no_bound_task");
      return true;
    });
    return this.#hasLeft;
  }

  async leave(reason: string): Promise<void> {
    if (this.#hasLeft) return;
    try {
      await this.#ctx.store.fast((tx) => this.#stop(tx, reason));
    } catch (thrown) {
      // That its process has ended will say the same; how the watch ended must not depend on it.
      if (!dispatchRows.isLedgerTrouble(thrown) && !dispatchRows.isLedgerLost(thrown)) throw thrown;
    }
  }

  #stop(tx: FastTx, reason: string): void {
    const { instance_id } = this;
    const { dispatcher_id } = this.#options;
    dispatchRows.closeDispatcher(tx, dispatcher_id, instance_id);
    tx.tell("dispatch_watch_stopped", {
      actor: "dispatch",
      summary: `dispatcher ${dispatcher_id} stopped`,
      correlation: { dispatcher_id, instance_id },
      attributes: { reason, iterations: this.#iteration, total_processed: this.#total },
      severity: "info",
    });
  }

  /** The system tells the start of a process by the clock: once that is set, what was read before means nobody any more. */
  async #noticeSetClock(): Promise<void> {
    const offset = offsetOf(this.#ctx);
    if (Math.abs(offset - this.#clockOffset) < CLOCK_SET_MS) return;
    this.#clockOffset = offset;
    this.#pid_started_at = await this.#ctx.host.processes.startTime(process.pid);
  }

  async #beat(processed_count: number, isTold: boolean): Promise<void> {
    const { dispatcher_id, dry_run } = this.#options;
    await this.#noticeSetClock();
    await this.#ctx.store.fast((tx) => {
      dispatchRows.beatDispatcher(tx, {
        dispatcher_id,
        instance_id: this.instance_id,
        pid_started_at: this.#pid_started_at,
        iteration: this.#iteration,
        last_processed_count: processed_count,
        total_processed: this.#total,
        last_error: this.#lastError,
      });
      crashPoint(this.#ctx, "heartbeat");
      if (!isTold) return;
      tx.tell("dispatch_watch_heartbeat", {
        summary: `dispatcher ${dispatcher_id} finished iteration ${this.#iteration}`,
        correlation: { dispatcher_id, iteration: this.#iteration },
        attributes: { dry_run, processed_count },
      });
    });
    this.#lastBeat = this.#ctx.host.clock.monotonic_ms();
    if (isTold) this.#lastTelemetry = this.#lastBeat;
  }
}

/** How far the clock is ahead of the one that never jumps, in milliseconds; only differences mean anything. */
function offsetOf({ host: { clock } }: Ctx): number {
  return clock.now().getTime() - clock.monotonic_ms();
}
