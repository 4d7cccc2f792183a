import type { Input, Output, ReplayEntry } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import { type FastTx, replayRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { redact } from "../shared/redaction.ts";
import { resolveTask } from "../shared/references.ts";
import { ENTRY_MAKERS } from "./timeline/kinds.ts";
import { cursorOf, type Position, positionAt, positionOf } from "./timeline/position.ts";
import { countEntries, type TimelineWish, timelineEntries } from "./timeline/read.ts";
import { timelineWish } from "./timeline/wish.ts";

/** Entries on either side of one, together, unless another number is asked for. */
const AROUND = 20;

/**
 * What happened to a task, in the order of the ledger's sequence (spec 07 §7.10.2). Reads no more rows than it shows, but
 * for counting them. Throws `not_found`, `ambiguous`, `invalid_input` for a place or a time that is none, and `usage` when
 * full text is asked for without saying so.
 */
export async function replay(ctx: Ctx, input: Input<"audit.replay">): Promise<Output<"audit.replay">> {
  return ctx.store.peek((tx) => {
    const { seq: _seq, updated_seq: _updatedSeq, ...task } = resolveTask(tx, input.task);
    const wish = timelineWish(task.id, input, ctx.host.clock.now());
    const { entries, has_earlier } = chosenEntries(tx, wish, input);
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      task: task as Output<"audit.replay">["task"],
      mode: input.format,
      role: input.role,
      entry_count: entries.length,
      total_entry_count: countEntries(tx, wish),
      earlier: has_earlier && first !== undefined ? cursorOf(first) : null,
      later: last === undefined ? null : cursorOf(last),
      finish: finishOf(tx, task, input.include_content),
      entries,
    };
  });
}

interface ChosenEntries {
  entries: ReplayEntry[];
  has_earlier: boolean;
}

function chosenEntries(tx: FastTx, wish: TimelineWish, input: Input<"audit.replay">): ChosenEntries {
  if (input.around !== undefined) return entriesAround(tx, wish, input.around, input.limit ?? AROUND);
  return entriesBefore(
    tx,
    wish,
    input.before === undefined ? null : positionAt(input.before),
    input.limit ?? LIST_ROWS,
  );
}

/** The last so many entries before a place, in their order. */
function entriesBefore(tx: FastTx, wish: TimelineWish, from: Position | null, limit: number): ChosenEntries {
  const descending: ReplayEntry[] = [];
  let has_earlier = false;
  for (const entry of timelineEntries(tx, wish, { from, direction: "older", most: limit })) {
    has_earlier = descending.length === limit;
    if (has_earlier) break;
    descending.push(entry);
  }
  return { entries: descending.reverse(), has_earlier };
}

/** Half of the entries before the one that is named, then this one and what comes after it. */
function entriesAround(tx: FastTx, wish: TimelineWish, named: string, limit: number): ChosenEntries {
  const middle = entryNamed(tx, wish, named);
  const before = entriesBefore(tx, wish, middle, Math.floor(limit / 2));
  const behind = { ...middle, source: "" };
  const after: ReplayEntry[] = [];
  for (const entry of timelineEntries(tx, wish, { from: behind, direction: "newer", most: limit })) {
    if (before.entries.length + after.length >= limit) break;
    after.push(entry);
  }
  return { ...before, entries: [...before.entries, ...after] };
}

/** The place of the entry that somebody means: `commands/command-9a`, `manager_decisions/7`. */
function entryNamed(tx: FastTx, { task_id }: TimelineWish, named: string): Position {
  const [, source = "", id = ""] = /^([a-z_]+)\/(.+)$/s.exec(named) ?? [];
  const names = (Object.keys(ENTRY_MAKERS) as replayRows.TimelineSourceName[]).filter((name) =>
    source === "correlation_chains" ? name.endsWith("_chains") : name === source,
  );
  for (const name of names) {
    const row = replayRows.timelineRow(tx, name, task_id, id);
    if (row !== undefined) return positionOf({ seq: row.moment, source, source_id: row.id });
  }
  throw new ConveyorError("not_found", `the timeline of this task has no entry ${JSON.stringify(named)}`, {
    hint: "name it as SOURCE/ID, both of which `replay --json` shows with every entry",
    details: { kind: "entry", reference: named },
  });
}

/** How the task ended, when it was finished. */
function finishOf(
  tx: FastTx,
  task: { id: string; state: string },
  include_content: boolean,
): Output<"audit.replay">["finish"] {
  if (task.state !== "done" && task.state !== "failed") return null;
  const row = replayRows.finishOf(tx, task.id);
  if (row === undefined) return null;
  const { timestamp, summary } = ENTRY_MAKERS.commands.make(include_content ? row : (redact(row) as typeof row));
  return { timestamp, summary };
}
