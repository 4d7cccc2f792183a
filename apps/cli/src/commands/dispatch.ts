import type { DispatchResult } from "@conveyor/contracts";
import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/dispatch.ts";
import { dispatcherRows, dispatchStatusText } from "../print/dispatch-status.ts";
import { lines, plural, table, type View } from "../print/text.ts";

/** One short line per item: its id, what it is, what became of it, and for whom. */
function itemRows(items: readonly DispatchResult[], view: View): string {
  const rows = items.map((item) => [
    item.command_id ?? item.notification_id ?? item.source_event_id,
    item.command_type ?? item.signal_type,
    item.state,
    item.target_session,
    ...(item.error ? [item.error] : []),
  ]);
  return table(rows, view);
}

/** The items, unless they were told as they happened, then how many there were (spec 03 §7.1). */
function dispatchText(done: Answer<"dispatch.run">, view: View): string {
  if (done.already_running) return `dispatcher ${done.dispatcher_id} is running already\n`;
  return lines(
    !view.told && done.processed.length > 0 && itemRows(done.processed, view),
    `${done.dry_run ? "would process" : "processed"} ${plural(done.processed_count, "item")}`,
    typeof done.stopped_by === "string" && `stopped by ${done.stopped_by}`,
  );
}

const OUTCOMES: Readonly<Record<Answer<"dispatch.stopDispatcher">["dispatchers"][number]["outcome"], string>> = {
  stopped: "stopped",
  was_dead: "had died before; its entry is closed now",
  elsewhere: "runs on another machine and goes on",
};

function stopText({ dispatcher_id, dispatchers }: Answer<"dispatch.stopDispatcher">, view: View): string {
  if (dispatchers.length === 0) return `no dispatcher ${dispatcher_id} is running\n`;
  const rows = dispatchers.map(({ host, pid, outcome, total_processed }) => [
    dispatcher_id,
    `${host}:${pid}`,
    plural(total_processed, "item"),
    OUTCOMES[outcome],
  ]);
  return table(rows, view);
}

function messageText({ message, last_agent_message }: Answer<"dispatch.showMessage">): string {
  return lines(message ?? "it carries no words", last_agent_message !== null && `\n${last_agent_message}`);
}

/** `dispatch` (spec 03 §7.1) and what looks after dispatchers (§13 item 7). */
export const command = cliCommand(spec, {
  text: {
    "dispatch.run": dispatchText,
    "dispatch.watch": dispatchText,
    "dispatch.onHeartbeat": (dispatcher, view) => dispatcherRows([dispatcher], view),
    "dispatch.overview": dispatchStatusText,
    "dispatch.stopDispatcher": stopText,
    "dispatch.showMessage": messageText,
  },
  progress: { "dispatch.watch": (item, view) => itemRows([item as DispatchResult], view) },
});
