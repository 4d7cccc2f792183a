import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { advanceLoop } from "../../loops/advance-loop.ts";
import type { Author } from "../../shared/typing/index.ts";
import { secondsAfter } from "../delivery/back-off.ts";
import { finishWork, leaseLost } from "../delivery/finish.ts";
import { deliverCommand, deliveryResult, type ReadyDelivery } from "../delivery/prepare.ts";
import { claimKeys, errorTypeOf, fenceOf } from "../delivery/work.ts";
import { type FailedPushVerdict, judgeFailedPush } from "./push-outcome.ts";
import { pushRecorded } from "./push-recorded.ts";
import { parkItem, submissionOf, UNCONFIRMED, UNPROVABLE } from "./submission.ts";
import type { Sent } from "./tmux-push.ts";

/** Type a prepared message into its target's terminal and end the command (spec 03 §6.5). Throws as `pushRecorded`. */
export function pushCommand(ctx: Ctx, ready: ReadyDelivery, lease_seconds: number): Promise<DispatchResult> {
  const fence = fenceOf(ready.work);
  return pushRecorded(
    ctx,
    { target: ready.target, author: authorOf(ready), text: ready.text },
    {
      renew: (tx, claim_expires_at) => dispatchRows.renewCommandLease(tx, { ...fence, claim_expires_at }),
      markStarted(tx) {
        if (dispatchRows.hasOlderOnItsWay(tx, ready.item_id)) {
          throw new ConveyorError("pane_busy", `an older message for ${ready.target.name} is still on its way`);
        }
        const isOurs =
          dispatchRows.markAttempt(tx, fence, "started") && dispatchRows.markItemStarted(tx, itemOf(ready));
        if (!isOurs) throw new ConveyorError("lease_lost", "another dispatcher took the command over");
      },
      markCompleted(tx) {
        if (dispatchRows.markAttempt(tx, fence, "completed")) dispatchRows.markItemCompleted(tx, itemOf(ready));
      },
      recordSent: (tx, sent) => recordPush(tx, ready, sent),
      settleFailure: (tx, error, started) => settleFailure(tx, ready, error, started),
    },
    lease_seconds,
  );
}

/** A queued message goes from one side of the binding to the other, whoever called. */
function authorOf({ source: { name, role }, item_id }: ReadyDelivery): Author {
  return { kind: "session", name, role, item_id };
}

const itemOf = (ready: ReadyDelivery) => dispatchRows.ofCommand(ready.item_id);

const signalKeys = (ready: ReadyDelivery) => ({
  ...claimKeys(ready.work),
  routed_notification_id: ready.item_id,
  signal_type: ready.work.command.type,
});

function recordPush(tx: FastTx, ready: ReadyDelivery, sent: Sent): DispatchResult {
  const { work, target, route, continuation } = ready;
  if (!dispatchRows.markAttempt(tx, fenceOf(work), "completed")) return leaseLost(work);
  switch (submissionOf(sent)) {
    case "unconfirmed":
      return park(tx, ready, sent);
    case "unprovable":
      dispatchRows.markItemCompleted(tx, itemOf(ready));
      return fail(tx, ready, new ConveyorError("unprovable", UNPROVABLE), "unprovable", true);
  }
  dispatchRows.deliverItem(tx, itemOf(ready), { delivery_mode: "push", transport: "tmux", delivery_method: "paste" });
  const run_id = continuation?.policy.run_id;
  tx.tell("dispatch_signal_routed", {
    summary: `${work.command.type} pushed to ${target.name}`,
    task_id: route.task.id,
    run_id,
    correlation: signalKeys(ready),
    attributes: { target: sent.result.target, target_session: target.name },
  });
  if (continuation !== null) {
    advanceLoop(tx, {
      notification_id: ready.item_id,
      command_id: work.command.id,
      correlation_id: work.command.correlation_id,
      task_id: route.task.id,
      run_id: continuation.policy.run_id,
      requested_iteration: continuation.requested_iteration,
      target_session_name: target.name,
      consumed_by_session_id: null,
      advanced_by: "push_delivery",
    });
  }
  const result = deliveryResult(ready, {
    state: "delivered",
    side_effect_started: true,
    side_effect_completed: true,
    send_result: sent.result,
  });
  return finishWork(tx, work, {
    state: "succeeded",
    result,
    error: null,
    run_id,
    transport: "tmux",
    delivery_method: "paste",
  });
}

/** Submitted, and not yet recorded by the agent: later passes look for it (see `settleSubmitted`). */
function park(tx: FastTx, ready: ReadyDelivery, sent: Sent): DispatchResult {
  const { work, target, route } = ready;
  if (!parkItem(tx, itemOf(ready), sent)) return leaseLost(work);
  const result = deliveryResult(ready, {
    state: "unconfirmed",
    side_effect_started: true,
    side_effect_completed: true,
    send_result: sent.result,
  });
  const { attempt_id } = work;
  const parked = { attempt_id, command_id: work.command.id, result_json: canonicalJson(result), error: UNCONFIRMED };
  dispatchRows.parkAttempt(tx, parked);
  tx.tell("dispatch_signal_unconfirmed", {
    summary: `${work.command.type} was typed to ${target.name}, which has not recorded it yet`,
    task_id: route.task.id,
    run_id: ready.continuation?.policy.run_id,
    correlation: signalKeys(ready),
    attributes: { target: sent.result.target, target_session: target.name },
  });
  return result;
}

function settleFailure(tx: FastTx, ready: ReadyDelivery, error: ConveyorError, started: boolean): DispatchResult {
  const { command } = ready.work;
  if (!dispatchRows.holdsAttempt(tx, fenceOf(ready.work))) return leaseLost(ready.work);
  const verdict = judgeFailedPush({
    code: error.code,
    started,
    attempts: command.attempts,
    max_attempts: command.max_attempts,
    looks: dispatchRows.countAttempts(tx, command.id),
  });
  switch (verdict.kind) {
    case "let_go":
      return leaseLost(ready.work);
    case "fall_back":
      return fallBack(tx, ready, error);
    case "defer":
      return defer(tx, ready, error, verdict);
    case "fail":
      return fail(tx, ready, error, verdict.error_code, started);
    default:
      return verdict satisfies never;
  }
}

function fallBack(tx: FastTx, ready: ReadyDelivery, error: ConveyorError): DispatchResult {
  tx.tell("dispatch_push_fallback", {
    summary: `${ready.target.name} has no terminal any more; ${ready.work.command.type} goes to its inbox`,
    task_id: ready.route.task.id,
    run_id: ready.continuation?.policy.run_id,
    correlation: signalKeys(ready),
    attributes: { error: error.message, reason: error.code, target_session: ready.target.name },
  });
  return deliverCommand(tx, ready, { fallback_from: "push" });
}

function defer(
  tx: FastTx,
  ready: ReadyDelivery,
  error: ConveyorError,
  verdict: Extract<FailedPushVerdict, { kind: "defer" }>,
): DispatchResult {
  const { work } = ready;
  const { attempts } = work.command;
  const result: DispatchResult = {
    attempt_id: work.attempt_id,
    command_id: work.command.id,
    command_type: work.command.type,
    correlation_id: work.command.correlation_id,
    error: error.message,
    error_code: verdict.error_code,
    side_effect_started: false,
    state: "requeued",
  };
  dispatchRows.finishAttempt(tx, fenceOf(work), {
    state: verdict.uses_attempt ? "failed" : "abandoned",
    result_json: canonicalJson(result),
    error: error.message,
  });
  dispatchRows.requeueCommand(tx, work.command.id, {
    attempts: verdict.uses_attempt ? attempts : attempts - 1,
    available_at: secondsAfter(tx.now, verdict.pause_seconds),
    error: error.message,
  });
  dispatchRows.releaseItem(tx, itemOf(ready), error.message, null);
  tx.tell("dispatch_command_abandoned", {
    severity: "warning",
    summary: `command ${work.command.type} put off: ${verdict.error_code}`,
    task_id: ready.route.task.id,
    run_id: ready.continuation?.policy.run_id,
    correlation: claimKeys(work),
    attributes: {
      error: error.message,
      error_code: verdict.error_code,
      recovery_state: "requeued",
      side_effect_started: false,
    },
  });
  return result;
}

function fail(
  tx: FastTx,
  ready: ReadyDelivery,
  error: ConveyorError,
  error_code: DispatchErrorCode,
  started: boolean,
): DispatchResult {
  const { work, target } = ready;
  const run_id = ready.continuation?.policy.run_id;
  const completed = dispatchRows.isItemCompleted(tx, ready.item_id);
  const result = deliveryResult(ready, {
    state: "failed",
    error: error.message,
    error_code,
    error_type: errorTypeOf(error_code),
    side_effect_started: started,
    side_effect_completed: completed,
  });
  finishWork(tx, work, {
    state: "failed",
    result,
    error: error.message,
    run_id,
    transport: "tmux",
    delivery_method: "paste",
  });
  dispatchRows.failItem(tx, itemOf(ready), error.message);
  tx.tell("dispatch_signal_failed", {
    severity: "error",
    summary: `${work.command.type} could not be pushed to ${target.name}`,
    task_id: ready.route.task.id,
    run_id,
    correlation: signalKeys(ready),
    attributes: { error: error.message, error_type: errorTypeOf(error_code), target_session: target.name },
  });
  return result;
}
