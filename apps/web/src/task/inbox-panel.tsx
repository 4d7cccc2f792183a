import { plural } from "@conveyor/contracts/plural";
import { useState } from "react";
import { messageWord } from "../lib/words.ts";
import type { DeliveredItem, Inbox } from "../live/operations.ts";
import { Age } from "../parts/age.tsx";
import { Nothing } from "../parts/nothing.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWords } from "../parts/use-words.tsx";

/** So many are shown at once. */
const SHOWN = 5;

/** What waits to be read by the two sides of a task, the oldest first: that is what they take next. */
export function InboxPanel({ inboxes }: { inboxes: readonly Inbox[] }) {
  const waiting = inboxes.filter(({ pending_count }) => pending_count > 0);
  const count = waiting.reduce((sum, { pending_count }) => sum + pending_count, 0);
  return (
    <Panel title="Inbox" end={<span className="soft">{count === 0 ? "empty" : `${count} unread`}</span>}>
      {waiting.length === 0 && <Nothing>Nothing waits to be read by either of them.</Nothing>}
      {waiting.map((inbox) => (
        <OneInbox key={inbox.session_id} inbox={inbox} />
      ))}
    </Panel>
  );
}

function OneInbox({ inbox: { session_name, session_role, pending_count, items } }: { inbox: Inbox }) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <section aria-label={`Inbox of ${session_name}`}>
      <h3 className="q-grp">
        {session_name}
        <span>
          {session_role}, {plural(pending_count, "message")}
        </span>
      </h3>
      <ul>
        {shown.map((item) => (
          <Waiting key={item.id} item={item} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <p className="pages">
          <button type="button" className="btn small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${items.length - SHOWN} more`}
          </button>
        </p>
      )}
    </section>
  );
}

/** A message that waits. Its words are content: not in the browser until somebody asks for them. */
function Waiting({ item }: { item: DeliveredItem }) {
  const { id, signal_type, source_session_name, delivered_at, created_at, delivery_mode, acknowledgement } = item;
  const words = useWords({ id: String(id), part: "message", subject: `message ${id}` });
  return (
    <li className="wt">
      <div className="row">
        <b>{messageWord(signal_type)}</b>
        <span className="faint">#{id}</span>
        <span className="soft cut">from {source_session_name}</span>
        {delivery_mode === "push" && <span className="tag line">typed to it</span>}
        {acknowledgement !== null && <span className="tag">{acknowledgement.status}</span>}
        <span className="grow" />
        <span className="fl-age">
          <Age of="delivered" word="waits" time={delivered_at ?? created_at} />
        </span>
      </div>
      {words.button}
      {words.body}
    </li>
  );
}
