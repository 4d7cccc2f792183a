import type { Attention } from "@conveyor/contracts/agent-status";
import type { TurnState } from "./turns.ts";

const MOST_CALLS_KEPT = 64;

/** A call of the agent that waits for a human, as far as the rollout tells. */
export interface WaitingCall {
  call_id: string;
  attention: "approval" | "question";
  turn_id: string | null;
  at: string | null;
}

/** Calls not yet answered; plain JSON, kept beside the turn state. */
export interface AttentionState {
  version: 1;
  waiting: WaitingCall[];
}

export function initialAttentionState(): AttentionState {
  return { version: 1, waiting: [] };
}

/** What one record means for what the agent waits for. Without content. */
export type AttentionFact =
  | { kind: "call_waits"; call: WaitingCall }
  | { kind: "call_answered"; call_id: string }
  /** The end of a turn: nothing of it, and nothing of a turn that is not known, waits any more. */
  | { kind: "turn_over"; turn_id: string | null; root_turn_id: string | null };

/** The calls that wait after one more fact (spec 02 §4.4): each waits until it is answered or its turn ends. Pure. */
export function applyAttention(state: AttentionState, fact: AttentionFact): AttentionState {
  switch (fact.kind) {
    case "turn_over":
      return without(state, (call) => call.turn_id === null || isOf(call, fact));
    case "call_answered":
      return without(state, (call) => call.call_id === fact.call_id);
    case "call_waits": {
      const others = state.waiting.filter((call) => call.call_id !== fact.call.call_id);
      return { ...state, waiting: [...others, fact.call].slice(-MOST_CALLS_KEPT) };
    }
    default:
      return fact satisfies never;
  }
}

/**
 * What the rollout says the agent waits for. An approval that was given leaves no record before the command has ended,
 * so this is a presumption, which the pane confirms or refutes. Pure.
 */
export function rolloutAttention(
  state: AttentionState,
  turns: TurnState,
): Extract<Attention, "approval" | "question" | "none"> {
  const { open } = turns;
  if (!open) return "none";
  const ids = [null, open.turn_id, open.root_turn_id];
  return state.waiting.findLast((call) => open.turn_id === null || ids.includes(call.turn_id))?.attention ?? "none";
}

function isOf(call: WaitingCall, turn: Extract<AttentionFact, { kind: "turn_over" }>): boolean {
  return turn.turn_id === null || call.turn_id === turn.turn_id || call.turn_id === turn.root_turn_id;
}

function without(state: AttentionState, isOver: (call: WaitingCall) => boolean): AttentionState {
  if (state.waiting.length === 0) return state;
  const waiting = state.waiting.filter((call) => !isOver(call));
  return waiting.length === state.waiting.length ? state : { ...state, waiting };
}
