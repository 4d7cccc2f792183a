import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { WriteTx } from "@conveyor/store";
import { endCommand } from "../../shared/immediate-command.ts";
import type { Party } from "../../shared/party.ts";
import { type ClosePlan, type Effects, type Intent, PROFILES } from "./plan.ts";
import { cancelPendingCommands, countUnread, endAutopilot, endBinding, finishActiveRun, markEnded } from "./steps.ts";

const EVENTS = {
  finish_task: { succeeded: "finish_task_succeeded", closed: "task_finished", failed: "finish_task_failed" },
  stop_task: { succeeded: "stop_task_succeeded", closed: "task_stopped", failed: "stop_task_failed" },
} as const;

/** What of the outcome the answer repeats. */
export interface Settled {
  reason: string;
  already_done_followup: boolean;
  killed_worker: boolean;
  killed_manager: boolean;
  stop_manager: boolean;
  stop_worker: boolean;
  pending_commands: number;
  unread_notifications: number;
}

/** Everything that closing a task changes, in one transaction (spec 01 §6.14 step f). Throws `conflict` when somebody else was faster. */
export async function commitOutcome(tx: WriteTx, plan: ClosePlan, intent: Intent, effects: Effects): Promise<Settled> {
  const { task, followup } = intent;
  const { finish, run_status, done } = PROFILES[plan.command];
  const command_id = intent.command.id;
  await markEnded(tx, plan.command, partiesIn(intent, effects.ended));
  if (!followup) {
    await closeOpenTask(tx, task);
    await endBinding(tx, intent.binding_id);
    await endAutopilot(tx, task.id);
  }
  const run = followup ? null : await finishActiveRun(tx, task.id, run_status);
  const pending_commands = followup ? 0 : await cancelPendingCommands(tx, task.id);
  const unread_notifications = await countUnread(tx, task.id);
  const facts = {
    reason: plan.reason,
    already_done_followup: followup,
    killed_worker: effects.killed.has("worker"),
    killed_manager: effects.killed.has("manager"),
    stop_manager: plan.stop.manager,
    stop_worker: plan.stop.worker,
  };
  const result = {
    ...facts,
    command_id,
    task: task.name,
    finish,
    final_decision_id: intent.final_decision_id,
    final_observation_id: intent.final_observation_id,
    manager_decision: intent.decision,
    ...intent.audits,
    ...(effects.captures.length > 0 && { pre_stop_transcript_captures: effects.captures }),
  };
  await endCommand(tx, intent.command, { state: "succeeded", result });
  tx.tell(EVENTS[plan.command].succeeded, { task_id: task.id, command_id, attributes: result });
  tx.tell(EVENTS[plan.command].closed, {
    task_id: task.id,
    run_id: run?.id ?? null,
    summary: `task ${task.name} ${done}`,
    correlation: { command_id, run_id: run?.id ?? null },
    attributes: { ...facts, run_status: run === null ? null : run_status },
  });
  return { ...facts, pending_commands, unread_notifications };
}

async function closeOpenTask(tx: WriteTx, task: { id: string; name: string }): Promise<void> {
  const closed = await tx.db.tasks.updateMany({
    where: { id: task.id, state: { in: [...OPEN_TASK_STATES] } },
    data: { state: "done", updated_at: tx.now, updated_seq: tx.seq() },
  });
  if (closed.count > 0) return;
  throw new ConveyorError("conflict", `somebody else closed ${JSON.stringify(task.name)} at the same time`, {
    details: { kind: "task", id: task.id },
  });
}

/** Record that it broke off: the task stays as it was, what was killed is gone (spec 01 §6.14). */
export async function commitFailure(
  tx: WriteTx,
  plan: ClosePlan,
  intent: Intent,
  effects: Effects,
  error: unknown,
): Promise<void> {
  const { task } = intent;
  const { finish, done } = PROFILES[plan.command];
  const command_id = intent.command.id;
  const { message } = asConveyorError(error);
  await markEnded(tx, plan.command, partiesIn(intent, effects.killed));
  if (intent.binding_id !== null && !intent.followup) {
    await tx.db.bindings.updateMany({ where: { id: intent.binding_id, state: "ending" }, data: { state: "active" } });
  }
  const result = {
    command_id,
    task: task.name,
    finish,
    reason: plan.reason,
    expected_failure: false,
    failure_stage: "live_lifecycle_side_effects",
    worker_identity: effects.identities.worker,
    manager_identity: effects.identities.manager,
    killed_worker: effects.killed.has("worker"),
    killed_manager: effects.killed.has("manager"),
  };
  await endCommand(tx, intent.command, { state: "failed", result, error: message });
  tx.tell(EVENTS[plan.command].failed, {
    task_id: task.id,
    command_id,
    attributes: { ...result, error: message, error_type: "WorkerError" },
    severity: "error",
    summary: `task ${task.name} could not be ${done}`,
    correlation: { command_id },
  });
}

function partiesIn({ parties }: Intent, roles: ReadonlySet<keyof Intent["parties"]>): Party[] {
  return [...roles].map((role) => parties[role]).filter((party) => party !== null);
}
