import { asConveyorError, type ConveyorError } from "@conveyor/contracts/errors";
import { interrupted } from "./link/exchange-link.ts";
import { pauseAfter } from "./link/pause.ts";

export interface Perseverance {
  /** After this time no further attempt is begun, in milliseconds. */
  limit_ms: number;
  signal: AbortSignal | undefined;
  /** Whether the call may be made again after this failure, of which it is the `failures`th. */
  mayRepeat(error: ConveyorError, failures: number): boolean;
}

/**
 * Make a call again while its server is away and coming back. Throws `interrupted` when the caller gives up meanwhile,
 * otherwise what the last attempt threw.
 */
export async function persevere<T>(
  attempt: () => Promise<T>,
  { limit_ms, signal, mayRepeat }: Perseverance,
): Promise<T> {
  const begun = performance.now();
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = asConveyorError(thrown);
      const isLate = performance.now() - begun > limit_ms;
      if (error.code !== "server_unreachable" || isLate || !mayRepeat(error, failures)) throw error;
    }
    await pauseAfter(failures, signal);
    if (signal?.aborted) throw interrupted();
  }
}
