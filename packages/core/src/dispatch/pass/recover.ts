import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import { giveUpCommand } from "../delivery/last-resort.ts";
import { errorTypeOf } from "../delivery/work.ts";

interface Verdict {
  attempt: "failed" | "abandoned";
  command: "failed" | "requeued";
  error: string;
  error_code: DispatchErrorCode | undefined;
}

/** What happens to a command whose dispatcher went away (the table of spec 03 §6.2). Pure. */
export function judgeExpiredLease(found: { side_effect_started: boolean; attempts_left: boolean }): Verdict {
  if (found.side_effect_started) {
    return {
      attempt: "failed",
      command: "failed",
      error: "the lease expired after the side effect had started; look at the target before sending it again",
      error_code: "stale_side_effect",
    };
  }
  if (found.attempts_left) {
    return { attempt: "abandoned", command: "requeued", error: "the lease expired", error_code: undefined };
  }
  return {
    attempt: "abandoned",
    command: "failed",
    error: "the lease expired and no attempts are left",
    error_code: "attempts_exhausted",
  };
}

/** Clear expired leases, oldest command first; returns one result for each (spec 03 §6.2). */
export function recoverExpiredLeases(
  tx: FastTx,
  request: { types: readonly string[]; limit: number; dispatcher_id: string },
): DispatchResult[] {
  return dispatchRows.listExpiredCommands(tx, request).map((command) => {
    const recovered = dispatchRows.isolated(tx, () => recoverCommand(tx, command, request.dispatcher_id));
    return recovered.ok ? recovered.value : giveUpCommand(tx, command, request.dispatcher_id, recovered.error);
  });
}

function recoverCommand(tx: FastTx, command: dispatchRows.ExpiredCommand, dispatcher_id: string): DispatchResult {
  const attempt = dispatchRows.runningAttempt(tx, command.id);
  const items = dispatchRows.pendingItemsOfCommand(tx, command.id);
  const started = attempt?.side_effect_started === 1 || items.some((item) => item.side_effect_started === 1);
  const completed = attempt?.side_effect_completed === 1 || items.some((item) => item.side_effect_completed === 1);
  const verdict = judgeExpiredLease({
    side_effect_started: started,
    attempts_left: command.attempts < command.max_attempts,
  });
  const { error, error_code } = verdict;
  const attempt_id = attempt?.id ?? null;
  const result: DispatchResult = {
    attempt_id,
    command_id: command.id,
    command_type: command.type,
    correlation_id: command.correlation_id,
    error,
    ...(error_code !== undefined && { error_code, error_type: errorTypeOf(error_code) }),
    ...(items[0] !== undefined && { notification_id: items[0].id }),
    side_effect_started: started,
    ...(started && { side_effect_completed: completed }),
    state: verdict.command,
  };
  const result_json = canonicalJson(result);
  if (attempt_id !== null) {
    dispatchRows.endAbandonedAttempt(tx, attempt_id, { state: verdict.attempt, result_json, error });
  }
  if (verdict.command === "requeued") {
    dispatchRows.requeueCommand(tx, command.id, { attempts: command.attempts, available_at: null, error: null });
  } else {
    dispatchRows.failExpiredCommand(tx, command.id, { result_json, error });
    for (const item of items) dispatchRows.failItem(tx, item, error);
  }
  tx.tell(verdict.attempt === "failed" ? "dispatch_command_failed" : "dispatch_command_abandoned", {
    severity: verdict.command === "requeued" ? "warning" : "error",
    summary: `expired lease of command ${command.type}: ${verdict.command}`,
    task_id: command.task_id,
    correlation: {
      attempt_id,
      command_id: command.id,
      command_type: command.type,
      correlation_id: command.correlation_id,
      dispatcher_id,
    },
    attributes: { recovery_state: verdict.command, side_effect_started: started },
  });
  return result;
}
