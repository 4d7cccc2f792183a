import { plural } from "../lib/words.ts";
import type { Inbox } from "../live/operations.ts";
import { Empty } from "./empty.tsx";
import { InboxMessage } from "./inbox-message.tsx";
import { Panel } from "./panel.tsx";
import { Waiting } from "./waiting.tsx";

interface InboxPanelProps {
  inboxes: ReadonlyMap<string, Inbox>;
  /** Whether the sessions are known, without which there are no inboxes. */
  settled: boolean;
  chosen: string | null;
}

/** What waits to be read, by the session that has to read it. */
export function InboxPanel({ inboxes, settled, chosen }: InboxPanelProps) {
  const waiting = [...inboxes.values()]
    .map(({ items, ...inbox }) => ({
      ...inbox,
      items: items.filter((item) => chosen === null || item.task_name === chosen),
    }))
    .filter(({ items }) => items.length > 0)
    .toSorted((a, b) => a.session.name.localeCompare(b.session.name));

  return (
    <Panel area="inbox" title="Inbox" note={settled ? `${pendingCount(inboxes)} waiting` : undefined}>
      {waiting.map(({ session, items, pending_count }) => (
        <section key={session.id} className="group" aria-label={`Inbox of ${session.name}`}>
          <h3>
            {session.name} <span className="note">{plural(pending_count, "message")}</span>
          </h3>
          <ul className="rows">
            {items.map((item) => (
              <InboxMessage key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
      {waiting.length === 0 && !settled && <Waiting />}
      {waiting.length === 0 && settled && (
        <Empty
          says="Nothing is waiting. Send a message to a bound worker:"
          commands={[`conveyor enqueue-nudge-worker ${chosen ?? "auth"} --message "Run the tests"`]}
        />
      )}
    </Panel>
  );
}

/** All messages that wait, also those not shown. */
export function pendingCount(inboxes: ReadonlyMap<string, Inbox>): number {
  return [...inboxes.values()].reduce((sum, { pending_count }) => sum + pending_count, 0);
}
