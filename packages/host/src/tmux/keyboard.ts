import type { Processes } from "../processes/index.ts";
import type { TmuxClient } from "./client.ts";
import { asOnlyTypist } from "./pane-lock.ts";
import type { HeldKeyboard } from "./types.ts";

/** Held anew so often, in milliseconds: whoever holds longer than five minutes counts as somebody who forgot to let go. */
const HOLD_ANEW_MS = 120_000;

/**
 * Take the keyboard of a pane until it is released, over all processes. `onLost` is called when it could not be kept: the
 * pane is gone, or somebody else was quicker when the hold was renewed. Throws `pane_busy` when another types for longer
 * than `wait_ms`.
 */
export async function holdPane(
  client: TmuxClient,
  processes: Pick<Processes, "isAlive" | "startTime">,
  { paneId, wait_ms, onLost }: { paneId: string; wait_ms: number; onLost: () => void },
): Promise<HeldKeyboard> {
  const letGo = new AbortController();
  let take!: () => void;
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const hold = async () => {
    while (!letGo.signal.aborted) {
      await asOnlyTypist(client, processes, { paneId, wait_ms }, async () => {
        take();
        // Waking early is how it ends.
        await client.clock.sleep(HOLD_ANEW_MS, letGo.signal).catch(() => undefined);
      });
    }
  };
  const ended = hold();
  await Promise.race([taken, ended]);
  ended.catch(() => {
    if (!letGo.signal.aborted) onLost();
  });
  return {
    async release() {
      letGo.abort();
      await ended.catch(() => undefined);
    },
  };
}
