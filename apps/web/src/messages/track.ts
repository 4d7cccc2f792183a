import { durationText, spaced } from "../lib/words.ts";
import type { Chain } from "../live/operations.ts";
import { UNREAD_MS } from "../queue/needs.ts";

/** How far a message has come, as far as there is proof. */
export interface Track {
  /** When each of the four stages was proven; null while it is not. */
  stages: readonly [queued: string, accepted: string | null, seen: string | null, acted: string | null];
  /** How it ended when it did not go on; `slow` while it might. */
  end: "slow" | "lost" | "held" | null;
  word: string;
}

export const STAGE_WORDS = ["Queued", "In the inbox", "Read", "Answered"] as const;

/** Commands of an operator travel to nobody. */
const CARRIED = ["notify_manager", "nudge_worker", "continue_iteration", "worker_task_complete"];

/** Whether a chain is a message at all. */
export const isDeliveredItem = ({ command_type }: Chain): boolean => CARRIED.includes(command_type);

/** How far a chain has come. Pure. */
export function trackOf(chain: Chain, now_ms: number): Track {
  const item = chain.notifications.at(-1);
  const accepted = item?.delivered_at ?? null;
  const seen = item?.consumed_at ?? null;
  const answer = item?.acknowledgement ?? null;
  const acted = answer !== null && answer.status !== "received" ? answer.created_at : null;
  const stages = [chain.time, accepted, seen ?? (answer === null ? null : answer.created_at), acted] as const;
  const stopped = stoppedOf(chain);
  if (stopped !== null) return { stages, ...stopped };
  if (answer !== null && answer.status === "blocked") {
    return { stages, end: "held", word: `${item?.target_session_name} answered: blocked` };
  }
  if (acted !== null) return { stages, end: null, word: `${item?.target_session_name} answered: ${answer?.status}` };
  if (seen !== null) {
    return { stages, end: null, word: `read by ${item?.consumed_by_session_name ?? item?.target_session_name}` };
  }
  if (answer !== null) return { stages, end: null, word: `${item?.target_session_name} has received it` };
  if (item !== undefined && accepted !== null) {
    const waited_ms = now_ms - Date.parse(accepted);
    const where =
      item.delivery_mode === "push"
        ? `typed to ${item.target_session_name}`
        : `in the inbox of ${item.target_session_name}`;
    const isSlow = item.delivery_mode === "pull_required" && waited_ms >= UNREAD_MS;
    return {
      stages,
      end: isSlow ? "slow" : null,
      word: isSlow ? `${where}, unread for ${durationText(waited_ms)}` : where,
    };
  }
  return { stages, end: null, word: waitOf(chain) };
}

function stoppedOf(chain: Chain): Pick<Track, "end" | "word"> | null {
  const { command_state, blocked_policy, error, refused, side_effect_risk } = chain;
  if (command_state === "blocked")
    return { end: "held", word: `held: ${spaced(blocked_policy?.reason ?? error ?? "by a gate")}` };
  if (side_effect_risk) return { end: "lost", word: "may have arrived; look at the terminal" };
  if (command_state === "failed")
    return { end: refused ? "held" : "lost", word: `${refused ? "refused" : "failed"}: ${error ?? "no reason given"}` };
  if (command_state === "suppressed") return { end: null, word: "left out: said before" };
  return null;
}

function waitOf({ command_state, claim, available_at }: Chain): string {
  if (command_state === "attempted") {
    if (claim === null) return "on the way";
    return claim.expired ? `stuck in sending by ${claim.claimed_by}` : `on the way, taken by ${claim.claimed_by}`;
  }
  if (command_state === "succeeded") return "done";
  if (available_at !== null && Date.parse(available_at) > Date.now()) return "queued for later";
  return "queued, waits for Dispatch";
}
