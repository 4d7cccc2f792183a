import type { HostCtx } from "../ctx.ts";

/** Places at which a fault test lets the process die, in the order in which a delivery passes them. */
export type CrashStep =
  | "claimed"
  | "item_inserted"
  | "buffer_loaded"
  | "side_effect_started"
  | "pasted"
  | "completed"
  | "completion_claimed"
  | "item_consumed"
  | "consumed"
  | "session_started";

/**
 * For fault tests only: end this process at once, as `kill -9` would, when the environment variable CONVEYOR_ABORT_AT
 * names this step. Without the variable it does nothing.
 */
export function crashPoint(ctx: HostCtx, step: CrashStep): void {
  if (ctx.host.env["CONVEYOR_ABORT_AT"] === step) process.kill(process.pid, "SIGKILL");
}
