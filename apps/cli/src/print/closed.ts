import type { Output } from "@conveyor/contracts";
import { lines, plural } from "./text.ts";

type Closed = Output<"tasks.stop"> | Output<"tasks.finish">;

function stopped(role: string, asked: boolean, killed: boolean): string | undefined {
  if (!asked) return undefined;
  return killed ? `${role} stopped` : `${role} was not running`;
}

/** How a task was closed: its terminals, and what was left over (spec 01 §6.14, §6.15). */
export function closedText(done: "finished" | "stopped", closed: Closed): string {
  return lines(
    `${closed.already_done_followup ? "cleaned up after" : done} task ${closed.task}: ${closed.reason}`,
    stopped("worker", closed.stop_worker, closed.killed_worker),
    stopped("manager", closed.stop_manager, closed.killed_manager),
    closed.pending_commands > 0 && `${plural(closed.pending_commands, "queued command")} cancelled`,
    closed.warnings.includes("nothing_was_agreed") &&
      "nothing was agreed: the task has no criteria, so the audit had nothing to check",
    closed.unread_notifications > 0 &&
      `${plural(closed.unread_notifications, "message")} left in the inboxes, not taken`,
  );
}
