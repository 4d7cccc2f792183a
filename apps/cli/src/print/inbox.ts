import type { Answer } from "../command.ts";
import { lines, plural, table, type View } from "./text.ts";

type Inbox = Answer<"inbox.session">;
type Item = Inbox["items"][number];

const person = (name: string, role: string) => `${name} (${role})`;

/** The words that a message carries; other payloads are for programs. */
function messageOf({ payload }: Item): string {
  const { message } = payload;
  return typeof message === "string" ? message : JSON.stringify(payload);
}

function consumedBlock(item: Item, view: View): string {
  return lines(
    view.colour.bold(`taken: #${item.id} ${item.signal_type} (${item.delivery_mode})`),
    `from ${person(item.source_session_name, item.source_session_role)} to ${person(item.target_session_name, item.target_session_role)}`,
    `taken at ${item.consumed_at}, correlation ${item.correlation_id}`,
    "",
    messageOf(item),
    "",
  );
}

/** An inbox as a person reads it: whose it is, what was taken with its whole text, and what waits (spec 03 §7.6). */
export function inboxText(inbox: Inbox, view: View): string {
  const { session, task, consumed, items, wait } = inbox;
  const rows = items.map((item) => [
    `#${item.id}`,
    item.signal_type,
    item.delivery_mode,
    person(item.source_session_name, item.source_session_role),
    person(item.target_session_name, item.target_session_role),
    item.delivered_at,
    item.correlation_id,
  ]);
  return lines(
    `inbox of ${person(session.name, session.role)}${task === undefined ? "" : `, task ${task.name}`}`,
    consumed !== null && consumedBlock(consumed, view),
    wait.timed_out && `nothing came within ${wait.timeout_seconds} s`,
    inbox.pending_count === 0 ? "none pending" : `${inbox.pending_count} pending`,
    table(rows, view),
    inbox.other_bindings_pending_count > 0 &&
      `${plural(inbox.other_bindings_pending_count, "message")} of former bindings left; session-inbox shows them`,
  );
}
