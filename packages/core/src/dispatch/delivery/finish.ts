import { createHash } from "node:crypto";
import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import { claimKeys, errorTypeOf, fenceOf, type Work } from "./work.ts";

interface Ending {
  state: "succeeded" | "failed" | "blocked";
  result: DispatchResult;
  error: string | null;
  /** The loop run that the command belongs to, so that its telemetry can be found. */
  run_id: string | undefined;
  transport?: string | null;
  delivery_method?: string | null;
}

const ENDED = {
  succeeded: "dispatch_command_succeeded",
  failed: "dispatch_command_failed",
  blocked: "dispatch_command_blocked",
} as const;

/**
 * End attempt and command with this result and tell about it. When the lease was lost meanwhile nothing is changed and
 * the answer is a `lease_lost` result instead (spec 03 §6.4).
 */
export function finishWork(tx: FastTx, work: Work, ending: Ending): DispatchResult {
  const result_json = canonicalJson(ending.result);
  const { state, error } = ending;
  const finished = dispatchRows.finishAttempt(tx, fenceOf(work), {
    state,
    result_json,
    error,
    transport: ending.transport ?? null,
    delivery_method: ending.delivery_method ?? null,
  });
  if (!finished) return leaseLost(work);
  dispatchRows.finishCommand(tx, work.command.id, { state, result_json, error });
  tx.tell(ENDED[state], {
    summary: `command ${work.command.type} ${state}`,
    task_id: work.command.task_id,
    run_id: ending.run_id,
    correlation: claimKeys(work),
    attributes: {
      error,
      manager_id: work.command.manager_id,
      result: withoutText(ending.result),
      side_effect_completed: ending.result.side_effect_completed ?? false,
      side_effect_started: ending.result.side_effect_started ?? false,
      worker_id: work.command.worker_id,
    },
  });
  return ending.result;
}

/** The result when somebody else took the command over. */
export function leaseLost(work: Work): DispatchResult {
  return failedBeforeDelivery(work, "lease_lost", "another dispatcher took the command over; nothing was recorded");
}

/** Variant 7 of spec 03 §7.1. */
export function failedBeforeDelivery(work: Work, code: DispatchErrorCode, error: string): DispatchResult {
  return {
    ...claimKeys(work),
    error,
    error_code: code,
    error_type: errorTypeOf(code),
    notification_id: null,
    required_permission: work.command.required_permission,
    side_effect_completed: false,
    side_effect_started: false,
    state: "failed",
  };
}

/** The result without the text that was sent: telemetry holds its length and hash only (spec 03 §5). */
export function withoutText(result: DispatchResult): Record<string, unknown> {
  const sent = result["send_result"];
  if (sent === null || typeof sent !== "object" || !("text" in sent)) return result;
  const { text, ...others } = sent as { text: unknown };
  return { ...result, send_result: { ...others, ...textMark(String(text)) } };
}

/** What may be told of a text. */
export function textMark(text: string): { text_length: number; text_sha256: string } {
  return { text_length: text.length, text_sha256: createHash("sha256").update(text).digest("hex") };
}
