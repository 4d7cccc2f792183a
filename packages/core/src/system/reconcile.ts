import type { DriftReport, Input } from "@conveyor/contracts";
import { inheritedChecks, lookups, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { endHistoryHere } from "../shared/history-mark.ts";
import { endCommand } from "../shared/immediate-command.ts";
import { type Drift, type DriftingSession, danglingBindings, findDrift } from "./drift.ts";
import { settleStart } from "./interrupted-starts.ts";

/** Compare the ledger with the processes and terminals of this machine (spec 01 §6.16). Changes nothing. */
export async function reconcile(ctx: Ctx, input: Input<"system.reconcile">): Promise<DriftReport> {
  return report(ctx, await findDrift(ctx, input.stale_cycles_seconds));
}

/**
 * The same, and set right what is certain: dead sessions become gone, then bindings of gone sessions invalid and their
 * tasks paused; what a closing command that died left in the middle is undone, and a start that broke off is recorded as
 * failed, while what it started is for a person to keep or to end (spec 01 §6.16). The lists show what was
 * found, dangling bindings as they were after the sessions were marked. Idempotent; what changed since the look is left.
 */
export async function applyReconcile(ctx: Ctx, input: Input<"system.reconcile">): Promise<DriftReport> {
  const drift = await findDrift(ctx, input.stale_cycles_seconds);
  const { dangling, applied } = await ctx.store.write(async (tx) => {
    const sessions_marked_gone: string[] = [];
    for (const session of drift.dead) if (await markGone(tx, session)) sessions_marked_gone.push(session.name);
    const closings_undone: string[] = [];
    for (const closing of drift.closings) if (await undoClosing(tx, closing)) closings_undone.push(closing.binding_id);
    const starts_settled: string[] = [];
    for (const start of drift.starts) if (await settleStart(tx, start)) starts_settled.push(start.command_id);
    const after = await danglingBindings(tx);
    const bindings_marked_invalid: string[] = [];
    for (const row of after) {
      if (bindings_marked_invalid.includes(row.binding_id)) continue;
      await markInvalid(tx, row);
      bindings_marked_invalid.push(row.binding_id);
    }
    return {
      dangling: after,
      applied: { sessions_marked_gone, bindings_marked_invalid, closings_undone, starts_settled },
    };
  });
  return { ...report(ctx, { ...drift, dangling }), applied };
}

function report(ctx: Ctx, drift: Drift): DriftReport {
  const checks = inheritedChecks(ctx.store.handle);
  return {
    dead_pid_sessions: drift.dead.map(({ name, role, pid, last_heartbeat_at, tmux_missing }) => ({
      name,
      role,
      pid,
      last_heartbeat_at,
      tmux_missing,
    })),
    stale_heartbeat_sessions: drift.stale_heartbeats,
    dangling_bindings: drift.dangling,
    stuck_tasks: drift.stuck,
    uncycled_tasks: drift.uncycled,
    interrupted_closings: drift.closings.map(({ command: _command, ...closing }) => closing),
    interrupted_starts: drift.starts.map(({ command: _command, ...start }) => start),
    schema_health: { ok: checks.every(({ ok }) => ok), checks },
  };
}

/** Only the session as it was looked at: one that was registered again meanwhile is another. */
async function markGone(tx: WriteTx, session: DriftingSession): Promise<boolean> {
  const { id, name, role, pid, pid_started_at, tmux_session, tmux_pane_id, tmux_missing } = session;
  const marked = await tx.db.sessions.updateMany({
    where: { id, state: "active", pid, pid_started_at, tmux_session, tmux_pane_id },
    data: { state: "gone", last_heartbeat_at: tx.now, last_heartbeat_source: null },
  });
  if (marked.count === 0) return false;
  lookups.touchTaskOf(tx, id);
  const reason = tmux_missing ? "tmux session is gone" : "process is gone";
  tx.tell("session_marked_gone_by_reconcile", {
    session_id: id,
    attributes: { name, pid, reason },
    summary: `${role} ${name} marked gone: its ${reason}`,
    correlation: { session_id: id, session: name },
  });
  return true;
}

async function markInvalid(tx: WriteTx, row: DriftReport["dangling_bindings"][number]): Promise<void> {
  const { binding_id, task_id, task_name, gone_role, gone_session_name } = row;
  const ended = await tx.db.bindings.update({
    where: { id: binding_id },
    data: { state: "invalid", ended_at: tx.now },
    select: { worker_session_id: true },
  });
  await endHistoryHere(tx, ended.worker_session_id);
  await tx.db.tasks.updateMany({
    where: { id: task_id, state: { in: ["candidate", "managed"] } },
    data: { state: "paused", updated_at: tx.now, updated_seq: tx.seq() },
  });
  tx.tell("binding_marked_invalid_by_reconcile", {
    task_id,
    attributes: { binding_id, task_name, gone_role, gone_session_name },
    summary: `binding of task ${task_name} is invalid: its ${gone_role} ${gone_session_name} is gone`,
    correlation: { binding_id },
  });
}

async function undoClosing(tx: WriteTx, closing: Drift["closings"][number]): Promise<boolean> {
  const { binding_id, task_id, task_name, command } = closing;
  const undone = await tx.db.bindings.updateMany({
    where: { id: binding_id, state: "ending" },
    data: { state: "active" },
  });
  if (undone.count === 0) return false;
  const facts = { task: task_name, binding_id, expected_failure: false, failure_stage: "interrupted" };
  const error = "the command that was closing the task died in the middle";
  if (command !== null) {
    await endCommand(tx, command, { state: "failed", result: { command_id: command.id, ...facts }, error });
  }
  tx.tell(command?.type === "stop_task" ? "stop_task_failed" : "finish_task_failed", {
    task_id,
    command_id: command?.id ?? null,
    attributes: { ...facts, error, error_type: "WorkerError" },
    severity: "error",
    summary: `closing of task ${task_name} had broken off and was undone`,
    correlation: { binding_id, command_id: command?.id ?? null },
  });
  return true;
}
