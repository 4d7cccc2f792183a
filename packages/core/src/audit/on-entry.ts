import type { Input, ReplayEntry } from "@conveyor/contracts";
import { inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type LiveItem, type LiveMark, liveItems } from "../shared/live.ts";
import { resolveTask } from "../shared/references.ts";
import { cursorOf, type Position, positionAt } from "./timeline/position.ts";
import { type TimelineWish, timelineEntries } from "./timeline/read.ts";
import { timelineWish } from "./timeline/wish.ts";

/** How many entries are read at a time. */
const BATCH = 100;

/**
 * The entries of a task's timeline as they happen, in the order of the ledger's sequence (spec 07 §7.13 item 1). Begins with
 * the last `backlog` ones, and says first where that is. What has a later moment of its own, such as a delivery, is told
 * again then; chains, which are derived from all that came of a command, are left out. Given back as `after`, the id of an
 * entry lets the stream go on behind it. Throws as `replay` does.
 */
export async function* onEntry(
  ctx: Ctx,
  input: Input<"audit.onEntry">,
  after?: string,
): AsyncGenerator<LiveItem<ReplayEntry> | LiveMark> {
  const known = after === undefined ? undefined : positionAt(after);
  const { wish, begin } = await ctx.store.peek((tx) => {
    const all = timelineWish(resolveTask(tx, input.task).id, input, ctx.host.clock.now());
    const wish: TimelineWish = { ...all, sources: all.sources.filter((name) => !name.endsWith("_chains")) };
    const present: Position = { seq: inboxRows.currentSequence(tx), source: "~", source_id: null };
    // A ledger that was put back to an earlier state has not had what its reader knows: what comes now is new.
    if (known !== undefined) return { wish, begin: known.seq > present.seq ? present : known };
    let begin = present;
    let left = input.backlog;
    for (const { seq } of timelineEntries(tx, wish, { from: null, direction: "older", most: left })) {
      if (left === 0) break;
      left -= 1;
      begin = { seq, source: "", source_id: null };
    }
    return { wish, begin };
  });
  let cursor = begin;
  if (known === undefined) yield { id: cursorOf(begin), data: null };

  const next = () =>
    ctx.store.peek((tx) => {
      const items: LiveItem<ReplayEntry>[] = [];
      for (const entry of timelineEntries(tx, wish, { from: cursor, direction: "newer", most: BATCH })) {
        items.push({ id: cursorOf(entry), data: entry });
        cursor = entry;
        if (items.length === BATCH) break;
      }
      return items;
    });
  yield* liveItems(ctx, next);
}
