import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { alertLines, aliveText, verdictLines } from "../print/alerts.ts";
import { cell, lines } from "../print/text.ts";

function taskText({ task, liveness, cycles, commands, alerts }: Output<"telemetry.task">): string {
  const states = Object.entries(cycles.counts_by_state).map(([state, n]) => `${n} ${state}`);
  return lines(
    `task: ${cell(task.name)} (${task.state})`,
    `worker: ${aliveText(liveness.worker_alive)}`,
    `manager: ${aliveText(liveness.manager_alive)}`,
    `cycles: ${cycles.total}${states.length === 0 ? "" : ` (${states.join(", ")})`}`,
    `failed commands: ${commands.failed_count}`,
    alertLines(alerts),
  );
}

/** `telemetry task` (spec 07 §7.10.5, Views). */
export const task = presents("telemetry.task", { text: taskText });

/** `telemetry check --task`: any alert is exit code 1. */
export const checkTask = presents("telemetry.checkTask", {
  text: (report, view) => lines(verdictLines(report, view)),
  exitCode: ({ checks }) => (checks.ok ? 0 : 1),
});
