import { ConveyorError } from "@conveyor/contracts/errors";

/** Where time comes from. Injected everywhere, so that tests decide what time it is. */
export interface Clock {
  now(): Date;
  /** Now as UTC ISO-8601 with three fraction digits (spec 00, Time and order). */
  iso(): string;
  /** Milliseconds that never jump back; only differences mean anything. */
  monotonic_ms(): number;
  /** Wait `ms` milliseconds. Throws `interrupted` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A test clock: time stands still until `advance` moves it. */
export interface FixedClock extends Clock {
  /** Move time forward, waking every sleeper whose time comes on the way, in order. */
  advance(ms: number): Promise<void>;
  /** How many sleeps are waiting to be woken. */
  sleeping(): number;
  /** Resolves as soon as somebody sleeps. */
  untilSleeping(): Promise<void>;
}

function wasInterrupted(): ConveyorError {
  return new ConveyorError("interrupted", "the wait was interrupted");
}

/** The machine's clock. */
export function systemClock(): Clock {
  return {
    now: () => new Date(),
    iso: () => new Date().toISOString(),
    monotonic_ms: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(wasInterrupted());
        const wakeUp = () => {
          signal?.removeEventListener("abort", interrupt);
          resolve();
        };
        const timer = setTimeout(wakeUp, ms);
        const interrupt = () => {
          clearTimeout(timer);
          reject(wasInterrupted());
        };
        signal?.addEventListener("abort", interrupt, { once: true });
      }),
  };
}

interface Sleeper {
  due_ms: number;
  wakeUp: () => void;
}

/**
 * A clock that starts at `start` and moves only by `advance`. A sleep of 0 ms or less ends at once.
 * `monotonic_ms` starts at 0.
 */
export function fixedClock(start: string | Date = "2026-01-01T00:00:00.000Z"): FixedClock {
  const startMs = new Date(start).getTime();
  if (Number.isNaN(startMs)) throw new ConveyorError("invalid_input", `not a point in time: ${String(start)}`);
  let elapsed = 0;
  let sleepers: Sleeper[] = [];
  const watching: (() => void)[] = [];

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(wasInterrupted());
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const interrupt = () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        reject(wasInterrupted());
      };
      const sleeper: Sleeper = {
        due_ms: elapsed + ms,
        wakeUp: () => {
          signal?.removeEventListener("abort", interrupt);
          resolve();
        },
      };
      sleepers.push(sleeper);
      for (const told of watching.splice(0)) told();
      signal?.addEventListener("abort", interrupt, { once: true });
    });
  }

  async function advance(ms: number): Promise<void> {
    const until = elapsed + ms;
    for (;;) {
      // One turn of the event loop lets code that was just woken go to sleep again before time moves on.
      await new Promise((resolve) => setImmediate(resolve));
      const next = sleepers.filter((one) => one.due_ms <= until).sort((a, b) => a.due_ms - b.due_ms)[0];
      if (next === undefined) break;
      sleepers = sleepers.filter((one) => one !== next);
      elapsed = next.due_ms;
      next.wakeUp();
    }
    elapsed = until;
  }

  const now = () => new Date(startMs + elapsed);
  return {
    now,
    iso: () => now().toISOString(),
    monotonic_ms: () => elapsed,
    sleep,
    advance,
    sleeping: () => sleepers.length,
    untilSleeping: () => (sleepers.length > 0 ? Promise.resolve() : new Promise((resolve) => watching.push(resolve))),
  };
}
