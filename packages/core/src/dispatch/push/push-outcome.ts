import type { DispatchErrorCode } from "@conveyor/contracts";
import { paneBusyPauseSeconds, pushPauseSeconds } from "../delivery/back-off.ts";

/** A push that did not end well, and how often this message was tried. */
export interface FailedPush {
  /** Code of the error. */
  code: string;
  /** Whether it was recorded that the pane is touched. */
  started: boolean;
  /** Attempts that count, this one included. */
  attempts: number;
  max_attempts: number;
  /** How often it was looked at this message's pane, this time included. */
  looks: number;
}

export type FailedPushVerdict =
  /** Nobody knows what the pane got: never again by itself. */
  | { kind: "fail"; error_code: DispatchErrorCode }
  /** There is no terminal any more, or its agent is not in it: the inbox takes it. */
  | { kind: "fall_back" }
  /** Later. */
  | { kind: "defer"; error_code: DispatchErrorCode; pause_seconds: number; uses_attempt: boolean }
  /** Somebody else works on it now. */
  | { kind: "let_go" };

const GONE: ReadonlySet<string> = new Set([
  ...["tmux_no_server", "tmux_session_missing", "tmux_pane_missing", "agent_gone"],
]);

/** What passes when somebody has answered, sent or cleared something, or is done typing. */
const PASSES = ["pane_not_ready", "composer_not_empty", "pane_busy", "pane_synchronized"] as const;

/** What happens to a message whose push failed (spec 03 §6.5). Pure. */
export function judgeFailedPush(push: FailedPush): FailedPushVerdict {
  if (push.started) return { kind: "fail", error_code: "push_failed" };
  if (push.code === "lease_lost") return { kind: "let_go" };
  if (GONE.has(push.code)) return { kind: "fall_back" };
  const passing = PASSES.find((code) => code === push.code);
  if (passing !== undefined) {
    const pause_seconds = paneBusyPauseSeconds(push.looks);
    return { kind: "defer", error_code: passing, pause_seconds, uses_attempt: false };
  }
  if (push.attempts >= push.max_attempts) return { kind: "fail", error_code: "push_target_unavailable" };
  const pause_seconds = pushPauseSeconds(push.attempts);
  return { kind: "defer", error_code: "push_target_unavailable", pause_seconds, uses_attempt: true };
}
