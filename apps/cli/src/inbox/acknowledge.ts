import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural, table, type View } from "../print/text.ts";
import { person } from "./list.ts";

type History = Output<"inbox.acknowledgements">;
type Recorded = Output<"inbox.acknowledge">;

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
function acknowledgementsText(history: History, view: View): string {
  const { acknowledgements } = history;
  if (acknowledgements.length === 0) return lines(answeredItem(history, view), "not acknowledged");
  return lines(
    answeredItem(history, view),
    plural(acknowledgements.length, "acknowledgement"),
    table(acknowledgements.map(answerCells), view),
  );
}

/** What was just recorded. */
function acknowledgedText(recorded: Recorded, view: View): string {
  return lines(
    answeredItem(recorded, view),
    recorded.deduplicated ? "recorded before:" : "recorded:",
    table([answerCells(recorded.acknowledgement)], view),
  );
}

/** `inbox-ack` without an answer: how an item was answered (spec 03 §7.7). */
export const acknowledgements = presents("inbox.acknowledgements", { text: acknowledgementsText });

/** `inbox-ack` (spec 03 §7.7). */
export const acknowledge = presents("inbox.acknowledge", { text: acknowledgedText });
