import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { dispatcherLines, pairLine, promptBlock, threadText } from "../print/pair.ts";
import { lines, type View } from "../print/text.ts";

function planText({ status, dispatcher, wakeups }: Output<"autonomy.planWakeup">, view: View): string {
  return lines(
    pairLine(status, view),
    dispatcherLines(status, dispatcher, view),
    wakeups.length === 0 && "nobody has to be woken",
    wakeups.map(({ role, reason, thread, prompt }) =>
      lines(view.colour.bold(`wake the ${role}: ${threadText(thread)}`), reason, promptBlock(prompt)),
    ),
  );
}

/** `app-wakeup-plan` (spec 06 §6.2). */
export const planWakeup = presents("autonomy.planWakeup", { text: planText });
