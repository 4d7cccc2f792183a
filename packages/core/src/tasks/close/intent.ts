import type { DecisionValidation, FinalAudits, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WriteTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { checkDecision, useDecision } from "../../decisions/validate-decision.ts";
import { beginCommand, type CommandIdentity, endCommand } from "../../shared/immediate-command.ts";
import { type Parties, partiesOf, withParties } from "../../shared/party.ts";
import { liveBindingOfSession, resolveTask } from "../../shared/references.ts";
import type { GateFailure } from "./failure.ts";
import { decisionRefusals, evaluateGates } from "./gates.ts";
import { type ClosePlan, type Intent, PROFILES, ROLES } from "./plan.ts";
import { readProofSnapshot } from "./proof.ts";
import { decisionRemedy, remediesOf } from "./remedies.ts";
import { readGateSnapshot } from "./snapshot.ts";
import { recordStopDecision } from "./steps.ts";

const EVENTS = {
  finish_task: { intent: "finish_task_intent", refused: "finish_task_failed" },
  stop_task: { intent: "stop_task_intent", refused: "stop_task_failed" },
} as const;

/** A gate said no; the refusal is recorded and nothing else has changed. */
export interface Refused {
  refused: GateFailure[];
  task: { id: string; name: string };
  command: CommandIdentity;
  audits: FinalAudits | null;
  decision: DecisionValidation;
}

/**
 * Everything that can refuse, then the intent: command, final decision, event, binding `ending` (spec 01 §6.14 step a).
 * Throws `not_found`, `terminal_state`, `conflict`.
 */
export async function commitIntent(ctx: Ctx, tx: WriteTx, plan: ClosePlan): Promise<Intent | Refused> {
  const { finish, is_verdict, done } = PROFILES[plan.command];
  const { id, name, state } = resolveTask(tx, plan.task);
  const task = { id, name, state };
  const followup = isFollowup(task, plan);
  const binding = await tx.db.bindings.findFirst({
    where: followup ? { task_id: id } : { task_id: id, state: { in: ["active", "ending"] } },
    orderBy: { seq: "desc" },
    include: withParties,
  });
  if (binding?.state === "ending") throw beingClosed(task, binding.id);
  const parties = partiesOf(binding);
  if (followup) await assertNotInUse(tx, plan, parties, task);

  const decision = await checkDecision(tx, { task_id: id, decision_id: plan.decision_id, allowed: ["stop"] });
  const { audits, failures } = is_verdict
    ? evaluateGates(
        await readGateSnapshot(
          tx,
          id,
          binding?.id ?? null,
          decision,
          await readProofSnapshot(ctx, tx, task, plan.proof),
        ),
        plan.gates,
      )
    : { audits: null, failures: [...decisionRefusals(decision, plan.gates)] };
  const command = await beginCommand(ctx, tx, {
    type: plan.command,
    task_id: id,
    payload: intentPayload(plan, decision),
  });
  if (failures.length > 0 && !followup) {
    const refused = { refused: failures, task, command, audits, decision };
    await recordRefusal(tx, plan, refused);
    return refused;
  }

  const command_id = command.id;
  await useDecision(tx, decision, command_id);
  const final =
    followup || !is_verdict
      ? { final_decision_id: null, final_observation_id: null }
      : await recordStopDecision(tx, {
          task_id: id,
          command_id,
          reason: plan.reason,
          manager_session_id: binding?.manager_session_id ?? null,
        });
  tx.tell(EVENTS[plan.command].intent, {
    task_id: id,
    command_id,
    attributes: { ...intentPayload(plan, decision), ...final, ...audits, finish },
    summary: `task ${name} is about to be ${done}`,
    correlation: { command_id },
  });
  if (audits !== null) {
    tx.tell("finish_task_criteria_audit", {
      task_id: id,
      command_id,
      attributes: audits.final_audit,
      summary: `${audits.final_audit.open_criteria.length} accepted criteria open at the end of ${name}`,
      correlation: { command_id },
    });
  }
  if (binding !== null && !followup)
    await tx.db.bindings.update({ where: { id: binding.id }, data: { state: "ending" } });
  return { task, command, followup, binding_id: binding?.id ?? null, parties, audits, decision, ...final };
}

/** A finished task may still be cleaned up after; anything else on a closed task is refused. */
function isFollowup(task: { name: string; state: string }, plan: ClosePlan): boolean {
  if (task.state !== "done" && task.state !== "failed") return false;
  if (task.state === "done" && plan.asks_for_cleanup) return true;
  throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is already ${task.state}`, {
    hint:
      task.state === "done" ? "add --stop-worker or --stop-manager to clean up after it" : "start a new task instead",
    details: { kind: "task", state: task.state },
  });
}

function beingClosed(task: { id: string; name: string }, binding_id: string): ConveyorError {
  return new ConveyorError("conflict", `another command is closing ${JSON.stringify(task.name)} right now`, {
    hint: "wait a moment and look at `conveyor audit`; after a crash `conveyor reconcile --apply` repairs it",
    details: { kind: "task", id: task.id, binding_id },
  });
}

/** A session may have gone on to another task since; cleaning up after this one must not stop it there. */
async function assertNotInUse(
  tx: WriteTx,
  plan: ClosePlan,
  parties: Parties,
  task: { id: string; name: string },
): Promise<void> {
  for (const role of ROLES) {
    const party = parties[role];
    if (!plan.stop[role] || party?.kind !== "session") continue;
    const held = await liveBindingOfSession(tx, party.id);
    if (held === null || held.task_id === task.id) continue;
    throw new ConveyorError("conflict", `${role} ${party.name} now works on task ${JSON.stringify(held.task.name)}`, {
      hint: "close that task instead, or stop the session alone with `conveyor stop`",
      details: { kind: "session", session: party.name, binding_id: held.id, task_id: held.task_id },
    });
  }
}

/** The command's payload; the message to the worker is content and leaves only its length. */
export function intentPayload(plan: ClosePlan, decision: DecisionValidation) {
  return {
    reason: plan.reason,
    stop_manager: plan.stop.manager,
    stop_worker: plan.stop.worker,
    message_length: plan.message?.length ?? 0,
    manager_decision: decision,
    ...(PROFILES[plan.command].is_verdict && {
      capture_transcript_before_stop: plan.capture !== null,
      capture_transcript_lines: plan.capture?.lines ?? null,
      capture_transcript_mode: plan.capture?.mode ?? null,
    }),
  };
}

async function recordRefusal(tx: WriteTx, plan: ClosePlan, refused: Refused): Promise<void> {
  const { command, task, refused: failures, audits, decision } = refused;
  const { finish, done } = PROFILES[plan.command];
  const command_id = command.id;
  const error = failures.map(({ message }) => message).join("; ");
  const result = {
    command_id,
    task: task.name,
    finish,
    reason: plan.reason,
    expected_failure: true,
    failure_stage: failures[0]?.stage,
    failure_stages: failures.map(({ stage }) => stage),
    ...audits,
    manager_decision: decision,
  };
  await endCommand(tx, command, { state: "failed", result, error });
  tx.tell(EVENTS[plan.command].refused, {
    task_id: task.id,
    command_id,
    attributes: { ...result, error, error_type: "WorkerError" },
    severity: "warning",
    summary: `task ${task.name} was not ${done}: ${failures.map(({ stage }) => stage).join(", ")}`,
    correlation: { command_id },
  });
}

/** The error for a refusal that is recorded already: every gate that refused, with the commands that would satisfy it. */
export function refusalError(
  { settings }: Pick<Ctx, "settings">,
  plan: ClosePlan,
  { refused, task, audits, decision, command }: Refused,
): ConveyorError {
  const [first, ...others] = refused;
  const failures = refused.map(({ stage, message }) => ({
    stage,
    message,
    fix:
      audits === null ? decisionRemedy(settings, task.name) : remediesOf(settings, stage, { task: task.name, audits }),
  }));
  const hints = refused.map(({ hint }) => hint);
  const fixes = failures.flatMap(({ fix }) => fix).filter((fix) => !hints.some((hint) => hint.includes(fix)));
  const more = others.length === 0 ? "" : ` (and ${others.map(({ message }) => message).join("; ")})`;
  return new ConveyorError(
    "gate_failed",
    `the task may not be ${PROFILES[plan.command].done} yet: ${first?.message}${more}`,
    {
      hint: [...hints, ...fixes.map((fix) => `\`${fix}\``)].join("; "),
      details: {
        failure_stage: first?.stage,
        failures,
        command_id: command.id,
        ...audits,
        manager_decision: decision,
        ...(first?.stage === "manager_decision" && { error: "manager_decision_validation_failed" }),
      },
    },
  );
}

/** Whether this role's terminal is to be stopped and there is somebody in it. */
export function isStopped(plan: ClosePlan, intent: Intent, role: Role): boolean {
  return plan.stop[role] && intent.parties[role] !== null;
}
