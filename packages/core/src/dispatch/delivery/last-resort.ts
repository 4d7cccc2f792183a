import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import { errorTypeOf } from "./work.ts";

/** What something that cannot be processed is known by. */
interface Subject {
  /** For the summary: `command nudge_worker`. */
  what: string;
  task_id: string | null;
  correlation: Record<string, unknown>;
}

/** Tell that one item could not be processed (spec 03 §5); when not even that can be written, it is left out. */
export function tellItemError(tx: FastTx, { what, task_id, correlation }: Subject, error: string): void {
  const event = { summary: `${what} could not be processed`, correlation, attributes: { error } };
  const told = dispatchRows.isolated(tx, () => tx.tell("dispatch_item_error", { ...event, task_id }));
  // A task that is gone cannot be referred to.
  if (!told.ok) dispatchRows.isolated(tx, () => tx.tell("dispatch_item_error", event));
}

/**
 * End a command whose result, telemetry or attempt cannot be written, with as few statements as possible, so that it does
 * not stand in the way of the others (spec 03 §6.1).
 */
export function giveUpCommand(
  tx: FastTx,
  command: { id: string; type: string; correlation_id: string | null; task_id: string | null },
  dispatcher_id: string,
  thrown: unknown,
): DispatchResult {
  const { error, error_code } = reasonOf(tx, command.task_id, thrown);
  const attempt_id = dispatchRows.runningAttempt(tx, command.id)?.id ?? null;
  const keys = {
    attempt_id,
    command_id: command.id,
    command_type: command.type,
    correlation_id: command.correlation_id,
    dispatcher_id,
  };
  const result: DispatchResult = { ...keys, state: "failed", error, error_code, error_type: errorTypeOf(error_code) };
  const result_json = canonicalJson(result);
  if (attempt_id !== null) dispatchRows.endAbandonedAttempt(tx, attempt_id, { state: "failed", result_json, error });
  dispatchRows.failExpiredCommand(tx, command.id, { result_json, error });
  tellItemError(tx, { what: `command ${command.type}`, task_id: command.task_id, correlation: keys }, error);
  return result;
}

/** A ledger that was tampered with may hold commands of a task that is gone; little else can be written about them. */
function reasonOf(
  tx: FastTx,
  task_id: string | null,
  thrown: unknown,
): { error: string; error_code: DispatchErrorCode } {
  if (task_id !== null && dispatchRows.routeOfTask(tx, task_id) === undefined) {
    return { error: `the command's task ${task_id} is gone`, error_code: "no_active_binding" };
  }
  return { error: asConveyorError(thrown).message, error_code: "internal" };
}
