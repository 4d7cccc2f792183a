import { useId, useState } from "react";
import { spaced } from "../lib/words.ts";
import type { InboxItem } from "../live/operations.ts";
import { RelativeTime } from "./relative-time.tsx";

/** A message that waits. Its body is content: not on the page until somebody asks for it. */
export function InboxMessage({ item }: { item: InboxItem }) {
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <li className="row message">
      <div className="row-line">
        <span className="signal">{spaced(item.signal_type)}</span>
        {item.delivery_mode === "pull_required" && (
          <span className="tag" title="waits until the session asks for it">
            pull
          </span>
        )}
        <RelativeTime time={item.delivered_at ?? item.created_at} />
      </div>
      <div className="row-line">
        <span className="route">
          {item.source_session_name} <span aria-hidden="true">→</span>
          <span className="unseen">to</span> {item.target_session_name}
        </span>
        <button
          type="button"
          className="quiet"
          aria-expanded={shown}
          aria-controls={id}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
          <span className="unseen"> message {item.id}</span>
        </button>
      </div>
      <div id={id} hidden={!shown}>
        {shown && <pre className="body">{bodyOf(item)}</pre>}
      </div>
    </li>
  );
}

/** The words that a message carries; other payloads are for programs. */
function bodyOf({ payload }: InboxItem): string {
  const { message } = payload;
  return typeof message === "string" ? message : JSON.stringify(payload, null, 2);
}
