import type { HostCtx } from "../ctx.ts";

/**
 * Places at which a fault test lets the process die, in the order in which a pass, then a consumer, then a start comes by.
 * "Inside" means that the transaction at hand is not committed yet.
 */
export const CRASH_STEPS = [
  /** A watcher has entered the registry. */
  "registered",
  /** A part of a rollout is stored and more of it is to come. */
  "ingest_block",
  /** Inside: expired leases are judged. */
  "recovering",
  "recovered",
  /** Inside: a command is claimed. */
  "claimed",
  /** A command for a terminal is claimed, and its item written. */
  "item_inserted",
  /** Inside: the item of a finished turn is written. */
  "completion_detected",
  /** The report of a finished turn is claimed or, for an inbox, delivered. */
  "completion_claimed",
  /** tmux has the text, the pane does not. */
  "buffer_loaded",
  /** It is recorded that the pane is touched next. */
  "side_effect_started",
  /** The text stands in the pane, Enter is not pressed. */
  "text_typed",
  /** Enter is pressed, nothing of that is recorded. */
  "submitted",
  /** The push is over, and for agents whose screen proves it recorded as done. */
  "pasted",
  /** Inside: the end of a push is written. */
  "finishing",
  /** The end of a push is recorded. */
  "completed",
  /** Inside: what was typed before is settled by what the agent has recorded. */
  "settling",
  /** Inside: a watcher says that it lives. */
  "heartbeat",
  /** Inside: an item of an inbox is taken. */
  "item_consumed",
  "consumed",
  /** The terminal of a new session runs, the session is not registered. */
  "session_started",
] as const;
export type CrashStep = (typeof CRASH_STEPS)[number];

let seen = 0;

/**
 * For fault tests only: end this process at once, as `kill -9` would, when the environment variable CONVEYOR_ABORT_AT
 * names this step, with `:N` behind it at the Nth time. Without the variable it does nothing.
 */
export function crashPoint(ctx: HostCtx, step: CrashStep): void {
  const wanted = ctx.host.env["CONVEYOR_ABORT_AT"];
  if (wanted === undefined) return;
  const [name, nth = "1"] = wanted.split(":");
  if (name !== step) return;
  seen += 1;
  if (seen === Number(nth)) process.kill(process.pid, "SIGKILL");
}
