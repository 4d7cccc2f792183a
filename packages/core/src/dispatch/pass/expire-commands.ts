import type { DispatchResult } from "@conveyor/contracts";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import { errorTypeOf } from "../delivery/work.ts";

/** End queued commands whose term is over; returns one result for each (spec 03 §3.1, §13 item 8). */
export function expireCommands(
  tx: FastTx,
  request: { types: readonly string[]; limit: number; dispatcher_id: string },
): DispatchResult[] {
  return dispatchRows.commandsPastTerm(tx, request).map((command) => {
    const keys = { command_id: command.id, command_type: command.type, correlation_id: command.correlation_id };
    const error = "the command expired before it was delivered";
    const result: DispatchResult = {
      ...keys,
      attempt_id: null,
      error,
      error_code: "expired",
      error_type: errorTypeOf("expired"),
      notification_id: null,
      side_effect_completed: false,
      side_effect_started: false,
      state: "failed",
    };
    dispatchRows.endPendingCommand(tx, command.id, { result_json: canonicalJson(result), error });
    // An attempt that was put off has left its item, which nobody will deliver now.
    for (const item of dispatchRows.pendingItemsOfCommand(tx, command.id)) dispatchRows.failItem(tx, item, error);
    tx.tell("command_expired", {
      summary: `command ${command.type} expired`,
      task_id: command.task_id,
      correlation: { ...keys, dispatcher_id: request.dispatcher_id },
      attributes: { error_code: "expired", previous_state: "pending", state: "failed" },
    });
    return result;
  });
}
