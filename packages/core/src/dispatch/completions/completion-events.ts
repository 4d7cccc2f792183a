import type { Agents } from "@conveyor/host";
import { dispatchRows, type FastTx } from "@conveyor/store";
import { formerEnds } from "../../observation/former-turns.ts";
import { endedTurns, type TurnToReport } from "./ended-turns.ts";

export interface FoundTurns {
  turns: TurnToReport[];
  /** The newest turn end from before the binding's watermark, when the look came that far. */
  newest_historical: number | null;
  /** The newest turn end that was looked at; null when there was none. */
  newest_judged: number | null;
}

/**
 * Whether the end of a turn is from before a binding: from before the registration of its worker, or before the end of
 * the worker's binding before (spec 03 §6.7). The place of the record decides, as a clock may have been set back since;
 * its time does only in a ledger that knows no place.
 */
export function isHistorical(binding: dispatchRows.WatchedBinding, end: dispatchRows.TurnEndRow): boolean {
  if (binding.history_event_id !== null) return end.id <= binding.history_event_id;
  const registered = Date.parse(binding.worker_registered_at);
  const ended = binding.previous_ended_at === null ? Number.NaN : Date.parse(binding.previous_ended_at);
  const watermark = Math.max(Number.isNaN(registered) ? 0 : registered, Number.isNaN(ended) ? 0 : ended);
  const own = Date.parse(end.timestamp);
  return (Number.isNaN(own) ? Date.parse(end.ingested_at) : own) < watermark;
}

/**
 * The turns of a binding's worker that ended and were not reported, oldest first. Looks back only as far as the newest
 * turn that was reported or is from before the watermark, so its cost does not grow with history (spec 03 §6.7 step 3).
 * `judged` is the newest turn end that this process has judged before. A turn whose end stands in the ledger a second
 * time, in another form, is not reported again.
 */
export function turnsToReport(
  agents: Agents,
  tx: FastTx,
  binding: dispatchRows.WatchedBinding,
  judged: number,
): FoundTurns {
  const session_id = binding.worker.id;
  let begin = judged;
  let newest: number | null = null;
  let historical: number | null = null;
  const open = new Set<number>();
  let has_former = false;
  const request = { session_id, binding_id: binding.binding_id, after_id: judged };
  for (const end of dispatchRows.turnEndsNewestFirst(tx, request)) {
    newest ??= end.id;
    const is_historical = isHistorical(binding, end);
    if (is_historical) historical = end.id;
    if (end.routed === 1 || is_historical) {
      begin = end.id;
      break;
    }
    open.add(end.id);
    if (end.is_derived === 0) has_former = true;
  }
  if (newest === null || open.size === 0) return { turns: [], newest_historical: historical, newest_judged: newest };
  const worker = { ...binding.worker, thread_id: binding.thread_id };
  const ends = has_former
    ? formerEnds(agents, tx, worker, begin)
    : dispatchRows.derivedEnds(tx, { session_id, after_id: begin });
  const { turns, holds_some } = endedTurns(ends, binding.thread_id);
  return {
    turns: turns.filter((turn) => open.has(turn.source_event_id) && !dispatchRows.hasEndedBefore(tx, session_id, turn)),
    newest_historical: historical,
    // What is held back is judged again, together with what comes.
    newest_judged: holds_some ? begin || null : newest,
  };
}

/** How many turn ends of a binding's worker lie before its watermark, counting at most ten thousand. */
export function skippedHistorical(tx: FastTx, binding: dispatchRows.WatchedBinding, found: FoundTurns): number {
  const { newest_historical } = found;
  return newest_historical === null ? 0 : dispatchRows.countTurnEnds(tx, binding.worker.id, newest_historical);
}
