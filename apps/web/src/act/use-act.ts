import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import type { Offer } from "./acts.ts";
import { perform, type Receipt, readReceipts, subscribeReceipts } from "./receipts.ts";

/** What was done in this tab, the newest first. */
export function useReceipts(): readonly Receipt[] {
  return useSyncExternalStore(subscribeReceipts, readReceipts);
}

/** Do one thing at a time: while it runs, another press does nothing and answers null. */
export function useAct(): { running: boolean; act: (offer: Offer) => Promise<Receipt | null> } {
  const [running, setRunning] = useState(false);
  const busy = useRef(false);
  const act = useCallback(async (offer: Offer) => {
    if (busy.current) return null;
    busy.current = true;
    setRunning(true);
    try {
      return await perform(offer);
    } finally {
      busy.current = false;
      setRunning(false);
    }
  }, []);
  return { running, act };
}
