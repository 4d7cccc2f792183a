import type { Output } from "@conveyor/contracts";
import { presents } from "../presentation.ts";
import { lines } from "../print/text.ts";

type Status = Output<"loops.status">;

const counts = (states: Readonly<Record<string, number>>) => {
  const parts = Object.entries(states).map(([name, total]) => `${name} ${total}`);
  return parts.length === 0 ? "none" : parts.join(", ");
};

function statusText(found: Status): string {
  const { task, run, policy, gate, failures, app_task_dispatch: app, blocked, next_action } = found;
  const { satisfied_evidence: satisfied, rejected_evidence: rejected, missing_evidence: missing } = gate;
  const list = (words: readonly string[]) => (words.length === 0 ? "none" : words.join(", "));
  return lines(
    `task: ${task.name} (${task.state})`,
    `run: ${run.name} (${run.status}, loop ${found.loop_state})`,
    `policy: ${policy.template ?? "custom"}, iteration ${policy.current_iteration}/${policy.max_iterations}`,
    `gate: iteration ${gate.next_iteration} ${gate.can_continue ? "may begin" : `is refused: ${gate.reason}`}`,
    `evidence: satisfied ${list(satisfied)}; rejected ${list(rejected)}; missing ${list(missing)}`,
    gate.conflicts.retry_count > 0 &&
      `conflicts: ${gate.conflicts.retry_count} of ${gate.conflicts.max_retries} unresolved attempts, ${gate.conflicts.state}`,
    `commands: ${counts(found.commands.states)}`,
    blocked.latest !== null &&
      `blocked: ${blocked.total}, latest ${blocked.latest.command_id}: ${blocked.latest.reason}`,
    `notifications: ${found.notifications.delivered}/${found.notifications.total} delivered`,
    `worker inbox: ${found.inbox.worker_unconsumed} unconsumed, ${found.inbox.consumed_unacknowledged} taken without an answer`,
    `consumed: ${found.telemetry.dispatch_inbox_consumed}`,
    `task dispatch: ${app.records_total} records, ${app.notifications.delivered_unconsumed} unconsumed${app.note === null ? "" : ` (${app.note})`}`,
    `failures: ${failures.alerts} alerts, ${failures.failed_commands} failed commands, ${failures.resolved_failed_commands} resolved`,
    `recommendation: ${found.recommendation}`,
    next_action !== null && `next: ${next_action.code}: ${next_action.command}`,
  );
}

/** `loop-status` (spec 05 §5.8). */
export const status = presents("loops.status", { text: statusText });
