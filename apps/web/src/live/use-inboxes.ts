import { useEffect, useRef, useState } from "react";
import { Inboxes } from "./inboxes.ts";
import type { Inbox, Session } from "./operations.ts";

/** The inbox of every session that is not gone, by session id. */
export function useInboxes(sessions: readonly Session[]): ReadonlyMap<string, Inbox> {
  const [known, setKnown] = useState<ReadonlyMap<string, Inbox>>(new Map());
  const inboxes = useRef<Inboxes>(undefined);

  useEffect(() => {
    const own = new Inboxes(setKnown);
    inboxes.current = own;
    return () => own.stop();
  }, []);

  useEffect(() => inboxes.current?.watch(sessions.filter(({ state }) => state === "active")), [sessions]);

  return known;
}
