import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { plural, table, type View } from "../print/text.ts";

const OUTCOMES: Readonly<Record<Output<"dispatch.stopDispatcher">["dispatchers"][number]["outcome"], string>> = {
  stopped: "stopped",
  was_dead: "had died before; its entry is closed now",
  elsewhere: "runs on another machine and goes on",
};

function stopText({ dispatcher_id, dispatchers }: Output<"dispatch.stopDispatcher">, view: View): string {
  if (dispatchers.length === 0) return `no dispatcher ${dispatcher_id} is running\n`;
  const rows = dispatchers.map(({ host, pid, outcome, total_processed }) => [
    dispatcher_id,
    `${host}:${pid}`,
    plural(total_processed, "item"),
    OUTCOMES[outcome],
  ]);
  return table(rows, view);
}

/** `dispatch stop` (spec 03 §13 item 7). */
export const stopDispatcher = presents("dispatch.stopDispatcher", { text: stopText });
