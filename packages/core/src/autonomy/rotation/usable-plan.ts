import { ConveyorError } from "@conveyor/contracts/errors";
import { decodeRow, type ReadTx } from "@conveyor/store";
import type { BoundPair } from "../pair.ts";

/** What of a plan its record has to keep to. */
export interface UsablePlan {
  id: string;
  require_handoff: boolean;
}

const HINT = "use the receipt.event_id that app-worker-rotation-plan printed, or plan anew";

/**
 * The plan of a rotation, if its record may follow it: of this task, binding and thread, eligible, and not followed before.
 * Throws `not_found` and `precondition_failed`.
 */
export async function usablePlan(
  tx: ReadTx,
  { task, binding_id }: BoundPair,
  id: string,
  { old_worker_thread_id }: { old_worker_thread_id: string },
): Promise<UsablePlan> {
  const plan = await tx.db.worker_rotations.findUnique({
    where: { id },
    include: { task: { select: { name: true } }, worker_rotations_as_plan: { select: { id: true }, take: 1 } },
  });
  if (plan === null) {
    throw new ConveyorError("not_found", `there is no rotation plan ${JSON.stringify(id)}`, {
      hint: HINT,
      details: { kind: "rotation_plan", reference: id },
    });
  }
  const refuse = (message: string, details: Record<string, unknown>) => {
    throw new ConveyorError("precondition_failed", message, {
      hint: HINT,
      details: { kind: "rotation_plan", plan_receipt: id, ...details },
    });
  };
  if (plan.kind !== "planned") refuse(`${id} is the record of a rotation, not its plan`, {});
  if (plan.task_id !== task.id) {
    refuse(`the plan ${id} is of task ${JSON.stringify(plan.task.name)}, not of ${JSON.stringify(task.name)}`, {
      task_id: plan.task_id,
      expected_task_id: task.id,
    });
  }
  if (plan.binding_id !== binding_id) {
    refuse(`the plan ${id} is of an earlier binding of the task`, { binding_id: plan.binding_id });
  }
  if (plan.old_worker_thread_id !== old_worker_thread_id) {
    const [planned, named] = [plan.old_worker_thread_id, old_worker_thread_id].map((one) => JSON.stringify(one));
    refuse(`the plan ${id} is for the thread ${planned}, not for ${named}`, {
      old_worker_thread_id: plan.old_worker_thread_id,
    });
  }
  if (plan.eligible !== true) refuse(`the plan ${id} was blocked`, { blockers: decodeRow(plan).blockers });
  const [followed] = plan.worker_rotations_as_plan;
  if (followed !== undefined) {
    refuse(`the plan ${id} was followed already, by ${followed.id}`, { recorded: followed.id });
  }
  return { id, require_handoff: plan.require_handoff };
}
