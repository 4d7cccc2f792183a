import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, lookups, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { type BoundPair, openPair } from "./pair.ts";
import { oldWorkerOf } from "./plan-rotation.ts";
import { rotationBlockers, rotationGuardOf } from "./rotation/blockers.ts";
import { latestHandoff, rotationFacts } from "./rotation/facts.ts";
import { usablePlan } from "./rotation/usable-plan.ts";

type Answer = Output<"autonomy.recordRotation">;

const EVENT_TYPE = "app_worker_rotation_recorded";

/**
 * `app-worker-rotation-record`: what became of a rotation (spec 06 §6.2). `archived` moves the worker's session to the new
 * thread, if it is still in the old one; of two at once one does. Whatever is refused writes nothing. Throws `not_found`,
 * `ambiguous`, `no_active_binding`, `terminal_state`, `invalid_input` (the new thread is the old one),
 * `precondition_failed` (a guard of the plan does not hold, or the plan cannot be used), `conflict` (somebody else lives in
 * the new thread).
 */
export async function recordRotation(ctx: Ctx, input: Input<"autonomy.recordRotation">): Promise<Answer> {
  return ctx.store.write((tx) => recordRotationWithin(ctx, tx, input));
}

/** `recordRotation` as a part of a larger transaction. */
export async function recordRotationWithin(
  ctx: Ctx,
  tx: WriteTx,
  input: Input<"autonomy.recordRotation">,
): Promise<Answer> {
  const { old_worker_thread_id, new_worker_thread_id, archive_status } = input;
  const new_worker_thread_title = input.new_worker_thread_title ?? null;
  const reason = input.reason ?? null;
  const pair = openPair(ctx, tx, input.task);
  const { task, worker, binding_id } = pair;
  const plan = input.plan_receipt === undefined ? null : await usablePlan(tx, pair, input.plan_receipt, input);
  const latest = await latestHandoff(tx, task.id);
  const require_handoff = plan?.require_handoff ?? false;
  const facts = await rotationFacts(tx, pair, latest, { old_worker_thread_id, require_handoff });
  const guard = rotationGuardOf(facts);
  const blockers = rotationBlockers(facts);
  if (blockers.length > 0) throw guarded(blockers, guard);
  assertFree(tx, pair, input);
  const session_updated = archive_status === "archived";
  if (session_updated) await moveSession(tx, pair, { new_worker_thread_id, new_worker_thread_title });
  const event_id = tx.tell(EVENT_TYPE, {
    severity: session_updated ? "info" : "warning",
    summary: `thread of the worker of task ${task.name}: ${archive_status}`,
    task_id: task.id,
    session_id: worker.id,
    correlation: { command: "app-worker-rotation-record", old_worker_thread_id, new_worker_thread_id },
    attributes: {
      archive_status,
      binding_id,
      handoff_id: latest?.id ?? null,
      new_worker_thread_id,
      new_worker_thread_title,
      old_worker_session_id: worker.id,
      old_worker_thread_id,
      reason,
      session_updated,
    },
  });
  await tx.db.worker_rotations.create({
    data: {
      id: event_id,
      seq: tx.seq(),
      task_id: task.id,
      binding_id,
      worker_session_id: worker.id,
      kind: "recorded",
      plan_id: plan?.id ?? null,
      blockers_json: canonicalJson([]),
      require_handoff,
      handoff_id: latest?.id ?? null,
      old_worker_thread_id,
      new_worker_thread_id,
      new_worker_thread_title,
      archive_status,
      session_updated,
      reason,
      recorded_at: tx.now,
    },
  });
  return {
    task: { id: task.id, name: task.name },
    archive: { old_worker_thread_id, status: archive_status },
    guard,
    old_worker: oldWorkerOf(pair),
    new_worker: {
      session_id: worker.id,
      codex_app_thread_id: new_worker_thread_id,
      codex_app_thread_title: new_worker_thread_title,
      session_updated,
    },
    receipt: { event_id, event_type: EVENT_TYPE, recorded_at: tx.now },
  };
}

function guarded(blockers: readonly string[], guard: object): ConveyorError {
  return new ConveyorError("precondition_failed", `the rotation is blocked: ${blockers.join(", ")}`, {
    hint: "nothing was changed; plan it anew with app-worker-rotation-plan, and archive only the thread that it names",
    details: { blockers, guard },
  });
}

/** The new thread is nobody's yet. */
function assertFree(tx: WriteTx, pair: BoundPair, input: Input<"autonomy.recordRotation">): void {
  const { old_worker_thread_id, new_worker_thread_id: id } = input;
  if (id === old_worker_thread_id) {
    throw new ConveyorError("invalid_input", `the new thread is the old one, ${JSON.stringify(id)}`, {
      hint: "name the thread that was created for the worker with --new-worker-thread-id ID",
      details: { field: "new_worker_thread_id", thread_id: id },
    });
  }
  const { manager, worker } = pair;
  const isManagers = manager.codex_app_thread_id === id;
  const owner = isManagers ? manager : lookups.sessionOfThread(tx, id);
  if (owner === undefined || owner.id === worker.id || (owner.state !== "active" && !isManagers)) return;
  throw new ConveyorError(
    "conflict",
    `the thread ${JSON.stringify(id)} is that of the ${owner.role} ${JSON.stringify(owner.name)}`,
    {
      hint: "create a thread of its own for the worker",
      details: { kind: "session", id: owner.id, name: owner.name, role: owner.role, thread_id: id },
    },
  );
}

/** Only from the thread in which the worker was when this transaction began. */
async function moveSession(
  tx: WriteTx,
  { worker }: BoundPair,
  to: { new_worker_thread_id: string; new_worker_thread_title: string | null },
): Promise<void> {
  const { count } = await tx.db.sessions.updateMany({
    where: { id: worker.id, codex_app_thread_id: worker.codex_app_thread_id },
    data: {
      codex_app_thread_id: to.new_worker_thread_id,
      codex_app_thread_title: to.new_worker_thread_title,
      last_heartbeat_at: null,
      last_heartbeat_source: null,
    },
  });
  if (count === 1) return;
  throw new ConveyorError("conflict", `another rotation of the worker ${JSON.stringify(worker.name)} came first`, {
    hint: "look at the worker's thread with app-loop-status, then plan anew",
    details: { kind: "session", id: worker.id, name: worker.name },
  });
}
