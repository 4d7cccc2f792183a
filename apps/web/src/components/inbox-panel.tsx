import { counted } from "../lib/words.ts";
import type { Overview } from "../live/operations.ts";
import { Empty } from "./empty.tsx";
import { InboxGroup } from "./inbox-group.tsx";
import { Panel } from "./panel.tsx";
import { Waiting } from "./waiting.tsx";

interface InboxPanelProps {
  /** Undefined until it is known. */
  overview: Overview | undefined;
  chosen: string | null;
  /** Whether that task is over: then nothing can be sent to it. */
  isClosed: boolean;
}

/** What waits to be read, by the session that has to read it. */
export function InboxPanel({ overview, chosen, isClosed }: InboxPanelProps) {
  const waiting = (overview?.inbox.sessions ?? [])
    .filter(({ pending_count }) => pending_count > 0)
    .toSorted((a, b) => a.session_name.localeCompare(b.session_name));

  return (
    <Panel
      area="inbox"
      title="Inbox"
      note={overview && `${counted(overview.inbox.pending_count, overview.count_limit)} waiting`}
    >
      {waiting.map((inbox) => (
        <InboxGroup key={inbox.session_id} inbox={inbox} />
      ))}
      {overview === undefined && <Waiting />}
      {overview !== undefined && waiting.length === 0 && (
        <Empty
          says={`Nothing is waiting.${isClosed ? "" : " Send a message to a bound worker:"}`}
          commands={isClosed ? [] : [`conveyor enqueue-nudge-worker ${chosen ?? "auth"} --message "Run the tests"`]}
        />
      )}
    </Panel>
  );
}
