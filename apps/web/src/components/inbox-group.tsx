import { plural } from "@conveyor/contracts/plural";
import { useState } from "react";
import type { Inbox } from "../live/operations.ts";
import { InboxMessage } from "./inbox-message.tsx";

/** Messages shown at once; a full inbox must not push everything else off the page. */
const SHOWN = 5;

/** What waits for one session, the oldest first: that is what it takes next. */
export function InboxGroup({ inbox }: { inbox: Inbox }) {
  const [all, setAll] = useState(false);
  const { session_name, items, pending_count } = inbox;
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <section className="group" aria-label={`Inbox of ${session_name}`}>
      <h3>
        {session_name} <span className="note">{plural(pending_count, "message")}</span>
      </h3>
      <ul className="rows">
        {shown.map((item) => (
          <InboxMessage key={item.id} item={item} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <p className="more">
          <button type="button" className="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${items.length - SHOWN} more`}
          </button>
          {all && items.length < pending_count && (
            <span>
              and {pending_count - items.length} newer; all of them: <code>conveyor session-inbox {session_name}</code>
            </span>
          )}
        </p>
      )}
    </section>
  );
}
