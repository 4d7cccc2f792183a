import {
  applyFact,
  completionOf,
  initialTurnState,
  isPursuingGoal,
  type JsonObject,
  lifecycleFact,
  type ReferencedFact,
  type TurnState,
} from "@conveyor/host";
import type { dispatchRows } from "@conveyor/store";

/** Turns of a goal that go without a report, at most. */
const MOST_HELD_TURNS = 200;
/** And for how long, by the times of the records. */
const MOST_HELD_MS = 15 * 60 * 1000;

/** A turn of a worker that came to its end, or to none any more. */
export interface TurnToReport {
  /** The record that ended it, or of one that is lost the last record of all. */
  source_event_id: number;
  timestamp: string;
  turn_id: string | null;
  outcome: "completed" | "failed" | "lost";
  /** Why it failed, in the agent's word. */
  error_info: string | null;
  /** Of a turn by which the agent pursued its goal: the goal's state now, and how many such turns this report stands for. */
  goal: { status: string | null; turns: number } | null;
  /** The record that ended the turn; content. */
  payload: JsonObject;
}

export interface EndedTurns {
  turns: TurnToReport[];
  /** Some turns of a goal wait for their common report. */
  holds_some: boolean;
}

/** Turns of a goal that wait for their common report. */
interface HeldTurns {
  first_at: number;
  count: number;
  latest: TurnToReport;
}

/**
 * The turns of work and review that these records end, in their order. The turns that an agent begins by itself while it
 * pursues a goal are told of together: when the goal ends, when one of them fails or is interrupted, and now and then.
 * Pure.
 */
export function endedTurns(rows: readonly dispatchRows.LifecycleRow[], thread_id: string | null): EndedTurns {
  const turns: TurnToReport[] = [];
  let state = initialTurnState(thread_id);
  let held = null as HeldTurns | null;
  const release = (status: string | null): void => {
    if (held !== null) turns.push({ ...held.latest, goal: { status, turns: held.count } });
    held = null;
  };
  for (const row of rows) {
    const payload = payloadOf(row);
    const fact = lifecycleFact({ ...row, payload });
    if (fact === null) continue;
    const before = state;
    const referenced: ReferencedFact = { ...fact, ref: row.id };
    state = applyFact(state, referenced);
    const ended = endOf(before, state, referenced);
    if (ended === null) {
      const is_interrupted = fact.kind === "turn_interrupted" && before.open !== null && state.open === null;
      if (is_interrupted) release("interrupted");
      else if (fact.kind === "goal" && state.open === null && !isPursuingGoal(state)) release(fact.status);
      continue;
    }
    const { trigger, ...facts } = ended;
    const turn: TurnToReport = { source_event_id: row.id, timestamp: row.timestamp, goal: null, payload, ...facts };
    if (trigger !== "goal") {
      turns.push(turn);
      continue;
    }
    const at = Date.parse(row.timestamp);
    held = { first_at: held?.first_at ?? at, count: (held?.count ?? 0) + 1, latest: turn };
    const is_long_ago = held.count >= MOST_HELD_TURNS || at - held.first_at >= MOST_HELD_MS;
    if (turn.outcome !== "completed" || !isPursuingGoal(state) || is_long_ago) {
      release(state.goal === undefined ? "active" : state.goal);
    }
  }
  return { turns, holds_some: held !== null };
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

type End = Pick<TurnToReport, "turn_id" | "outcome" | "error_info"> & { trigger: string | null };

/** How the turn ended that this fact closed; null when it closed none, or none that is reported. */
function endOf(before: TurnState, after: TurnState, fact: ReferencedFact): End | null {
  if (fact.kind !== "turn_ended" || before === after) return null;
  if (after.latest_ended !== before.latest_ended) {
    if (after.latest_ended === null) return null;
    const completion = completionOf(after.latest_ended);
    if (completion === null) return null;
    const { turn_id, outcome, error_info } = completion;
    return { turn_id, outcome, error_info, trigger: after.latest_ended.trigger };
  }
  // Nothing was open: the start of this turn lies before the records at hand, so its end stands for it.
  const isLone = before.open === null && (fact.turn_id === null || !before.closed_ids.includes(fact.turn_id));
  if (!isLone) return null;
  const error_info = fact.error?.info ?? null;
  return { turn_id: fact.turn_id, outcome: fact.error === null ? "completed" : "failed", error_info, trigger: null };
}
