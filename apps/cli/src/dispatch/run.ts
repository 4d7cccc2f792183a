import type { DispatchResult, Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, plural, table, type View } from "../print/text.ts";

/** One short line per item: its id, what it is, what became of it, and for whom. */
export function itemRows(items: readonly DispatchResult[], view: View): string {
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
export function dispatchText(done: Output<"dispatch.run">, view: View): string {
  if (done.already_running) return `dispatcher ${done.dispatcher_id} is running already\n`;
  return lines(
    !view.told && done.processed.length > 0 && itemRows(done.processed, view),
    `${done.dry_run ? "would process" : "processed"} ${plural(done.processed_count, "item")}`,
    typeof done.stopped_by === "string" && `stopped by ${done.stopped_by}`,
  );
}

/** `dispatch` (spec 03 §7.1). */
export const run = presents("dispatch.run", { text: dispatchText });
