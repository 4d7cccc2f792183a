import { completionOf } from "./status.ts";
import { isPursuingGoal, type ReferencedFact, type TurnState } from "./turns.ts";

/** What a fact that ended something came to: all that those who report turns have to know of it. Without content. */
export interface TurnEnd {
  /** `goal_left`: between two turns the goal that the agent pursued by itself came to be in another state. */
  fact: "ended" | "interrupted" | "goal_left";
  thread_id: string | null;
  turn_id: string | null;
  /** Null: nobody is told of it, as of the end of maintenance or of another thread's turn. */
  outcome: "completed" | "failed" | null;
  error_info: string | null;
  trigger: string | null;
  /** State of the goal afterwards; null when there is none, `active` while nothing was said of one. */
  goal: string | null;
}

/**
 * What one fact came to that took the turns from `before` to `after`; null when it ended nothing. Every end of a turn
 * counts, also one that nobody is told of: it has its place among the others. Pure; spec 03 §6.7.
 */
export function turnEndOf(before: TurnState, after: TurnState, fact: ReferencedFact): TurnEnd | null {
  const goal = after.goal === undefined ? "active" : after.goal;
  const own = {
    thread_id: fact.thread_id,
    turn_id: fact.turn_id,
    outcome: null,
    error_info: null,
    trigger: null,
    goal,
  };
  switch (fact.kind) {
    case "turn_ended":
      return { ...own, fact: "ended", ...outcomeOf(before, after, fact) };
    case "turn_interrupted":
      return before.open !== null && after.open === null ? { ...own, fact: "interrupted" } : null;
    case "goal":
      return before !== after && after.open === null && !isPursuingGoal(after) ? { ...own, fact: "goal_left" } : null;
    default:
      return null;
  }
}

type Outcome = Pick<TurnEnd, "turn_id" | "outcome" | "error_info" | "trigger">;

function outcomeOf(
  before: TurnState,
  after: TurnState,
  fact: Extract<ReferencedFact, { kind: "turn_ended" }>,
): Partial<Outcome> {
  if (before === after) return {};
  if (after.latest_ended !== before.latest_ended) {
    const completion = after.latest_ended === null ? null : completionOf(after.latest_ended);
    if (completion === null) return {};
    const { turn_id, outcome, error_info } = completion;
    return { turn_id, outcome, error_info, trigger: after.latest_ended?.trigger ?? null };
  }
  // Nothing was open: the start of this turn lies before the records at hand, so its end stands for it.
  const isLone = before.open === null && (fact.turn_id === null || !before.closed_ids.includes(fact.turn_id));
  if (!isLone) return {};
  return { outcome: fact.error === null ? "completed" : "failed", error_info: fact.error?.info ?? null };
}
