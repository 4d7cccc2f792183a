import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

function bindingText(made: Output<"bindings.createDisposable">): string {
  const heartbeat = made.heartbeat_recommendations;
  return lines(
    `task ${made.task.name} (${made.task.id})${made.task.created ? ", created" : ""}, bound as ${made.binding.id}`,
    `worker ${made.worker.name}, rollout ${made.worker.rollout_path}`,
    `manager ${made.manager.name}, rollout ${made.manager.rollout_path}`,
    made.run !== null && `loop run ${made.run.name}`,
    "",
    "Again, and the first steps:",
    made.replay_commands.map((line) => `  ${line}`),
    "",
    `Heartbeats, every ${heartbeat.interval_minutes} minutes (${heartbeat.note}):`,
    `  manager polls: ${heartbeat.manager.poll_command}`,
    `  worker polls: ${heartbeat.worker.poll_command}`,
    `  status: ${heartbeat.status_command}`,
    `  wake plan: ${heartbeat.wakeup_plan_command}`,
    `  wake dispatch: ${heartbeat.wakeup_dispatch_command}`,
    `  receipt of a sent wake: ${heartbeat.delivery_receipt_commands.sent}`,
    `  tear-down: ${heartbeat.teardown_policy.terminal_closeout}`,
    `  close-out: ${heartbeat.teardown_policy.terminal_closeout_command}`,
    "",
    "Prompt for the worker's thread:",
    "",
    made.worker_handoff,
  );
}

/** `create-disposable-binding` (spec 01 §6.11). */
export const createDisposable = presents("bindings.createDisposable", { text: bindingText });
