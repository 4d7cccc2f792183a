import {
  asConveyorError,
  ConveyorError,
  type DecisionValidation,
  type FinalAudits,
  type InputOf,
  type operations,
  type OutputOf,
  type SessionIdentity,
} from "@conveyor/contracts";
import type { WriteTx } from "@conveyor/store";
import { checkDecision } from "../../decisions/index.ts";
import type { Ctx } from "../../ctx.ts";
import { beginCommand, type CommandIdentity, endCommand } from "../../shared/immediate-command.ts";
import { resolveTask } from "../../shared/references.ts";
import { evaluateGates, type GateFailure } from "./gates.ts";
import { identifySession, isSomebodyElse, type StoredSession } from "./identity.ts";
import { readGateSnapshot } from "./snapshot.ts";
import {
  cancelPendingCommands,
  countUnread,
  endBinding,
  finishActiveRun,
  recordStopDecision,
  stopAutopilot,
} from "./steps.ts";

type Finish = (typeof operations)["tasks"]["finish"];
type Input = InputOf<Finish>;

/** What was committed before anything outside the ledger is touched. */
interface Intent {
  task: { id: string; name: string };
  command: CommandIdentity;
  followup: boolean;
  binding_id: string | null;
  worker: StoredSession | null;
  manager: StoredSession | null;
  audits: FinalAudits;
  decision: DecisionValidation;
  final_decision_id: number | null;
  final_observation_id: number | null;
}

interface Effects {
  killed: Set<string>;
  worker_identity: SessionIdentity | null;
  manager_identity: SessionIdentity | null;
}

/**
 * Close a task (spec 01 §6.14). First everything that can refuse, then the intent, then terminals, then the outcome; a
 * crash in between is visible as a task whose binding is `ending`. Throws `gate_failed` (all refusals listed),
 * `terminal_state`, `conflict`, `side_effect_failed`, `not_found`.
 */
export async function finishTask(ctx: Ctx, input: Input): Promise<OutputOf<Finish>> {
  const intent = await ctx.store.write((tx) => commitIntent(ctx, tx, input));
  if ("refused" in intent) throw refusal(intent.refused, intent);
  const effects: Effects = { killed: new Set(), worker_identity: null, manager_identity: null };
  try {
    await stopSessions(ctx, input, intent, effects);
  } catch (error) {
    await ctx.store.write((tx) => commitFailure(tx, input, intent, effects, error));
    const { message, hint, details } = asConveyorError(error);
    throw new ConveyorError("side_effect_failed", `the task stays open: ${message}`, { hint: hint ?? undefined, details, cause: error });
  }
  const settled = await ctx.store.write((tx) => commitOutcome(tx, input, intent, effects));
  await stopOwnTerminal(ctx, input, intent);
  return answer(input, intent, effects, settled);
}

interface Refused {
  refused: GateFailure[];
  task: { id: string; name: string };
  command: CommandIdentity;
  audits: FinalAudits;
  decision: DecisionValidation;
}

async function commitIntent(ctx: Ctx, tx: WriteTx, input: Input): Promise<Intent | Refused> {
  const task = await resolveTask(tx, input.task);
  const followup = followupOf(task, input);
  const binding = await tx.db.bindings.findFirst({
    where: followup ? { task_id: task.id } : { task_id: task.id, state: { in: ["active", "ending"] } },
    orderBy: { seq: "desc" },
    include: { worker_session: true, manager_session: true },
  });
  if (binding?.state === "ending") {
    throw new ConveyorError("conflict", `another command is closing ${JSON.stringify(task.name)} right now`, {
      hint: "wait a moment and look at `conveyor audit`; after a crash `conveyor reconcile` repairs it",
      details: { kind: "task", id: task.id, binding_id: binding.id },
    });
  }
  const decision = await checkDecision(tx, { task_id: task.id, decision_id: input.decision_id ?? null, allowed: ["stop"] });
  const snapshot = await readGateSnapshot(tx, task.id, binding?.id ?? null, decision);
  const { audits, failures } = evaluateGates(snapshot, input);
  const command = await beginCommand(ctx, tx, {
    type: "finish_task",
    task_id: task.id,
    payload: payloadOf(input, decision),
  });
  const command_id = command.id;
  if (failures.length > 0 && !followup) {
    const refused = { refused: failures, task, command, audits, decision };
    await recordGateFailure(tx, input, refused);
    return refused;
  }
  const final = followup
    ? { final_decision_id: null, final_observation_id: null }
    : await recordStopDecision(tx, {
        task_id: task.id,
        command_id,
        reason: input.reason,
        manager_session_id: binding?.manager_session_id ?? null,
      });
  tx.record({
    type: "finish_task_intent",
    task_id: task.id,
    command_id,
    payload: { ...payloadOf(input, decision), ...final, ...audits, finish: true },
    summary: `task ${task.name} is about to be finished`,
    correlation: { command_id },
  });
  tx.record({
    type: "finish_task_criteria_audit",
    task_id: task.id,
    command_id,
    payload: audits.final_audit,
    summary: `${audits.final_audit.open_criteria.length} accepted criteria open at the end of ${task.name}`,
    correlation: { command_id },
  });
  if (binding !== null && !followup) await tx.db.bindings.update({ where: { id: binding.id }, data: { state: "ending" } });
  return {
    task: { id: task.id, name: task.name },
    command,
    followup,
    binding_id: binding?.id ?? null,
    worker: binding?.worker_session ?? null,
    manager: binding?.manager_session ?? null,
    audits,
    decision,
    ...final,
  };
}

/** A finished task may still be cleaned up after; anything else on a closed task is refused. */
function followupOf(task: { name: string; state: string }, input: Input): boolean {
  if (task.state !== "done" && task.state !== "failed") return false;
  if (task.state === "done" && (input.stop_manager || input.stop_worker)) return true;
  throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is already ${task.state}`, {
    hint: task.state === "done" ? "add --stop-worker or --stop-manager to clean up after it" : "start a new task instead",
    details: { kind: "task", state: task.state },
  });
}

/** The command's payload; the message to the worker is content and leaves only its length. */
function payloadOf(input: Input, decision: DecisionValidation): Record<string, unknown> {
  return {
    reason: input.reason,
    stop_manager: input.stop_manager,
    stop_worker: input.stop_worker,
    message_length: input.message?.length ?? 0,
    manager_decision: decision,
  };
}

async function recordGateFailure(tx: WriteTx, input: Input, refused: Refused): Promise<void> {
  const { command, task, refused: failures, audits, decision } = refused;
  const command_id = command.id;
  const error = failures.map(({ message }) => message).join("; ");
  const result = {
    command_id,
    task: task.name,
    finish: true,
    reason: input.reason,
    expected_failure: true,
    failure_stage: failures[0]?.stage,
    failure_stages: failures.map(({ stage }) => stage),
    ...audits,
    manager_decision: decision,
  };
  await endCommand(tx, command, { state: "failed", result, error });
  tx.record({
    type: "finish_task_failed",
    task_id: task.id,
    command_id,
    payload: { ...result, error, error_type: "WorkerError" },
    severity: "warning",
    summary: `task ${task.name} was not finished: ${failures.map(({ stage }) => stage).join(", ")}`,
    correlation: { command_id },
  });
}

function refusal(failures: readonly GateFailure[], { audits, decision, command }: Refused): ConveyorError {
  const [first, ...others] = failures;
  const more = others.length === 0 ? "" : ` (and ${others.map(({ message }) => message).join("; ")})`;
  return new ConveyorError("gate_failed", `the task may not be finished yet: ${first?.message}${more}`, {
    hint: first?.hint,
    details: {
      failure_stage: first?.stage,
      failures: failures.map(({ stage, message }) => ({ stage, message })),
      command_id: command.id,
      ...audits,
      manager_decision: decision,
      ...(first?.stage === "manager_decision" && { error: "manager_decision_validation_failed" }),
    },
  });
}

async function stopSessions(ctx: Ctx, input: Input, intent: Intent, effects: Effects): Promise<void> {
  const targets = [
    { role: "worker", session: intent.worker, wanted: input.stop_worker },
    { role: "manager", session: intent.manager, wanted: input.stop_manager },
  ] as const;
  const own = await ctx.host.tmux.currentSession().catch(() => null);
  for (const { role, session, wanted } of targets) {
    if (!wanted || session === null) continue;
    const identity = await identifySession(ctx.host, session);
    effects[`${role}_identity`] = identity;
    if (isSomebodyElse(identity)) {
      throw new ConveyorError(
        "side_effect_failed",
        `the tmux session ${identity.db_session} no longer holds the pane of ${session.name}; it was not stopped`,
        { hint: `register ${session.name} again, or close its terminal by hand`, details: { identity } },
      );
    }
    await ctx.store.write(async (tx) => {
      tx.record({
        type: `${role}_identity_verified`,
        task_id: intent.task.id,
        session_id: session.id,
        command_id: intent.command.id,
        payload: identity,
        summary: `${session.name} is what it was registered as`,
        correlation: { command_id: intent.command.id },
      });
    });
  }
  if (input.message !== undefined && intent.worker?.tmux_session && effects.worker_identity?.live === true) {
    const { tmux_session, tmux_pane_id } = intent.worker;
    await ctx.host.tmux.pasteText({ session: tmux_session, pane_id: tmux_pane_id }, input.message);
  }
  for (const { role, session, wanted } of targets) {
    const identity = effects[`${role}_identity`];
    if (!wanted || session?.tmux_session == null || identity?.live !== true) continue;
    // The caller's own terminal must not go before the outcome is stored; see stopOwnTerminal.
    if (session.tmux_session !== own?.session) await ctx.host.tmux.kill(session.tmux_session);
    effects.killed.add(session.id);
  }
}

/** End the terminal that this very process runs in, as the last thing it does. */
async function stopOwnTerminal(ctx: Ctx, input: Input, intent: Intent): Promise<void> {
  const own = await ctx.host.tmux.currentSession().catch(() => null);
  if (own === null) return;
  const mine = [input.stop_worker ? intent.worker : null, input.stop_manager ? intent.manager : null].some(
    (session) => session?.tmux_session === own.session,
  );
  if (!mine) return;
  process.on("SIGHUP", () => {});
  await ctx.host.tmux.kill(own.session);
}

async function commitOutcome(tx: WriteTx, input: Input, intent: Intent, effects: Effects) {
  const { task } = intent;
  const command_id = intent.command.id;
  await markGone(tx, effects.killed);
  if (!intent.followup) {
    const seq = tx.seq();
    const closed = await tx.db.tasks.updateMany({
      where: { id: task.id, state: { in: ["candidate", "managed", "paused"] } },
      data: { state: "done", updated_at: tx.now, updated_seq: seq },
    });
    if (closed.count === 0) {
      throw new ConveyorError("conflict", `somebody else closed ${JSON.stringify(task.name)} at the same time`);
    }
    await endBinding(tx, intent.binding_id);
    await stopAutopilot(tx, task.id);
  }
  const run = intent.followup ? null : await finishActiveRun(tx, task.id, "finished");
  const pending_commands = intent.followup ? 0 : await cancelPendingCommands(tx, task.id);
  const unread_notifications = await countUnread(tx, task.id);
  const facts = {
    reason: input.reason,
    already_done_followup: intent.followup,
    killed_worker: intent.worker !== null && effects.killed.has(intent.worker.id),
    killed_manager: intent.manager !== null && effects.killed.has(intent.manager.id),
    stop_manager: input.stop_manager,
    stop_worker: input.stop_worker,
  };
  const result = {
    ...facts,
    command_id,
    task: task.name,
    finish: true,
    final_decision_id: intent.final_decision_id,
    final_observation_id: intent.final_observation_id,
    manager_decision: intent.decision,
    ...intent.audits,
  };
  await endCommand(tx, intent.command, { state: "succeeded", result });
  tx.audit({ type: "finish_task_succeeded", task_id: task.id, command_id, payload: result });
  tx.telemetry({
    event_type: "task_finished",
    task_id: task.id,
    run_id: run?.id ?? null,
    summary: `task ${task.name} finished`,
    correlation: { command_id, run_id: run?.id ?? null },
    attributes: { ...facts, run_status: run === null ? null : "finished" },
  });
  return { ...facts, pending_commands, unread_notifications };
}

async function commitFailure(tx: WriteTx, input: Input, intent: Intent, effects: Effects, error: unknown): Promise<void> {
  const { task } = intent;
  const command_id = intent.command.id;
  const { message } = asConveyorError(error);
  await markGone(tx, effects.killed);
  if (intent.binding_id !== null && !intent.followup) {
    await tx.db.bindings.updateMany({ where: { id: intent.binding_id, state: "ending" }, data: { state: "active" } });
  }
  const result = {
    command_id,
    task: task.name,
    finish: true,
    reason: input.reason,
    expected_failure: false,
    failure_stage: "live_lifecycle_side_effects",
    worker_identity: effects.worker_identity,
    manager_identity: effects.manager_identity,
  };
  await endCommand(tx, intent.command, { state: "failed", result, error: message });
  tx.record({
    type: "finish_task_failed",
    task_id: task.id,
    command_id,
    payload: { ...result, error: message, error_type: "WorkerError" },
    severity: "error",
    summary: `task ${task.name} could not be finished: its sessions could not be stopped`,
    correlation: { command_id },
  });
}

async function markGone(tx: WriteTx, session_ids: ReadonlySet<string>): Promise<void> {
  if (session_ids.size === 0) return;
  await tx.db.sessions.updateMany({
    where: { id: { in: [...session_ids] } },
    data: { state: "gone", last_heartbeat_at: tx.now, last_heartbeat_source: null },
  });
}

function answer(
  input: Input,
  intent: Intent,
  effects: Effects,
  settled: Awaited<ReturnType<typeof commitOutcome>>,
): OutputOf<Finish> {
  return {
    ...settled,
    task: intent.task.name,
    finish: true,
    command_id: intent.command.id,
    stop_manager: input.stop_manager,
    stop_worker: input.stop_worker,
    worker: intent.worker?.name ?? null,
    worker_session: intent.worker?.name ?? null,
    manager_session: intent.manager?.name ?? null,
    manager_decision: intent.decision,
    final_decision_id: intent.final_decision_id,
    final_observation_id: intent.final_observation_id,
    ...intent.audits,
    worker_identity: effects.worker_identity,
    manager_identity: effects.manager_identity,
    pre_stop_transcript_captures: [],
  };
}
