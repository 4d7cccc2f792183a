import type { LifecycleFact, TurnError } from "./facts.ts";

export type TurnKind = "work" | "review" | "maintenance";
export type TurnOutcome = "running" | "completed" | "failed" | "interrupted" | "lost";
export type TurnActivity = "busy" | "idle" | "unknown";

/**
 * How many closed turn ids are remembered: a turn that is over does not begin again, so what is said of it later is late
 * or, after the file was replaced, a repetition.
 */
const CLOSED_IDS_KEPT = 128;

/** One turn of the session's own thread. Plain JSON without content. */
export interface Turn {
  /** Null only for a turn that input began and whose start was never seen. */
  turn_id: string | null;
  root_turn_id: string | null;
  trigger: string | null;
  kind: TurnKind;
  started_at: string | null;
  ended_at: string | null;
  outcome: TurnOutcome;
  error_info: string | null;
  /** The agent gave a message with the error; it is content and stays in the stored record. */
  error_message_redacted: boolean;
  duration_ms: number | null;
  time_to_first_token_ms: number | null;
  /** The end as the agent wrote it, in seconds since 1970. */
  completed_at: number | null;
  /** Why it was interrupted. */
  interrupt_reason: string | null;
  /** What `kind` is made of. */
  has_user_input: boolean;
  has_compacted: boolean;
  has_review: boolean;
  has_user_shell: boolean;
  /** Whatever the caller gave as reference of the record that ended it, such as its row id. */
  end_ref: number | null;
}

/** Everything needed to go on with the next fact. Plain JSON without content, so a ledger can keep it per session. */
export interface TurnState {
  version: 1;
  /** The session's own thread; null accepts the facts of every thread. */
  thread_id: string | null;
  open: Turn | null;
  /** The latest turn that is over. */
  latest_ended: Turn | null;
  /** The same, leaving out maintenance: it decides whether the work is complete. */
  latest_ended_work: Turn | null;
  /** A review was entered before its turn began. */
  review_pending: boolean;
  /** State of the goal that the agent pursues by turns of its own; null: it has none; left out: nothing was said of one. */
  goal?: string | null;
  closed_ids: string[];
  /** When something last said that the agent is busy or idle. */
  last_state_event_at: string | null;
  state: TurnActivity;
  turns_started: number;
  /** Starts inside of an open turn; they replace nothing. */
  nested_starts: number;
  /** Ends that belong to no open turn; they close nothing. */
  unmatched_ends: number;
}

/** A fact and a reference of the caller's to the record it came from. */
export type ReferencedFact = LifecycleFact & { ref?: number | null };

/** The state before the first fact. `thread_id` is the session's own thread. */
export function initialTurnState(thread_id: string | null): TurnState {
  return {
    version: 1,
    thread_id,
    open: null,
    latest_ended: null,
    latest_ended_work: null,
    review_pending: false,
    closed_ids: [],
    last_state_event_at: null,
    state: "unknown",
    turns_started: 0,
    nested_starts: 0,
    unmatched_ends: 0,
  };
}

/** The state after one more fact. Pure; the given state is left as it is. Spec 02 §4.4. */
export function applyFact(state: TurnState, fact: ReferencedFact): TurnState {
  if (isForeign(state, fact)) return state;
  switch (fact.kind) {
    case "turn_started":
      return start(state, fact);
    case "user_input":
      return input(state, fact);
    case "turn_ended":
    case "turn_interrupted":
      return end(state, fact);
    case "compacted":
      return mark(state, fact, { has_compacted: true });
    case "user_shell":
      return mark(state, fact, { has_user_shell: true });
    case "goal":
      return { ...state, goal: fact.status };
    case "review_mode":
      return state.open || isClosed(state, fact.turn_id)
        ? mark(state, fact, { has_review: true })
        : announceReview(state, fact);
    default:
      return fact satisfies never;
  }
}

/** The state after a number of facts, in their order, and the turns that they ended, oldest first. */
export function applyFacts(state: TurnState, facts: Iterable<ReferencedFact>): { state: TurnState; ended: Turn[] } {
  const ended: Turn[] = [];
  let current = state;
  for (const fact of facts) {
    const next = applyFact(current, fact);
    if (next.latest_ended && next.latest_ended !== current.latest_ended) ended.push(next.latest_ended);
    current = next;
  }
  return { state: current, ended };
}

/** The state after all facts of a thread. Spec 02 §4.4. */
export function deriveTurns(facts: Iterable<ReferencedFact>, own: { thread_id: string | null }): TurnState {
  return applyFacts(initialTurnState(own.thread_id), facts).state;
}

function isForeign(state: TurnState, fact: LifecycleFact): boolean {
  return state.thread_id !== null && fact.thread_id !== null && fact.thread_id !== state.thread_id;
}

function isClosed(state: TurnState, turn_id: string | null): boolean {
  return turn_id !== null && state.closed_ids.includes(turn_id);
}

/** A review is entered before its turn begins; leaving one says nothing about the turn after it. */
function announceReview(state: TurnState, fact: Extract<ReferencedFact, { kind: "review_mode" }>): TurnState {
  return fact.phase === "entered" ? { ...state, review_pending: true } : state;
}

function start(state: TurnState, fact: Extract<ReferencedFact, { kind: "turn_started" }>): TurnState {
  const { open } = state;
  if (isClosed(state, fact.turn_id)) return state;
  const last_state_event_at = fact.at ?? state.last_state_event_at;
  if (open && fact.parent_turn_id !== null && fact.parent_turn_id === open.turn_id) {
    return { ...state, nested_starts: state.nested_starts + 1, last_state_event_at };
  }
  // Input that came before its own start has opened the turn already.
  const begun = open && (open.turn_id === null || open.turn_id === fact.turn_id) ? open : null;
  const before = open && !begun ? close(state, { ...open, outcome: "lost" }) : state;
  const opened: Turn = {
    ...(begun ?? newTurn(fact.turn_id, fact.at)),
    turn_id: fact.turn_id,
    root_turn_id: fact.root_turn_id,
    trigger: fact.trigger,
    has_review: before.review_pending || (begun?.has_review ?? false),
  };
  return {
    ...before,
    open: classified(opened),
    review_pending: false,
    state: "busy",
    last_state_event_at,
    turns_started: before.turns_started + (begun ? 0 : 1),
  };
}

function input(state: TurnState, fact: Extract<ReferencedFact, { kind: "user_input" }>): TurnState {
  const { open } = state;
  if (open) {
    if (!belongsTo(open, fact.turn_id)) return state;
    const heard: Turn = classified({ ...open, has_user_input: true });
    return { ...state, open: heard, last_state_event_at: fact.at ?? state.last_state_event_at };
  }
  if (isClosed(state, fact.turn_id)) return state;
  return {
    ...state,
    open: { ...newTurn(fact.turn_id, fact.at), has_user_input: true },
    state: "busy",
    last_state_event_at: fact.at ?? state.last_state_event_at,
    turns_started: state.turns_started + 1,
  };
}

function end(state: TurnState, fact: Extract<ReferencedFact, { kind: "turn_ended" | "turn_interrupted" }>): TurnState {
  const { open } = state;
  if (!open || !belongsTo(open, fact.turn_id)) return { ...state, unmatched_ends: state.unmatched_ends + 1 };
  const error = fact.kind === "turn_ended" ? fact.error : null;
  const ended: Turn = {
    ...open,
    ...fact.timing,
    turn_id: open.turn_id ?? fact.turn_id,
    ended_at: fact.at,
    outcome: outcomeOf(fact.kind, error),
    error_info: error?.info ?? null,
    error_message_redacted: error?.has_message ?? false,
    interrupt_reason: fact.kind === "turn_interrupted" ? fact.reason : null,
    end_ref: fact.ref ?? null,
  };
  const closed = close(state, ended, fact.turn_id);
  return { ...closed, state: "idle", last_state_event_at: fact.at ?? state.last_state_event_at };
}

/** A mark on the open turn; what comes after the end of its turn changes nothing. */
function mark(
  state: TurnState,
  fact: LifecycleFact,
  marks: Partial<Pick<Turn, "has_compacted" | "has_review" | "has_user_shell">>,
): TurnState {
  if (!state.open || !belongsTo(state.open, fact.turn_id)) return state;
  return { ...state, open: classified({ ...state.open, ...marks }) };
}

function outcomeOf(kind: "turn_ended" | "turn_interrupted", error: TurnError | null): TurnOutcome {
  if (kind === "turn_interrupted") return "interrupted";
  return error ? "failed" : "completed";
}

/** A record belongs to the open turn when it names the turn or its root, or names none. */
function belongsTo(open: Turn, turn_id: string | null): boolean {
  return turn_id === null || open.turn_id === null || turn_id === open.turn_id || turn_id === open.root_turn_id;
}

function close(state: TurnState, ended: Turn, end_turn_id: string | null = null): TurnState {
  const ids = [ended.turn_id, end_turn_id].filter((id): id is string => id !== null && !state.closed_ids.includes(id));
  return {
    ...state,
    open: null,
    latest_ended: ended,
    latest_ended_work: ended.kind === "maintenance" ? state.latest_ended_work : ended,
    closed_ids: [...state.closed_ids, ...new Set(ids)].slice(-CLOSED_IDS_KEPT),
  };
}

/**
 * A turn of work may compact on its way, or be used by a person for a command of their own, and one that a goal or the
 * queue began has no user input: so a turn is maintenance only when nothing but such a thing explains it. A review that
 * compacts stays a review.
 */
function classified(turn: Turn): Turn {
  return { ...turn, kind: kindOf(turn) };
}

function kindOf(turn: Turn): TurnKind {
  if (turn.has_review) return "review";
  const is_explained = turn.has_compacted || turn.has_user_shell;
  return is_explained && !turn.has_user_input && turn.trigger === null ? "maintenance" : "work";
}

/** Whether the turns that the agent begins by itself go on, as far as it was said. Pure. */
export function isPursuingGoal({ goal }: Pick<TurnState, "goal">): boolean {
  return goal === undefined || goal === "active";
}

function newTurn(turn_id: string | null, started_at: string | null): Turn {
  return {
    turn_id,
    root_turn_id: null,
    trigger: null,
    kind: "work",
    started_at,
    ended_at: null,
    outcome: "running",
    error_info: null,
    error_message_redacted: false,
    duration_ms: null,
    time_to_first_token_ms: null,
    completed_at: null,
    interrupt_reason: null,
    has_user_input: false,
    has_compacted: false,
    has_review: false,
    has_user_shell: false,
    end_ref: null,
  };
}
