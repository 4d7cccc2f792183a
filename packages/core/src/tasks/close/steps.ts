import { canonicalJson, type WriteTx } from "@conveyor/store";
import { insertDecision } from "../../decisions/record.ts";
import { endHistoryHere } from "../../shared/history-mark.ts";
import type { Party } from "../../shared/party.ts";

/** The final `stop` decision and the observation beside it (spec 01 §6.14, step a). */
export async function recordStopDecision(
  tx: WriteTx,
  close: { task_id: string; command_id: string; reason: string; manager_session_id: string | null },
): Promise<{ final_decision_id: number; final_observation_id: number }> {
  const { task_id, command_id, reason, manager_session_id } = close;
  const payload = { source: "finish_task", command_id };
  const decision = await insertDecision(tx, {
    task_id,
    decision: "stop",
    reason,
    payload,
    manager_cycle_id: null,
    manager_session_id,
    command_id,
  });
  const observation = await tx.db.agent_observations.create({
    data: {
      seq: tx.seq(),
      task_id,
      role: "manager",
      observation_type: "decision",
      severity: "info",
      command_id,
      created_at: tx.now,
      message: reason,
      payload_json: canonicalJson({ decision_id: decision.id, ...payload }),
    },
  });
  return { final_decision_id: decision.id, final_observation_id: observation.id };
}

/** End the binding that this command put into `ending`. */
export async function endBinding(tx: WriteTx, binding_id: string | null): Promise<void> {
  if (binding_id === null) return;
  const ended = await tx.db.bindings.update({
    where: { id: binding_id },
    data: { state: "ended", ended_at: tx.now },
    select: { worker_session_id: true },
  });
  await endHistoryHere(tx, ended.worker_session_id);
}

/** Record that these do not run any more: sessions are gone, workers and managers of the folder-based commands stopped. */
export async function markEnded(tx: WriteTx, reason: string, parties: readonly Party[]): Promise<void> {
  for (const { kind, id } of parties) {
    switch (kind) {
      case "session":
        await tx.db.sessions.update({
          where: { id },
          data: { state: "gone", last_heartbeat_at: tx.now, last_heartbeat_source: null },
        });
        break;
      case "folder_worker":
        await tx.db.workers.update({
          where: { id },
          data: {
            state: "stopped",
            updated_at: tx.now,
            updated_seq: tx.seq(),
            exit_detected_at: tx.now,
            exit_reason: reason,
          },
        });
        break;
      case "folder_manager":
        await tx.db.managers.update({
          where: { id },
          data: { state: "stopped", stopped_at: tx.now, exit_detected_at: tx.now, exit_reason: reason },
        });
        break;
    }
  }
}

/** Finish or abandon the task's active run; null when there is none. */
export async function finishActiveRun(tx: WriteTx, task_id: string, status: "finished" | "abandoned") {
  const run = await tx.db.runs.findFirst({ where: { task_id, status: "active" } });
  if (run === null) return null;
  await tx.db.runs.update({ where: { id: run.id }, data: { status, ended_at: tx.now } });
  tx.tell("run_finished", {
    severity: "info",
    task_id,
    run_id: run.id,
    summary: `run ${run.name} ${status}`,
    correlation: { run_id: run.id, run_name: run.name },
    attributes: { status },
  });
  return run;
}

/** A closed task keeps no heartbeat policy running (spec 00, Small rulings). */
export async function endAutopilot(tx: WriteTx, task_id: string): Promise<void> {
  const active = await tx.db.autopilot_policies.findMany({ where: { task_id, desired_state: "active" } });
  for (const { dispatcher_id } of active) {
    const event_id = tx.tell("app_autopilot_stopped", {
      severity: "info",
      task_id,
      attributes: { desired_state: "stopped", dispatcher_id, stop_reason: "task_closed" },
      summary: "autopilot stopped because the task was closed",
      correlation: { dispatcher_id },
    });
    await tx.db.autopilot_policies.update({
      where: { task_id_dispatcher_id: { task_id, dispatcher_id } },
      data: {
        desired_state: "stopped",
        stopped_at: tx.now,
        stop_reason: "task_closed",
        last_event_type: "app_autopilot_stopped",
        event_id,
        updated_at: tx.now,
        updated_seq: tx.seq(),
      },
    });
  }
}

/** Queued instructions of a closed task will never be delivered: fail them with a reason instead of leaving them. */
export async function cancelPendingCommands(tx: WriteTx, task_id: string): Promise<number> {
  const { count } = await tx.db.commands.updateMany({
    where: { task_id, state: "pending", type: { in: ["notify_manager", "nudge_worker", "continue_iteration"] } },
    data: {
      state: "failed",
      error: "cancelled: the task was closed",
      result_json: canonicalJson({ error_code: "cancelled" }),
      updated_at: tx.now,
      updated_seq: tx.seq(),
    },
  });
  return count;
}

/** Inbox items of the task that were delivered and never consumed. */
export async function countUnread(tx: WriteTx, task_id: string): Promise<number> {
  // What its agent has recorded as said to it was read; `not` alone would leave out what was never typed.
  const unread = [{ submission: null }, { submission: { not: "confirmed" } }];
  return tx.db.routed_notifications.count({ where: { task_id, state: "delivered", consumed_at: null, OR: unread } });
}
