import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";

/** The entry of the registry under which a process holds claims, so that others can see when it is dead (spec 03 §4.6). */
export interface ClaimHolder {
  readonly instance_id: string;
  /** See that the entry exists; called in the transaction of every claim that outlives that transaction. */
  register(tx: FastTx): void;
}

/** Holds the claims of a single pass: is entered with the first one and leaves when the pass is over. */
export class PassHolder implements ClaimHolder {
  readonly instance_id: string;
  readonly #ctx: Ctx;
  readonly #dispatcher_id: string;
  readonly #pid_started_at: string | null;
  #registered = false;

  private constructor(ctx: Ctx, dispatcher_id: string, pid_started_at: string | null) {
    this.#ctx = ctx;
    this.#dispatcher_id = dispatcher_id;
    this.#pid_started_at = pid_started_at;
    this.instance_id = ctx.host.ids.next("instance");
  }

  /** Run `work` with a holder of its own. */
  static async during<T>(ctx: Ctx, dispatcher_id: string, work: (holder: PassHolder) => Promise<T>): Promise<T> {
    const holder = new PassHolder(ctx, dispatcher_id, await ctx.host.processes.startTime(process.pid));
    try {
      return await work(holder);
    } finally {
      await holder.#leave();
    }
  }

  register(tx: FastTx): void {
    this.#registered = true;
    dispatchRows.registerDispatcher(tx, {
      dispatcher_id: this.#dispatcher_id,
      instance_id: this.instance_id,
      pid: process.pid,
      pid_started_at: this.#pid_started_at,
      host: this.#ctx.host.hostname,
      host_id: this.#ctx.host.host_id,
      interval_seconds: 0,
      watch: false,
      dry_run: false,
    });
  }

  async #leave(): Promise<void> {
    if (!this.#registered) return;
    try {
      await this.#ctx.store.fast((tx) => dispatchRows.closeDispatcher(tx, this.#dispatcher_id, this.instance_id));
    } catch (thrown) {
      // That this process has ended will say the same.
      if (!dispatchRows.isLedgerTrouble(thrown)) throw thrown;
    }
  }
}
