import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { pairLine, waitingText } from "../print/pair.ts";
import { lines, type View } from "../print/text.ts";

function heartbeatText(beat: Output<"autonomy.heartbeat">, view: View): string {
  const { role, task, heartbeat, inbox, next, teardown, status } = beat;
  return lines(
    heartbeat.state === "recorded"
      ? `heartbeat of the ${role} of task ${task.name} recorded`
      : `no heartbeat recorded: the ${role} of task ${task.name} is gone`,
    waitingText(inbox),
    teardown === null ? pairLine(status, view) : view.colour.yellow(teardown.advice),
    teardown?.leftovers_command != null && `what was never read: ${teardown.leftovers_command}`,
    next !== null && `next: ${next.direct_inbox_command}`,
  );
}

/** `app-heartbeat` (spec 06 §6.2). */
export const heartbeat = presents("autonomy.heartbeat", { text: heartbeatText });
