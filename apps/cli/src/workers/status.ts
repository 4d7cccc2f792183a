import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

/** `status --human` (spec 02 §8.7). */
export const status = presents("workers.status", {
  text: (worker, view) =>
    lines(
      view.colour.bold(`${worker.name}: ${worker.state}, ${worker.terminal.replace("_", " ")}`),
      worker.activity !== null && `rollout: ${worker.activity}`,
      worker.current_task !== null && `task: ${worker.current_task}`,
      worker.next_action !== null && `next: ${worker.next_action}`,
      worker.blocker !== null && view.colour.yellow(`blocked by: ${worker.blocker}`),
      `reported: ${worker.status_last_update ?? "never"}`,
      worker.startup !== null && `start-up: ${worker.startup} (${worker.startup_reason})`,
      `screen changed: ${worker.terminal_changed_at ?? "unknown"}`,
      worker.terminal_capture_error !== null && `the terminal could not be read: ${worker.terminal_capture_error}`,
    ),
});

const age = (seconds: number | null) => (seconds === null ? "unknown" : `${seconds} s`);

/** `idle-check --human` (spec 02 §8.8). */
export const idleCheck = presents("workers.idleCheck", {
  text: (worker, view) =>
    lines(
      view.colour.bold(`${worker.name}: ${worker.health}`),
      worker.reason,
      worker.recommended_action !== "none" && `recommended: ${worker.recommended_action}`,
      `age of its report: ${age(worker.status_age_seconds)}, of its screen: ${age(worker.terminal_age_seconds)}`,
    ),
});
