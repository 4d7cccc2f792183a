import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { dispatcherLines, pairLine, promptBlock, threadText } from "../print/pair.ts";
import { lines, type View } from "../print/text.ts";

function planText({ status, dispatcher, wakeups, open_actions }: Output<"autonomy.planWakeup">, view: View): string {
  return lines(
    pairLine(status, view),
    dispatcherLines(status, dispatcher, view),
    wakeups.length === 0 && "nobody has to be woken",
    wakeups.map(({ role, reason, thread, prompt }) =>
      lines(view.colour.bold(`wake the ${role}: ${threadText(thread)}`), reason, promptBlock(prompt)),
    ),
    open_actions.map(({ role, dispatch_receipt, recorded_at, reserved_until, expired }) => {
      const held = expired ? "" : `, reserved until ${reserved_until}`;
      return `not recorded yet: the prompt for the ${role} of ${recorded_at}, receipt ${dispatch_receipt}${held}`;
    }),
  );
}

/** `app-wakeup-plan` (spec 06 §6.2). */
export const planWakeup = presents("autonomy.planWakeup", { text: planText });
