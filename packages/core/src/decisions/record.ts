import type { Decision, DecisionKind, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { redact } from "../shared/redaction.ts";
import { liveBindingOf, resolveTask } from "../shared/references.ts";
import { decisionOf } from "./decision.ts";

/**
 * Record what the manager decided, and why (spec 04 §4.8). Two calls make two decisions. Throws `not_found` for an
 * unknown task, and for a cycle that does not exist or is of another task.
 */
export async function record(ctx: Ctx, input: Input<"decisions.record">): Promise<Output<"decisions.record">> {
  return ctx.store.write(async (tx) => {
    const { id, name } = resolveTask(tx, input.task);
    if (input.cycle_id !== undefined) await assertCycleOfTask(tx, input.cycle_id, { id, name });
    const binding = await liveBindingOf(tx, id);
    const decision = await insertDecision(tx, {
      task_id: id,
      decision: input.decision,
      reason: input.reason,
      payload: input.payload ?? {},
      single_use: input.single_use ?? false,
      manager_cycle_id: input.cycle_id ?? null,
      manager_session_id: binding?.manager_session_id ?? null,
    });
    return { ...decision, task: { id, name } };
  });
}

export interface NewDecision {
  task_id: string;
  decision: DecisionKind;
  reason: string;
  payload: Record<string, unknown>;
  /** A cycle of this task. */
  manager_cycle_id: number | null;
  manager_session_id: string | null;
  /** The command that the decision belongs to, when there is one. */
  command_id?: string | undefined;
  /** It justifies one command and no second one. */
  single_use?: boolean | undefined;
}

/** Write a decision, `manager_decision_recorded` in both records and, within a cycle, its span. */
export async function insertDecision(tx: WriteTx, wanted: NewDecision): Promise<Decision> {
  const { task_id, decision, reason, payload, manager_cycle_id, manager_session_id, command_id } = wanted;
  const row = await tx.db.manager_decisions.create({
    data: {
      seq: tx.seq(),
      task_id,
      decision,
      reason,
      manager_cycle_id,
      manager_session_id,
      payload_json: canonicalJson(payload),
      single_use: wanted.single_use ?? false,
      created_at: tx.now,
    },
  });
  tx.tell("manager_decision_recorded", {
    actor: manager_session_id === null ? "workerctl" : "manager",
    task_id,
    session_id: manager_session_id,
    command_id,
    summary: `decided to ${decision}`,
    correlation: { decision_id: row.id, manager_cycle_id, manager_id: row.manager_id, manager_session_id, command_id },
    attributes: { decision, payload: redact(payload) as Record<string, unknown>, reason },
    payload: { decision, decision_id: row.id, manager_cycle_id, reason },
  });
  if (manager_cycle_id !== null) {
    await tx.db.manager_cycle_spans.create({
      data: {
        seq: tx.seq(),
        manager_cycle_id,
        task_id,
        phase: "manager_decision",
        started_at: tx.now,
        completed_at: tx.now,
        duration_ms: 0,
        state: "succeeded",
        attributes_json: canonicalJson({ decision, decision_id: row.id }),
        manager_decision_id: row.id,
        command_id: command_id ?? null,
      },
    });
  }
  return decisionOf(row);
}

/** Throws `not_found` for a cycle that does not exist or is of another task. */
export async function assertCycleOfTask(
  tx: WriteTx,
  cycle_id: number,
  task: { id: string; name: string },
): Promise<void> {
  const cycle = await tx.db.manager_cycles.findUnique({ where: { id: cycle_id }, select: { task_id: true } });
  if (cycle?.task_id === task.id) return;
  const message =
    cycle === null
      ? `there is no cycle ${cycle_id}`
      : `cycle ${cycle_id} is not one of task ${JSON.stringify(task.name)}`;
  throw new ConveyorError("not_found", message, {
    hint: "use the cycle_id that `conveyor cycle` printed for this task",
    details: { kind: "cycle", id: cycle_id, task_id: task.id },
  });
}
