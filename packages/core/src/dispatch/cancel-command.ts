import type { DispatchResult, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, dispatchRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { errorTypeOf } from "./delivery/work.ts";
import { loopRunIdOf, resolveCommand } from "./log/command-record.ts";

/**
 * Take a command that nobody has begun out of the queue: it ends `failed` with the error code `cancelled` (spec 03 §3.1).
 * Cancelling it again answers the same and writes nothing. Throws `not_found`, `ambiguous`, and `precondition_failed`
 * when somebody has begun it or it has ended otherwise.
 */
export async function cancelCommand(
  ctx: Ctx,
  input: Input<"dispatch.cancelCommand">,
): Promise<Output<"dispatch.cancelCommand">> {
  return ctx.store.fast((tx) => {
    const command = resolveCommand(tx, input.command);
    const answer = {
      command_id: command.id,
      command_type: command.type,
      correlation_id: command.correlation_id,
      error_code: "cancelled",
      state: "failed",
    } as const;
    if (isCancelled(command)) return { ...answer, task: command.task_name };
    const error = "the command was cancelled before anybody had begun it";
    const result: DispatchResult = {
      ...answer,
      error,
      error_type: errorTypeOf("cancelled"),
      notification_id: null,
      side_effect_completed: false,
      side_effect_started: false,
    };
    if (!dispatchRows.endPendingCommand(tx, command.id, { result_json: canonicalJson(result), error })) {
      throw notPending(command);
    }
    // An attempt that was put off has left its item, which nobody will deliver now.
    for (const item of dispatchRows.pendingItemsOfCommand(tx, command.id)) dispatchRows.failItem(tx, item, error);
    tx.tell("command_cancelled", {
      summary: `command ${command.type} cancelled`,
      task_id: command.task_id,
      run_id: loopRunIdOf(tx, JSON.parse(command.payload_json)),
      correlation: { command_id: command.id, command_type: command.type, correlation_id: command.correlation_id },
      attributes: { error_code: "cancelled", previous_state: "pending", state: "failed" },
    });
    return { ...answer, task: command.task_name };
  });
}

function isCancelled({ state, result_json }: dispatchRows.CommandRow): boolean {
  if (state !== "failed" || result_json === null) return false;
  return (JSON.parse(result_json) as DispatchResult).error_code === "cancelled";
}

function notPending({ id, state, type }: dispatchRows.CommandRow): ConveyorError {
  const isRunning = state === "attempted";
  return new ConveyorError("precondition_failed", `command ${id} is ${state} and cannot be cancelled`, {
    hint: isRunning
      ? "somebody is executing it; `conveyor commands show` tells how it ends"
      : "only a command that still waits in the queue can be cancelled",
    details: { kind: "command", id, state, command_type: type },
  });
}
