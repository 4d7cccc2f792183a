import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural, table, type View } from "../print/text.ts";

type Shown = Output<"dispatch.showCommand">;

/** What the command asks for; without `--include-content` only how long it is. */
function bodyLine({ payload }: Shown): string {
  const { message, message_byte_count } = payload;
  if (typeof message === "string") return `message: ${message}`;
  return typeof message_byte_count === "number" ? `message: ${plural(message_byte_count, "byte")}` : "no message";
}

function attemptRow(attempt: Shown["attempt_history"][number]): unknown[] {
  const touched = attempt.side_effect_completed
    ? "sent"
    : attempt.side_effect_started
      ? "perhaps sent"
      : "nothing sent";
  return [`attempt ${attempt.id}`, attempt.state, attempt.dispatcher_id, attempt.started_at, touched, attempt.error];
}

function itemRows(item: Shown["items"][number]): unknown[][] {
  const taken = item.consumed_at === null ? "not taken" : `taken ${item.consumed_at}`;
  return [
    [`item #${item.id}`, item.state, item.delivery_mode, `to ${item.target_session_name}`, taken, item.error],
    ...item.acknowledgements.map((answer) => [`answer ${answer.id}`, answer.status, answer.role, answer.created_at]),
  ];
}

function shownText(shown: Shown, view: View): string {
  return lines(
    view.colour.bold(`${shown.id} ${shown.type} ${shown.state}`),
    `task ${shown.task_name ?? shown.task_id ?? "none"}, correlation ${shown.correlation_id ?? "none"}`,
    `created ${shown.created_at}, ${shown.attempts} of ${plural(shown.max_attempts, "attempt")} used`,
    shown.error !== null && `error: ${shown.error}`,
    bodyLine(shown),
    table([...shown.attempt_history.map(attemptRow), ...shown.items.flatMap(itemRows)], view),
  );
}

/** `commands show`: one command with its attempts and items (spec 03 §13). */
export const showCommand = presents("dispatch.showCommand", { text: shownText });
