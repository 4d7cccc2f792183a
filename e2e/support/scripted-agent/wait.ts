import { type FSWatcher, watch } from "node:fs";

/** How a wait ends and what wakes it. */
export type WaitOptions = {
  /** Longest wait in milliseconds; 10,000 when left out. */
  limit_ms?: number;
  /** A folder whose changes wake the wait at once; without it the condition is looked at ten times a second. */
  watch?: string;
  /** Names what was waited for, for the error. */
  what?: () => string;
};

const LOOK_MS = 100;

/** Wait until the condition holds. Woken by changes of a folder when one is given. Rejects after the limit. */
export async function waitUntil(condition: () => Promise<boolean>, options: WaitOptions = {}): Promise<void> {
  const deadline = Date.now() + (options.limit_ms ?? 10_000);
  let wake = () => {};
  let watcher: FSWatcher | undefined;
  if (options.watch !== undefined) watcher = watch(options.watch, () => wake());
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, LOOK_MS);
      });
      if (await condition()) return;
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${options.what?.() ?? "a condition"}`);
      await woken;
    }
  } finally {
    watcher?.close();
  }
}
