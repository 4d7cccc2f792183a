import type { Turn, TurnActivity, TurnState } from "./turns.ts";

/** Seconds without growth after which an open turn without writer is lost (spec 02 §4.4). */
export const LOST_AFTER_SECONDS = 60;

/** What is known of the process that writes the rollout; null where nobody could tell. */
export interface WriterLiveness {
  writer_alive: boolean | null;
  /** Since the file last grew. */
  seconds_since_growth: number | null;
  /** Whether the session's own process runs; left out where it has none that could be asked. */
  process_alive?: boolean | null;
}

/** What `cycle` reports about turns (spec 02 §4.4, §8.3). */
export interface TurnReport {
  state: TurnActivity;
  /** The open turn, else the latest one. */
  turn: TurnSummary | null;
  task_completed: boolean;
  last_state_event_at: string | null;
}

/** The `turn` object of `cycle`. */
export type TurnSummary = Pick<
  Turn,
  | "turn_id"
  | "trigger"
  | "kind"
  | "started_at"
  | "ended_at"
  | "outcome"
  | "error_info"
  | "error_message_redacted"
  | "duration_ms"
>;

const UNKNOWN_LIVENESS: WriterLiveness = { writer_alive: null, seconds_since_growth: null };

/**
 * Report the state of the turns. An open turn is lost when nobody holds its file and the agent's process has ended, or,
 * where that cannot be told, the file has not grown for 60 s; this is a view and not stored, since a turn that goes on after all is simply open again. Pure.
 */
export function reportTurns(state: TurnState, liveness: WriterLiveness = UNKNOWN_LIVENESS): TurnReport {
  const is_lost = state.open !== null && isWriterGone(liveness);
  const open: Turn | null = state.open && is_lost ? { ...state.open, outcome: "lost" } : state.open;
  const turn = open ?? state.latest_ended;
  return {
    state: is_lost ? "idle" : state.state,
    turn: turn ? summaryOf(turn) : null,
    task_completed: open === null && isWorkComplete(state),
    last_state_event_at: state.last_state_event_at,
  };
}

/** Between two turns of a goal nothing is complete: the next one is about to begin. */
function isWorkComplete({ latest_ended_work: turn, goal }: TurnState): boolean {
  return turn?.outcome === "completed" && !(turn.trigger === "goal" && goal === "active");
}

function isWriterGone({ writer_alive, seconds_since_growth, process_alive }: WriterLiveness): boolean {
  if (writer_alive !== false) return false;
  return process_alive === false || (seconds_since_growth !== null && seconds_since_growth >= LOST_AFTER_SECONDS);
}

function summaryOf(turn: Turn): TurnSummary {
  const { turn_id, trigger, kind, started_at, ended_at, outcome } = turn;
  const { error_info, error_message_redacted, duration_ms } = turn;
  return {
    turn_id,
    trigger,
    kind,
    started_at,
    ended_at,
    outcome,
    error_info,
    error_message_redacted,
    duration_ms,
  };
}

/** What a completion says about its turn, without content; the message is in the record that `source_event_id` names. */
export interface TurnCompletion {
  source_event_id: number | null;
  source_event_timestamp: string | null;
  turn_id: string | null;
  kind: "work" | "review";
  outcome: "completed" | "failed";
  error_info: string | null;
  completed_at: number | null;
  duration_ms: number | null;
  time_to_first_token_ms: number | null;
}

/**
 * The completion that a turn of the own thread routes to its manager as `worker_task_complete`, or null: only work and
 * reviews that came to their own end do, never maintenance, interrupted or lost turns (spec 03 §6.7, 02 §8.3). Pure.
 */
export function completionOf(turn: Turn): TurnCompletion | null {
  const { kind, outcome } = turn;
  if (kind === "maintenance" || (outcome !== "completed" && outcome !== "failed")) return null;
  return {
    source_event_id: turn.end_ref,
    source_event_timestamp: turn.ended_at,
    turn_id: turn.turn_id,
    kind,
    outcome,
    error_info: turn.error_info,
    completed_at: turn.completed_at,
    duration_ms: turn.duration_ms,
    time_to_first_token_ms: turn.time_to_first_token_ms,
  };
}
