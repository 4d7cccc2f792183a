import type { DispatchErrorCode } from "@conveyor/contracts";
import type { dispatchRows } from "@conveyor/store";

/** A command that this dispatcher has claimed, and its attempt. */
export interface Work {
  command: dispatchRows.ClaimedCommand;
  attempt_id: number;
  dispatcher_id: string;
}

/** Why a command cannot be delivered; becomes a `failed` result and never an error of the pass. */
export class DeliveryRefused extends Error {
  readonly code: DispatchErrorCode;

  constructor(code: DispatchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const ERROR_TYPES: Readonly<Record<DispatchErrorCode, string>> = {
  invalid_payload: "DispatchRoutingError",
  no_active_binding: "TaskLifecycleError",
  permission_denied: "DispatchPermissionError",
  push_target_unavailable: "Error",
  push_failed: "Error",
  stale_side_effect: "Error",
  attempts_exhausted: "Error",
  unknown_run: "DispatchRoutingError",
  run_task_mismatch: "DispatchRoutingError",
  pane_not_ready: "Error",
  composer_not_empty: "Error",
  pane_busy: "Error",
  pane_synchronized: "Error",
  agent_gone: "Error",
  unprovable: "Error",
  lease_lost: "RoutedNotificationError",
  cancelled: "Error",
  expired: "Error",
  internal: "Error",
};

/** The `error_type` that goes with an error code (spec 03 §7.1). */
export function errorTypeOf(code: DispatchErrorCode): string {
  return ERROR_TYPES[code];
}

/** The keys that tie everything a claim leads to together (spec 03 §5). */
export function claimKeys(work: Work) {
  return {
    attempt_id: work.attempt_id,
    command_id: work.command.id,
    command_type: work.command.type,
    correlation_id: work.command.correlation_id,
    dispatcher_id: work.dispatcher_id,
  };
}

/** Proof of ownership for the store. */
export function fenceOf(work: Work): dispatchRows.AttemptFence {
  return { attempt_id: work.attempt_id, command_id: work.command.id, dispatcher_id: work.dispatcher_id };
}

/** What a command carries. Throws `DeliveryRefused` when that is no JSON object. */
export function storedPayload({ payload_json }: { payload_json: string }): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(payload_json);
    if (payload !== null && typeof payload === "object" && !Array.isArray(payload)) {
      return payload as Record<string, unknown>;
    }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  throw new DeliveryRefused("invalid_payload", "the payload of the command is not a JSON object");
}
