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
 * The turns of work and review that these ends are of, in their order. The turns that an agent begins by itself while it
 * pursues a goal are told of together: when the goal ends, when one of them fails or is interrupted, and now and then.
 * Ends of another thread's turns are nobody's. Pure.
 */
export function endedTurns(ends: readonly dispatchRows.DerivedEnd[], thread_id: string | null): EndedTurns {
  const turns: TurnToReport[] = [];
  let held = null as HeldTurns | null;
  const release = (status: string | null): void => {
    if (held !== null) turns.push({ ...held.latest, goal: { status, turns: held.count } });
    held = null;
  };
  for (const end of ends) {
    if (end.thread_id !== null && thread_id !== null && end.thread_id !== thread_id) continue;
    if (end.fact === "interrupted") release("interrupted");
    if (end.fact === "goal_left") release(end.goal);
    const { id, timestamp, turn_id, outcome, error_info } = end;
    if (outcome === null) continue;
    const turn: TurnToReport = { source_event_id: id, timestamp, turn_id, outcome, error_info, goal: null };
    if (end.trigger !== "goal") {
      turns.push(turn);
      continue;
    }
    const at = Date.parse(timestamp);
    held = { first_at: held?.first_at ?? at, count: (held?.count ?? 0) + 1, latest: turn };
    const is_long_ago = held.count >= MOST_HELD_TURNS || at - held.first_at >= MOST_HELD_MS;
    if (outcome !== "completed" || end.goal !== "active" || is_long_ago) release(end.goal);
  }
  return { turns, holds_some: held !== null };
}
