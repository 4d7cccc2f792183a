import { shellQuote } from "@conveyor/contracts/shell-quote";
import type { Answer } from "../command.ts";
import { ageText } from "./age.ts";
import { listing } from "./listing.ts";
import { lines, plural, table, type View } from "./text.ts";
import { lastWords } from "./words.ts";

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

/** What the worker said at the end of the turn that the item reports; the reader of its inbox is who it is for. */
function lastMessageOf({ payload }: Item): string | undefined {
  const { last_agent_message, worker_receipt } = payload as {
    last_agent_message?: unknown;
    worker_receipt?: { last_agent_message?: unknown } | null;
  };
  return [last_agent_message, worker_receipt?.last_agent_message].find((words) => typeof words === "string");
}

/** One line that says what an item is about: its subject, else how its words begin. */
function subjectOf(item: Item): string | undefined {
  const { subject, message } = item.payload;
  const words = [subject, lastMessageOf(item), message].find((one) => typeof one === "string" && one.trim() !== "");
  return typeof words === "string" ? words.trim().split("\n", 1)[0] : undefined;
}

function itemRows(items: readonly Item[], view: View): string {
  return listing<Item>(
    [
      { head: "item", of: ({ id }) => `#${id}` },
      { head: "what", of: ({ signal_type }) => signal_type },
      { head: "delivery", of: ({ delivery_mode }) => delivery_mode, only: "pipe" },
      { head: "from", of: (item) => person(item.source_session_name, item.source_session_role) },
      { head: "to", of: (item) => person(item.target_session_name, item.target_session_role), only: "pipe" },
      { head: "delivered", of: ({ delivered_at }) => delivered_at, only: "pipe" },
      { head: "waits for", of: (item) => ageText(item.delivered_at ?? item.created_at, view.now), only: "terminal" },
      { head: "correlation", of: ({ correlation_id }) => correlation_id, only: "pipe" },
      { head: "about", of: subjectOf, cut: "end" },
    ],
    items,
    view,
  );
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
    lastWords(item.source_session_name, lastMessageOf(item)),
    item.payload["evidence"] !== undefined && `evidence: ${JSON.stringify(item.payload["evidence"])}`,
    "",
  );
}

/** What is left of bindings that have ended: an inbox of one task leaves it out, that of the session shows it. */
function leftoversLine({ other_bindings_pending_count: left, task, session }: Inbox, view: View): string | false {
  if (left === 0) return false;
  const what = `${plural(left, "message")} of former bindings`;
  return task === undefined
    ? `${what} ${left === 1 ? "is" : "are"} among them`
    : `${what} left; see them with: ${view.program} session-inbox ${shellQuote(session.name)}`;
}

/** An inbox as a person reads it: whose it is, what was taken with its whole text, and what waits (spec 03 §7.6). */
export function inboxText(inbox: Inbox, view: View): string {
  const { session, task, consumed, items, wait } = inbox;
  return lines(
    `inbox of ${person(session.name, session.role)}${task === undefined ? "" : `, task ${task.name}`}`,
    consumed !== null && consumedBlock(consumed, view),
    wait.timed_out && `nothing came within ${wait.timeout_seconds} s`,
    inbox.pending_count === 0 ? "none pending" : `${inbox.pending_count} pending`,
    items.length > 0 && itemRows(items, view),
    leftoversLine(inbox, view),
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
