import type { Input, ReplayEntry } from "@conveyor/contracts";
import type { FastTx } from "@conveyor/store";
import { sourcesOf } from "./timeline/kinds.ts";
import { timelineEntries } from "./timeline/read.ts";

/**
 * Every entry of a task in one view of the ledger, oldest first, as `replay` shows them to everybody (spec 07 §7.10.2). Holds
 * a page of each source and no more, however long the history is.
 */
export function wholeTimeline(
  tx: FastTx,
  task_id: string,
  { format, include_content }: Pick<Input<"audit.replay">, "format" | "include_content">,
): Generator<ReplayEntry> {
  const wish = { task_id, sources: sourcesOf(format, false), include_content };
  return timelineEntries(tx, wish, { from: null, direction: "newer" });
}
