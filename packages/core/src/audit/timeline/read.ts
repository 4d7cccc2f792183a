import { type FastTx, replayRows } from "@conveyor/store";
import { type ChainSources, correlationChains, decisionIdOf } from "../../shared/correlation-chains.ts";
import { redact } from "../../shared/redaction.ts";
import type { Candidate, EntryRow } from "./entry.ts";
import { ENTRY_MAKERS } from "./kinds.ts";
import { comparePositions, type Position, positionOf } from "./position.ts";

type SourceName = replayRows.TimelineSourceName;

/** What of a task's timeline is wanted. */
export interface TimelineWish extends replayRows.TimelineFilter {
  sources: readonly SourceName[];
  /** Show the content of what has any; excerpts of captures are what asks for a format with them. */
  include_content: boolean;
}

export interface TimelineWay {
  /** Begin behind this entry; null: at the end, or at the beginning. */
  from: Position | null;
  direction: replayRows.TimelineDirection;
  /** How many entries will be asked for at most, when that is known: no more rows than needed are read. */
  most?: number | undefined;
}

/** Rows of a source that are read at a time: few first, since most of what is read of one source lies beyond the cut. */
const FIRST_PAGE = 32;
const LARGEST_PAGE = 512;

/**
 * The entries of a task one after another, by the ledger's sequence, then source by code point, then id (spec 07 §7.10.2,
 * Ordering). Holds a page of each source and no more, so that a long history can be walked in one transaction.
 */
export function* timelineEntries(tx: FastTx, wish: TimelineWish, way: TimelineWay): Generator<Candidate> {
  const sign = way.direction === "older" ? -1 : 1;
  const heads = wish.sources.flatMap((name) => {
    const entries = entriesOfSource(tx, name, wish, way);
    const { value } = entries.next();
    return value === undefined ? [] : [{ entries, head: value }];
  });
  for (;;) {
    const first = heads.reduce<(typeof heads)[number] | undefined>(
      (best, one) => (best === undefined || comparePositions(one.head, best.head) * sign < 0 ? one : best),
      undefined,
    );
    if (first === undefined) return;
    yield first.head;
    const { value } = first.entries.next();
    if (value === undefined) heads.splice(heads.indexOf(first), 1);
    else first.head = value;
  }
}

/** How many entries there are. */
export function countEntries(tx: FastTx, wish: TimelineWish): number {
  return wish.sources.reduce((sum, name) => sum + replayRows.countTimeline(tx, name, wish), 0);
}

function* entriesOfSource(tx: FastTx, name: SourceName, wish: TimelineWish, way: TimelineWay): Generator<Candidate> {
  const { direction, from, most = LARGEST_PAGE } = way;
  const sign = direction === "older" ? -1 : 1;
  let limit = Math.min(FIRST_PAGE, most + 1);
  // Entries of the moment that the reader stands at may lie on either side: they are read again and sorted out here.
  let place: replayRows.SourcePlace | null = from === null ? null : { moment: from.seq - sign };
  for (;;) {
    const rows = replayRows.timelinePage(tx, name, wish, { place, direction, limit });
    for (const row of rowsToTell(tx, name, wish, rows)) {
      const entry = ENTRY_MAKERS[name].make(row);
      if (from !== null && comparePositions(positionOf(entry), from) * sign <= 0) continue;
      yield entry;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    place = { moment: last.moment, id: last.id };
    limit = Math.min(limit * 2, LARGEST_PAGE);
  }
}

/** The rows as an entry is made of them: derived where they have to be, without the content that was not asked for. */
function rowsToTell(tx: FastTx, name: SourceName, wish: TimelineWish, rows: replayRows.SourceRow[]): EntryRow[] {
  if (name === "command_chains") return commandChains(tx, wish.task_id, rows);
  if (name === "item_chains") return itemChains(tx, wish.task_id, rows);
  const shown = name === "task_continuations" ? rows.map(withheld) : rows;
  // Excerpts are what the transcript formats are asked for; everything else shows content only on demand.
  const keepsContent = wish.include_content || name === "terminal_captures";
  return keepsContent ? shown : (redact(shown) as EntryRow[]);
}

function withheld(row: replayRows.SourceRow): EntryRow {
  const { payload, withheld: closed, ...rest } = row;
  return closed === true ? { ...rest, payload_redacted: true } : { ...rest, payload };
}

function commandChains(tx: FastTx, task_id: string, commands: replayRows.SourceRow[]): EntryRow[] {
  if (commands.length === 0) return [];
  const linked = replayRows.linkedToCommands(
    tx,
    commands.map(({ id }) => id),
  );
  const named = commands.map(({ payload, result }) => decisionIdOf(payload) ?? decisionIdOf(result));
  const ids = named.filter((id) => id !== null);
  const manager_decisions = replayRows.linkedDecisions(tx, task_id, { ids, cycle_ids: [] });
  return inOrderOf(commands, { commands, ...linked, manager_decisions });
}

function itemChains(tx: FastTx, task_id: string, items: replayRows.SourceRow[]): EntryRow[] {
  const cycle_ids = items.map((item) => item["consumed_manager_cycle_id"]).filter((id) => id !== null);
  const manager_decisions = replayRows.linkedDecisions(tx, task_id, { ids: [], cycle_ids });
  return inOrderOf(items, { commands: [], command_attempts: [], routed_notifications: items, manager_decisions });
}

/** The chains that begin with these rows, in the order of the rows. */
function inOrderOf(rows: replayRows.SourceRow[], sources: ChainSources): EntryRow[] {
  const chains = new Map(
    correlationChains(sources).map((chain) => [chain.command_id ?? chain.routed_notification_ids[0], chain]),
  );
  return rows.flatMap(({ id, seq }) => {
    const chain = chains.get(id);
    return chain === undefined ? [] : [{ ...chain, seq }];
  });
}
