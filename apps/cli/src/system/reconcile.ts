import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines, type View } from "../print/text.ts";

type Drift = Output<"system.reconcile">;

function startText(start: Drift["interrupted_starts"][number]): string {
  const { command_type, role, name, tmux_session, terminal, registered, register_command, kill_command } = start;
  if (command_type === "start_dispatch") return "a start of Dispatch broke off";
  const what = `the start of ${name === null ? "an agent" : `${role} ${name}`} broke off`;
  if (registered) return `${what}; its terminal ${tmux_session} is registered by now`;
  if (terminal !== "running") return `${what}${terminal === "gone" ? " and left nothing running" : ""}`;
  return [`${what}, and its terminal ${tmux_session} runs: keep it`, register_command, `or end it with ${kill_command}`]
    .filter((part) => part !== null)
    .join(" ");
}

function driftText(drift: Drift, view: View): string {
  const { applied, schema_health } = drift;
  const found = [
    ...drift.dead_pid_sessions.map(
      ({ name, role, tmux_missing }) =>
        `${role} ${name}: ${tmux_missing ? "its tmux session is gone" : "its process is gone"}`,
    ),
    ...drift.stale_heartbeat_sessions.map(({ name, role, lease }) => `${role} ${name}: heartbeat ${lease}`),
    ...drift.dangling_bindings.map(
      (one) => `task ${one.task_name}: its ${one.gone_role} ${one.gone_session_name} is gone`,
    ),
    ...drift.stuck_tasks.map(({ task_name, last_cycle_at }) => `task ${task_name}: last looked at ${last_cycle_at}`),
    ...drift.uncycled_tasks.map(({ task_name, bound_at }) => `task ${task_name}: never looked at since ${bound_at}`),
    ...drift.interrupted_closings.map(({ task_name }) => `task ${task_name}: a closing command died in the middle`),
    ...drift.interrupted_starts.map(startText),
    ...(schema_health.ok ? [] : ["the ledger is not healthy: see db-doctor"]),
  ];
  return lines(
    found.length === 0 ? view.colour.green("ledger and machine agree") : found,
    applied !== undefined && [
      ...applied.sessions_marked_gone.map((name) => `marked gone: ${name}`),
      ...applied.bindings_marked_invalid.map((id) => `marked invalid: ${id}`),
      ...applied.closings_undone.map((id) => `made active again: ${id}`),
      ...applied.starts_settled.map((id) => `recorded as failed: ${id}`),
    ],
  );
}

/** `reconcile` (spec 01 §6.16). */
export const reconcile = presents("system.reconcile", { text: driftText });

/** `reconcile --apply` (spec 01 §6.16). */
export const applyReconcile = presents("system.applyReconcile", { text: driftText });
