import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { beginCommand, endCommand } from "../shared/immediate-command.ts";
import { liveBindingOfSession, resolveSession } from "../shared/references.ts";

/**
 * Mark a session gone; no process is stopped. A session that is gone already stays as it is. Throws `conflict`, after
 * recording the refusal, while a live binding holds the session (spec 01 §6.5).
 */
export async function deregister(
  ctx: Ctx,
  input: Input<"sessions.deregister">,
): Promise<Output<"sessions.deregister">> {
  const outcome = await ctx.store.write(async (tx) => {
    const session = resolveSession(tx, input.session);
    const gone = { name: session.name, state: "gone" as const };
    if (session.state === "gone") return gone;
    const binding = await liveBindingOfSession(tx, session.id);
    const task_id = binding?.task_id ?? null;
    const active_binding = binding && { id: binding.id, task_id: binding.task_id };
    const facts = { active_binding, expected_failure: binding !== null, name: session.name, role: session.role };
    const command = await beginCommand(ctx, tx, { type: "deregister_session", task_id, payload: facts });
    const about = {
      task_id,
      session_id: session.id,
      command_id: command.id,
      correlation: { session_id: session.id, session: session.name, command_id: command.id },
    };
    if (binding !== null) {
      const error = new ConveyorError(
        "conflict",
        `session ${JSON.stringify(session.name)} is bound to task ${JSON.stringify(binding.task.name)} (${binding.id})`,
        {
          hint: `end the binding first: ${commandLine(ctx.settings, ["unbind"], { task: binding.task_id })}`,
          details: { kind: "session", name: session.name, binding_id: binding.id, task_id: binding.task_id },
        },
      );
      await endCommand(tx, command, { state: "failed", result: facts, error: error.message });
      tx.tell("session_deregister_failed", {
        ...about,
        attributes: {
          name: session.name,
          active_binding: { id: binding.id, task_id: binding.task_id },
          error: error.message,
          error_type: error.code,
          expected_failure: true,
        },
        summary: `session ${session.name} not deregistered: it is bound`,
      });
      return error;
    }
    await tx.db.sessions.update({
      where: { id: session.id },
      data: { state: "gone", last_heartbeat_at: tx.now },
    });
    await endCommand(tx, command, { state: "succeeded", result: facts });
    tx.tell("session_deregistered", {
      ...about,
      attributes: { name: session.name },
      summary: `session ${session.name} deregistered`,
    });
    return gone;
  });
  if (outcome instanceof ConveyorError) throw outcome;
  return outcome;
}
