import {
  applyFact,
  completionOf,
  initialTurnState,
  type JsonObject,
  lifecycleFact,
  type ReferencedFact,
  type TurnState,
} from "@conveyor/host";
import { dispatchRows, type FastTx } from "@conveyor/store";

/** A turn of a worker that came to its end and was not reported yet. */
export interface TurnToReport {
  source_event_id: number;
  timestamp: string;
  outcome: "completed" | "failed";
  /** The record that ended the turn; content. */
  payload: JsonObject;
}

export interface FoundTurns {
  turns: TurnToReport[];
  /** The newest turn end from before the binding's watermark, when the look came that far. */
  newest_historical: number | null;
  /** The newest turn end that was looked at; null when there was none. */
  newest_judged: number | null;
}

/**
 * From when on a binding reports turns: the registration of its worker, or the end of the worker's binding before, if
 * that was later (spec 03 §6.7). Milliseconds since 1970.
 */
export function watermarkOf(
  binding: Pick<dispatchRows.WatchedBinding, "worker_registered_at" | "previous_ended_at">,
): number {
  const registered = Date.parse(binding.worker_registered_at);
  const ended = binding.previous_ended_at === null ? Number.NaN : Date.parse(binding.previous_ended_at);
  return Math.max(Number.isNaN(registered) ? 0 : registered, Number.isNaN(ended) ? 0 : ended);
}

/**
 * The turns of a binding's worker that ended and were not reported, oldest first. Looks back only as far as the newest
 * turn that was reported or is from before the watermark, so its cost does not grow with history (spec 03 §6.7 step 3).
 * `judged` is the newest turn end that this process has judged before.
 */
export function turnsToReport(tx: FastTx, binding: dispatchRows.WatchedBinding, judged: number): FoundTurns {
  const watermark = watermarkOf(binding);
  const request = { session_id: binding.worker.id, binding_id: binding.binding_id, after_id: judged };
  let begin = judged;
  let newest: number | null = null;
  let historical: number | null = null;
  const open = new Set<number>();
  for (const end of dispatchRows.turnEndsNewestFirst(tx, request)) {
    newest ??= end.id;
    const isHistorical = instantOf(end) < watermark;
    if (isHistorical) historical = end.id;
    if (end.routed === 1 || isHistorical) {
      begin = end.id;
      break;
    }
    open.add(end.id);
  }
  const bounds = { newest_historical: historical, newest_judged: newest };
  if (newest === null || open.size === 0) return { turns: [], ...bounds };
  const rows = dispatchRows.lifecycleRows(tx, { session_id: binding.worker.id, after_id: begin, up_to_id: newest });
  return {
    turns: endedTurns(rows, binding.thread_id).filter((turn) => open.has(turn.source_event_id)),
    ...bounds,
  };
}

/** How many turn ends of a binding's worker lie before its watermark, counting at most ten thousand. */
export function skippedHistorical(tx: FastTx, binding: dispatchRows.WatchedBinding, found: FoundTurns): number {
  const { newest_historical } = found;
  return newest_historical === null ? 0 : dispatchRows.countTurnEnds(tx, binding.worker.id, newest_historical);
}

function instantOf(end: dispatchRows.TurnEnd): number {
  const own = Date.parse(end.timestamp);
  return Number.isNaN(own) ? Date.parse(end.ingested_at) : own;
}

/** The turns of work and review that these records end, in their order. Pure. */
export function endedTurns(rows: readonly dispatchRows.LifecycleRow[], thread_id: string | null): TurnToReport[] {
  const turns: TurnToReport[] = [];
  let state = initialTurnState(thread_id);
  for (const row of rows) {
    const payload = payloadOf(row);
    const fact = lifecycleFact({ ...row, payload });
    if (fact === null) continue;
    const before = state;
    const referenced: ReferencedFact = { ...fact, ref: row.id };
    state = applyFact(state, referenced);
    const outcome = outcomeOf(before, state, referenced);
    if (outcome !== null) turns.push({ source_event_id: row.id, timestamp: row.timestamp, outcome, payload });
  }
  return turns;
}

/** What a record holds; one that is damaged still marks its place. */
function payloadOf(row: dispatchRows.LifecycleRow): JsonObject {
  try {
    const payload: unknown = JSON.parse(row.payload_json);
    return payload !== null && typeof payload === "object" && !Array.isArray(payload) ? (payload as JsonObject) : {};
  } catch {
    return {};
  }
}

/** How the turn ended that this fact closed; null when it closed none, or none that is reported. */
function outcomeOf(before: TurnState, after: TurnState, fact: ReferencedFact): TurnToReport["outcome"] | null {
  if (fact.kind !== "turn_ended" || before === after) return null;
  if (after.latest_ended !== before.latest_ended) {
    return after.latest_ended === null ? null : (completionOf(after.latest_ended)?.outcome ?? null);
  }
  // Nothing was open: the start of this turn lies before the records at hand, so its end stands for it.
  const isLone = before.open === null && (fact.turn_id === null || !before.closed_ids.includes(fact.turn_id));
  if (!isLone) return null;
  return fact.error === null ? "completed" : "failed";
}
