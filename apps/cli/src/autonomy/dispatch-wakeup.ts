import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { dispatcherLines, pairLine, promptBlock, threadText } from "../print/pair.ts";
import { lines, type View } from "../print/text.ts";

function dispatchedText(planned: Output<"autonomy.dispatchWakeup">, view: View): string {
  const { status, dispatcher, actions, receipt } = planned;
  return lines(
    pairLine(status, view),
    dispatcherLines(status, dispatcher, view),
    `receipt ${receipt.event_id}`,
    actions.map((action) =>
      lines(
        view.colour.bold(`${action.role}: ${action.status}`),
        `${action.reason}; ${threadText(action.thread)}`,
        action.blocker !== null && view.colour.yellow(action.blocker),
        action.send_ready && action.reserved_until !== null && `reserved until ${action.reserved_until}`,
        action.prompt !== null && promptBlock(action.prompt),
      ),
    ),
  );
}

/** `app-wakeup-dispatch` (spec 06 §6.2). */
export const dispatchWakeup = presents("autonomy.dispatchWakeup", { text: dispatchedText });
