import type { Input, Output } from "@conveyor/contracts";
import { LIVE_BINDING_STATES } from "@conveyor/contracts/bindings/entities";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import type { Ctx } from "../ctx.ts";
import { commandLine, slot } from "../shared/command-line.ts";
import { endHistoryHere } from "../shared/history-mark.ts";
import { resolveTask } from "../shared/references.ts";

/**
 * End the task's live binding; an open task becomes paused. When its latest binding has ended already, that is said and
 * nothing is written (spec 01 §6.9). Throws `not_found` when the task was never bound.
 */
export async function unbind(ctx: Ctx, input: Input<"bindings.unbind">): Promise<Output<"bindings.unbind">> {
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const binding = await tx.db.bindings.findFirst({ where: { task_id: task.id }, orderBy: { seq: "desc" } });
    if (binding === null) {
      throw new ConveyorError("not_found", `task ${JSON.stringify(task.name)} has never been bound`, {
        hint: `bind it: ${commandLine(ctx.settings, ["bind"], { task: task.id, worker: slot("worker"), manager: slot("manager") })}`,
        details: { kind: "binding", task_id: task.id },
      });
    }
    if (!(LIVE_BINDING_STATES as readonly string[]).includes(binding.state)) {
      return { task: task.name, state: binding.state as "ended" | "invalid", already_ended: true };
    }
    await tx.db.bindings.update({ where: { id: binding.id }, data: { state: "ended", ended_at: tx.now } });
    await endHistoryHere(tx, binding.worker_session_id);
    if ((OPEN_TASK_STATES as readonly string[]).includes(task.state)) {
      await tx.db.tasks.update({
        where: { id: task.id },
        data: { state: "paused", updated_at: tx.now, updated_seq: tx.seq() },
      });
    }
    tx.tell("binding_ended", {
      task_id: task.id,
      attributes: { task: task.name, binding_id: binding.id },
      summary: `binding of task ${task.name} ended`,
      correlation: { binding_id: binding.id },
    });
    return { task: task.name, state: "ended" };
  });
}
