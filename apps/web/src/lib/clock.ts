import { useSyncExternalStore } from "react";

/** How often shown times are brought up to date, in milliseconds. */
const TICK_MS = 1000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** What `read` makes of the present time, once a second; re-renders only when that differs. `read` answers with a primitive. */
export function useClock<T extends string | number>(read: (now_ms: number) => T): T {
  return useSyncExternalStore(subscribe, () => read(now));
}
