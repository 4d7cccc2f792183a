import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { lookups, type ReadTx, type WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { liveBindingOf, liveBindingOfSession, resolveSessionOfRole, resolveTask } from "../shared/references.ts";

type TaskRow = Awaited<ReturnType<typeof resolveTask>>;
type SessionRow = Awaited<ReturnType<typeof resolveSessionOfRole>>;

/**
 * Tie a worker and a manager to an open task, which becomes managed (spec 01 §6.8). Writers run one after another, so
 * of two that bind the same task or session the second sees the first; the unique indexes stand behind that.
 *
 * Throws `not_found`, `ambiguous`, `terminal_state` (closed task), `precondition_failed` (wrong role, session gone) and
 * `conflict` (the task or a session is bound already).
 */
export async function bind(ctx: Ctx, input: Input<"bindings.bind">): Promise<Output<"bindings.bind">> {
  return ctx.store.write((tx) => bindWithin(ctx, tx, input));
}

/** `bind` as a part of a larger transaction. */
export async function bindWithin(
  ctx: Ctx,
  tx: WriteTx,
  input: Input<"bindings.bind">,
): Promise<Output<"bindings.bind">> {
  const task = resolveTask(tx, input.task);
  assertOpen(task);
  const worker = resolveSessionOfRole(tx, input.worker, "worker");
  const manager = resolveSessionOfRole(tx, input.manager, "manager");
  assertActive(worker);
  assertActive(manager);
  await assertFree(ctx, tx, task, worker, manager);
  const binding_id = await insertBinding(ctx, tx, { task, worker, manager });
  return { binding_id, task: task.name, worker: worker.name, manager: manager.name };
}

/**
 * Write a live binding whose preconditions were checked in the same transaction; the task becomes managed. Writes
 * `binding_created`. Returns the binding's id.
 */
export async function insertBinding(
  ctx: Ctx,
  tx: WriteTx,
  {
    task,
    worker,
    manager,
  }: { task: TaskRow; worker: { id: string; name: string }; manager: { id: string; name: string } },
): Promise<string> {
  const binding_id = ctx.host.ids.next("binding");
  await tx.db.bindings.create({
    data: {
      id: binding_id,
      seq: tx.seq(),
      task_id: task.id,
      worker_session_id: worker.id,
      manager_session_id: manager.id,
      state: "active",
      created_at: tx.now,
    },
  });
  if (task.state !== "managed") {
    await tx.db.tasks.update({
      where: { id: task.id },
      data: { state: "managed", updated_at: tx.now, updated_seq: tx.seq() },
    });
  } else {
    lookups.touchTaskOf(tx, worker.id);
  }
  tx.tell("binding_created", {
    task_id: task.id,
    attributes: { binding_id, task: task.name, worker: worker.name, manager: manager.name },
    summary: `task ${task.name} bound to worker ${worker.name} and manager ${manager.name}`,
    correlation: { binding_id, worker_session_id: worker.id, manager_session_id: manager.id },
  });
  return binding_id;
}

function assertOpen(task: TaskRow): void {
  if ((OPEN_TASK_STATES as readonly string[]).includes(task.state)) return;
  throw new ConveyorError("terminal_state", `task ${JSON.stringify(task.name)} is ${task.state} and cannot be bound`, {
    hint: `create a new one: conveyor tasks --create NAME --goal "…"`,
    details: { kind: "task", id: task.id, name: task.name, state: task.state },
  });
}

function assertActive(session: SessionRow): void {
  if (session.state === "active") return;
  throw new ConveyorError("precondition_failed", `session ${JSON.stringify(session.name)} is gone`, {
    hint: `register it again: conveyor register-${session.role} --name NAME --pid PID`,
    details: { kind: "session", id: session.id, name: session.name, state: session.state },
  });
}

async function assertFree(ctx: Ctx, tx: ReadTx, task: TaskRow, worker: SessionRow, manager: SessionRow): Promise<void> {
  const unbindHint = (task_id: string) =>
    `end that binding first: ${commandLine(ctx.settings, ["unbind"], { task: task_id })}`;
  const ofTask = await liveBindingOf(tx, task.id);
  if (ofTask !== null) {
    const same = ofTask.worker_session_id === worker.id && ofTask.manager_session_id === manager.id;
    const holders = `worker ${ofTask.worker_session?.name ?? "?"} and manager ${ofTask.manager_session?.name ?? "?"}`;
    const message = same
      ? `task ${JSON.stringify(task.name)} already has exactly this binding (${ofTask.id})`
      : `task ${JSON.stringify(task.name)} is already bound to ${holders} (${ofTask.id})`;
    throw new ConveyorError("conflict", message, {
      hint: same ? "nothing is left to do" : unbindHint(task.id),
      details: { kind: "binding", binding_id: ofTask.id, task_id: task.id, same },
    });
  }
  for (const session of [worker, manager]) {
    const held = await liveBindingOfSession(tx, session.id);
    if (held === null) continue;
    throw new ConveyorError(
      "conflict",
      `${session.role} ${JSON.stringify(session.name)} is already bound to task ${JSON.stringify(held.task.name)} (${held.id})`,
      {
        hint: unbindHint(held.task_id),
        details: { kind: "binding", binding_id: held.id, task_id: held.task_id, session: session.name },
      },
    );
  }
}
