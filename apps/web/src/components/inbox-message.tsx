import { spaced } from "../lib/words.ts";
import type { DeliveredItem } from "../live/operations.ts";
import { AnswerChip } from "./chip.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { useWords } from "./use-words.tsx";

/** A message that waits. Its words are content: not in the browser until somebody asks for them. */
export function InboxMessage({ item }: { item: DeliveredItem }) {
  const words = useWords({ id: String(item.id), part: "message", subject: `message ${item.id}` });
  return (
    <li className="row message">
      <div className="row-line">
        <span className="signal">{spaced(item.signal_type)}</span>
        {item.delivery_mode === "pull_required" && (
          <span className="tag" title="waits until the session asks for it">
            pull
          </span>
        )}
        {item.delivery_mode === "push" && (
          <span className="tag" title="was typed into its terminal; stays here until the session takes it too">
            typed
          </span>
        )}
        {item.acknowledgement !== null && <AnswerChip answer={item.acknowledgement} />}
        <RelativeTime of="delivered" time={item.delivered_at ?? item.created_at} />
      </div>
      <div className="row-line">
        <span className="route">
          {item.source_session_name} <span aria-hidden="true">→</span>
          <span className="unseen">to</span> {item.target_session_name}
        </span>
        {words.button}
      </div>
      {words.body}
    </li>
  );
}
