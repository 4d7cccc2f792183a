import { inboxRows, type Store, type WaitOutcome } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";

/** Nobody waits that long; only bounds the wait (spec 00, Waiting). */
const LONGEST_SLEEP_MS = 60_000;

interface Waiter {
  awaited: inboxRows.Awaited;
  ring: (outcome: WaitOutcome) => void;
}

/**
 * Wakes those who wait at an inbox when there is something for them. A commit wakes one look on behalf of everybody who
 * waits at this ledger, instead of everybody for a look of their own: most commits are for one of them or for none.
 */
class DeliveryBell {
  readonly #store: Store;
  readonly #waiters = new Set<Waiter>();
  #isWatching = false;
  #leave = new AbortController();

  constructor(store: Store) {
    this.#store = store;
  }

  /** As `ChangeSignal.wait`, but sleeps on while what is committed is for others. */
  wait(
    awaited: inboxRows.Awaited,
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

  /** Look after every change behind `since`, at which everybody who waits now has looked already, until nobody waits. */
  async #watch(since: number): Promise<void> {
    this.#isWatching = true;
    const { changes } = this.#store;
    for (let version = since; this.#waiters.size > 0; ) {
      if (this.#leave.signal.aborted) this.#leave = new AbortController();
      const { signal } = this.#leave;
      const outcome = await changes.wait(version, { timeout_ms: LONGEST_SLEEP_MS, signal });
      if (outcome === "aborted" && !signal.aborted) this.#ringAll("aborted");
      // Taken before looking: what is written while we look wakes the next wait at once.
      version = changes.version;
      if (this.#waiters.size > 0) await this.#look();
    }
    this.#isWatching = false;
  }

  /** Ring for those for whom there is something. A look that fails is left to each of them, who can say what is wrong. */
  async #look(): Promise<void> {
    try {
      const due = await this.#store.peek((tx) => {
        const answers = new Map<string, boolean>();
        return [...this.#waiters].filter(({ awaited }) => {
          const { scope, after } = awaited;
          const key = `${scope.session_id} ${scope.binding_id} ${after}`;
          const known = answers.get(key) ?? inboxRows.isDue(tx, awaited);
          answers.set(key, known);
          return known;
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

const bells = new WeakMap<Store, DeliveryBell>();

/**
 * Sleep until there is something at an inbox, its binding has ended, the time is up or the caller goes away. `since` is the
 * version of the ledger's change signal that was taken before the caller looked itself and found nothing. Never throws.
 */
export function untilDelivery(
  { store, signal }: Ctx,
  awaited: inboxRows.Awaited,
  options: { since: number; timeout_ms: number },
): Promise<WaitOutcome> {
  let bell = bells.get(store);
  if (bell === undefined) bells.set(store, (bell = new DeliveryBell(store)));
  return bell.wait(awaited, { ...options, signal });
}
