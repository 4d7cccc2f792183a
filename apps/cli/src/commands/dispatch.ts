import { type Answer, cliCommand } from "../command.ts";
import { spec } from "../generated/dispatch.ts";
import { lines, plural, table, type View } from "../print/text.ts";

/** One short line per item, then how many there were (spec 03 §7.1). */
function dispatchText(done: Answer<"dispatch.run">, view: View): string {
  if (done.already_running) return `dispatcher ${done.dispatcher_id} is running already\n`;
  const rows = done.processed.map((item) => [
    item.command_id ?? item.notification_id ?? item.source_event_id,
    item.command_type ?? item.signal_type,
    item.state,
    item.target_session,
    ...(item.error ? [item.error] : []),
  ]);
  return lines(
    table(rows, view),
    `${done.dry_run ? "would process" : "processed"} ${plural(done.processed_count, "item")}`,
    typeof done.stopped_by === "string" && `stopped by ${done.stopped_by}`,
  );
}

/** `dispatch` (spec 03 §7.1). */
export const command = cliCommand(spec, { text: { "dispatch.run": dispatchText, "dispatch.watch": dispatchText } });
