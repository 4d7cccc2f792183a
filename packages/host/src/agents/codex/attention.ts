import type { Attention } from "@conveyor/contracts/agent-status";
import type { JsonObject, StoredRecord } from "../../rollouts/record.ts";
import { textOrNull } from "../../rollouts/record.ts";
import { escalationOf } from "../../rollouts/storage.ts";
import type { PaneClassification } from "../agent.ts";
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

/** Whether a record can begin or end a wait; tells from two columns. */
export function isAttentionRecord(record: Pick<StoredRecord, "type" | "subtype">): boolean {
  if (record.type === "event_msg") return record.subtype === "task_complete" || record.subtype === "turn_aborted";
  return record.type === "response_item" || record.type === "retained_context";
}

/**
 * The calls that wait after one more record (spec 02 §4.4): one that asks for more rights or puts a question waits until
 * its output is written or its turn ends. Pure.
 */
export function applyAttention(state: AttentionState, record: StoredRecord): AttentionState {
  if (!isAttentionRecord(record)) return state;
  if (record.type === "event_msg") return without(state, (call) => call.turn_id === null || endsTurn(call, record));
  const { payload } = record;
  const call_id = textOrNull(payload["call_id"]);
  if (call_id === null) return state;
  if (payload["type"] !== "function_call") return without(state, (call) => call.call_id === call_id);
  const attention = attentionOfCall(payload);
  if (attention === null) return state;
  const others = state.waiting.filter((call) => call.call_id !== call_id);
  const call: WaitingCall = { call_id, attention, turn_id: record.turn_id, at: record.timestamp };
  return { ...state, waiting: [...others, call].slice(-MOST_CALLS_KEPT) };
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

function attentionOfCall(payload: JsonObject): WaitingCall["attention"] | null {
  if (payload["name"] === "request_user_input") return "question";
  const permissions = escalationOf(payload["arguments"]) ?? payload["sandbox_permissions"];
  return permissions === "require_escalated" ? "approval" : null;
}

function endsTurn(call: WaitingCall, record: StoredRecord): boolean {
  const { turn_id, payload } = record;
  return turn_id === null || call.turn_id === turn_id || call.turn_id === payload["root_turn_id"];
}

function without(state: AttentionState, isOver: (call: WaitingCall) => boolean): AttentionState {
  if (state.waiting.length === 0) return state;
  const waiting = state.waiting.filter((call) => !isOver(call));
  return waiting.length === state.waiting.length ? state : { ...state, waiting };
}

/**
 * What the agent waits for, from both sources: a prompt on the screen is seen, so it wins; a screen of Codex that shows
 * its composer or its work and no prompt refutes the rollout; any other screen, or none, leaves the rollout's word. Where
 * a call of the rollout waits for approval, a menu that names no question of its own is that approval, unless the title
 * says that nobody is asked. Pure.
 */
export function combineAttention(
  from_rollout: Attention,
  pane: Pick<PaneClassification, "attention" | "startup" | "title"> | null,
): Attention {
  if (pane === null) return from_rollout;
  const { attention, startup, title } = pane;
  if (attention === "none") return startup.state === "ready" || startup.state === "working" ? "none" : from_rollout;
  const is_vague = attention === "menu" || attention === "plan_decision";
  const nobody_is_asked = title !== null && title !== "waiting_on_human";
  return is_vague && from_rollout === "approval" && !nobody_is_asked ? "approval" : attention;
}
