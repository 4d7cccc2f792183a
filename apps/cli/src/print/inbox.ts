import type { Answer } from "../command.ts";
import { lines, plural, table, type View } from "./text.ts";

type Inbox = Answer<"inbox.session">;
type Item = Inbox["items"][number];

type History = Answer<"inbox.acknowledgements">;
type Recorded = Answer<"inbox.acknowledge">;

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
    typeof item.payload["reply_to"] === "number" && `answers #${item.payload["reply_to"]}`,
    item.ack_due_at !== null && `answer it with inbox-ack before ${item.ack_due_at}, or it goes back`,
    item.delivery_count > 1 && `it lay in the inbox ${item.delivery_count} times: somebody took it and did not answer`,
    "",
    typeof item.payload["subject"] === "string" && view.colour.bold(item.payload["subject"]),
    messageOf(item),
    item.payload["evidence"] !== undefined && `evidence: ${JSON.stringify(item.payload["evidence"])}`,
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
    rows.length > 0 && table(rows, view),
    inbox.other_bindings_pending_count > 0 &&
      `${plural(inbox.other_bindings_pending_count, "message")} of former bindings left; session-inbox shows them`,
  );
}

/** What of an item is said above its answers. */
function answeredItem({ task, notification: item }: Pick<History, "task" | "notification">, view: View): string {
  return lines(
    view.colour.bold(`#${item.id} ${item.signal_type} (${item.delivery_mode}), task ${task.name}`),
    `to ${person(item.target_session_name, item.target_session_role)}, ${item.state}`,
    `delivered ${item.delivered_at ?? "not yet"}, taken ${item.consumed_at ?? "not yet"}`,
  );
}

/** An answer without its words: those are for whoever asks for the document. */
const answerCells = ({ id, status, role, created_at, correlation_id, payload }: NonNullable<History["latest"]>) => [
  `#${id}`,
  status,
  role,
  created_at,
  correlation_id,
  Object.keys(payload).sort().join(","),
];

/** How an item was answered, answer by answer (spec 03 §7.7). */
export function acknowledgementsText(history: History, view: View): string {
  const { acknowledgements } = history;
  if (acknowledgements.length === 0) return lines(answeredItem(history, view), "not acknowledged");
  return lines(
    answeredItem(history, view),
    plural(acknowledgements.length, "acknowledgement"),
    table(acknowledgements.map(answerCells), view),
  );
}

/** What was just recorded. */
export function acknowledgedText(recorded: Recorded, view: View): string {
  return lines(
    answeredItem(recorded, view),
    recorded.deduplicated ? "recorded before:" : "recorded:",
    table([answerCells(recorded.acknowledgement)], view),
  );
}
