import type { FastTx, Store, WaitOutcome } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** Nobody waits that long; only bounds the wait (spec 00, Waiting). */
const LONGEST_SLEEP_MS = 60_000;

/** Something in the ledger that somebody waits for. */
export interface AwaitedChange {
  /** Says all that the answer depends on: what several wait for is looked for once. */
  key: string;
  /** Whether it is there, or may be. Cheap: it is asked after every commit. */
  isThere(tx: FastTx): boolean;
}

interface Waiter {
  awaited: AwaitedChange;
  ring: (outcome: WaitOutcome) => void;
}

/**
 * Wakes those who wait when what they wait for is there. A commit causes one look on behalf of everybody who waits at this
 * ledger, instead of waking everybody for a look of their own: most commits are for one of them or for none.
 */
class Bell {
  readonly #store: Store;
  readonly #waiters = new Set<Waiter>();
  #isWatching = false;
  #leave = new AbortController();

  constructor(store: Store) {
    this.#store = store;
  }

  wait(
    awaited: AwaitedChange,
    options: { since: number; timeout_ms: number; signal: AbortSignal },
  ): Promise<WaitOutcome> {
    const { since, timeout_ms, signal } = options;
    if (signal.aborted) return Promise.resolve("aborted");
    if (this.#store.changes.version > since) return Promise.resolve("changed");
    if (timeout_ms <= 0) return Promise.resolve("timeout");
    return new Promise((resolve) => {
      const waiter: Waiter = {
        awaited,
        ring: (outcome) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onAbort);
          this.#waiters.delete(waiter);
          if (this.#waiters.size === 0) this.#leave.abort();
          resolve(outcome);
        },
      };
      const onAbort = () => waiter.ring("aborted");
      const timer = setTimeout(() => waiter.ring("timeout"), Math.min(timeout_ms, 2 ** 31 - 1));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      if (!this.#isWatching) void this.#watch(since);
    });
  }

  /** Look after every change behind `since`, where every present waiter has looked already, until none is left. */
  async #watch(since: number): Promise<void> {
    this.#isWatching = true;
    const { changes } = this.#store;
    for (let version = since; this.#waiters.size > 0; ) {
      if (this.#leave.signal.aborted) this.#leave = new AbortController();
      const { signal } = this.#leave;
      const outcome = await changes.wait(version, { timeout_ms: LONGEST_SLEEP_MS, signal });
      if (outcome === "aborted" && !signal.aborted) this.#ringAll("aborted");
      // Who acts on a change, such as Dispatch, does so first: then one look serves for the change and for what it led to.
      await new Promise((resolve) => setImmediate(resolve));
      // Taken before looking: what is written while we look wakes the next wait at once.
      version = changes.version;
      if (this.#waiters.size > 0) await this.#look();
    }
    this.#isWatching = false;
  }

  /** Ring for those whose matter is there. A look that fails is left to each of them, who can say what is wrong. */
  async #look(): Promise<void> {
    try {
      const due = await this.#store.peek((tx) => {
        const answers = new Map<string, boolean>();
        return [...this.#waiters].filter(({ awaited }) => {
          const answer = answers.get(awaited.key) ?? awaited.isThere(tx);
          answers.set(awaited.key, answer);
          return answer;
        });
      });
      for (const waiter of due) waiter.ring("changed");
    } catch {
      this.#ringAll("changed");
    }
  }

  #ringAll(outcome: WaitOutcome): void {
    for (const waiter of [...this.#waiters]) waiter.ring(outcome);
  }
}

const bells = new WeakMap<Store, Bell>();

/**
 * Sleep until something is there, the time is up or the caller goes away; as `ChangeSignal.wait`, but sleeps on while what
 * is committed is for others. `since` is the version of the change signal that was taken before the caller looked itself
 * and found nothing. Never throws.
 */
export function untilThere(
  { store, signal }: Ctx,
  awaited: AwaitedChange,
  options: { since: number; timeout_ms: number },
): Promise<WaitOutcome> {
  let bell = bells.get(store);
  if (bell === undefined) bells.set(store, (bell = new Bell(store)));
  return bell.wait(awaited, { ...options, signal });
}
