import { setTimeout as sleep } from "node:timers/promises";

/** Pauses before a server that went away is asked again, in milliseconds; the last one repeats. */
const PAUSES_MS = [20, 100, 250, 500, 1000] as const;

/** Wait before the next attempt, after so many that failed one after the other. Ends at once when `signal` aborts. */
export async function pauseAfter(failures: number, signal: AbortSignal | undefined): Promise<void> {
  const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1];
  await sleep(pause, undefined, { signal }).catch(() => {});
}
