import type { Output } from "@conveyor/contracts";
import { shellQuote } from "@conveyor/contracts/shell-quote";
import { presents } from "../presentation.ts";
import { ageText } from "../print/age.ts";
import { listing } from "../print/listing.ts";
import { lines, plural, type View } from "../print/text.ts";
import { lastWords } from "../print/words.ts";

type Inbox = Output<"inbox.session">;
type Item = Inbox["items"][number];

/** A session as the other side of a message. */
export const person = (name: string, role: string) => `${name} (${role})`;

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

/** `session-inbox` (spec 03 §7.6). */
export const session = presents("inbox.session", { text: inboxText });

/** `manager-inbox` (spec 03 §7.6). */
export const manager = presents("inbox.manager", { text: inboxText });

/** `worker-inbox` (spec 03 §7.6). */
export const worker = presents("inbox.worker", { text: inboxText });
