import { useEffect, useRef } from "react";
import { connection } from "./connection.ts";
import type { Happening } from "./operations.ts";
import { follow } from "./stream.ts";

/**
 * Call `onHappening` with everything that any process records in the ledger; with null at the beginning and when a lost
 * connection is back, as anything may have happened before.
 */
export function useHappenings(onHappening: (happening: Happening | null) => void): void {
  const latest = useRef(onHappening);
  latest.current = onHappening;

  useEffect(() => {
    const tell = (happening: Happening | null = null) => latest.current(happening);
    // What was recorded before the stream began is told with its start.
    const stop = follow("telemetry.onEvent", {}, { onStart: () => tell(), onItem: tell });
    let { phase } = connection.state();
    const unsubscribe = connection.subscribe(() => {
      const before = phase;
      ({ phase } = connection.state());
      if (phase === "live" && before !== "live") tell();
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, []);
}
