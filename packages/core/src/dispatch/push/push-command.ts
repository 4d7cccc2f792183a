import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { advanceLoop } from "../../shared/advance-loop.ts";
import { crashPoint } from "../../shared/crash-hook.ts";
import { secondsAfter } from "../pass/back-off.ts";
import { finishWork, leaseLost } from "../pass/finish.ts";
import { keepingLease, recordEffect } from "../pass/lease.ts";
import { deliverToInbox, deliveryResult, type ReadyDelivery } from "../pass/prepare.ts";
import { claimKeys, errorTypeOf, fenceOf } from "../pass/work.ts";
import { judgeFailedPush, type PushVerdict } from "./push-outcome.ts";
import { pushThroughTmux, type SendResult } from "./tmux-push.ts";

/**
 * Type a prepared message into its target's terminal and end the command (spec 03 §6.5). That the pane is about to be
 * touched is durable before it is; whatever fails afterwards is never tried again by itself.
 */
export async function pushCommand(ctx: Ctx, ready: ReadyDelivery, lease_seconds: number): Promise<DispatchResult> {
  const fence = fenceOf(ready.work);
  const renewed = () => secondsAfter(ctx.host.clock.iso(), lease_seconds);
  let started = false;
  const push = () =>
    pushThroughTmux(ctx, {
      target: ready.target,
      text: ready.text,
      onBufferLoaded: async () => {
        crashPoint(ctx, "buffer_loaded");
        await ctx.store.fast((tx) => markStarted(tx, ready, renewed()));
        started = true;
        crashPoint(ctx, "side_effect_started");
      },
      onSubmitted: () => ctx.store.fast((tx) => markCompleted(tx, ready)),
    });
  const renew = () =>
    ctx.store.fast((tx) => dispatchRows.renewCommandLease(tx, { ...fence, claim_expires_at: renewed() }));
  const outcome = await keepingLease(lease_seconds, renew, push).then(
    (sent) => ({ sent }),
    (thrown: unknown) => ({ error: asConveyorError(thrown) }),
  );
  crashPoint(ctx, "pasted");
  const record = () =>
    ctx.store.fast((tx) => {
      const result =
        "sent" in outcome ? recordPush(tx, ready, outcome.sent) : settleFailure(tx, ready, outcome.error, started);
      crashPoint(ctx, "finishing");
      return result;
    });
  const result = await (started ? recordEffect(ctx, lease_seconds, record) : record());
  crashPoint(ctx, "completed");
  return result;
}

function markStarted(tx: FastTx, ready: ReadyDelivery, claim_expires_at: string): void {
  const fence = fenceOf(ready.work);
  const isOurs = dispatchRows.markAttempt(tx, fence, "started") && dispatchRows.markItemStarted(tx, itemOf(ready));
  if (!isOurs) throw new ConveyorError("lease_lost", "another dispatcher took the command over");
  dispatchRows.renewCommandLease(tx, { ...fence, claim_expires_at });
}

function markCompleted(tx: FastTx, ready: ReadyDelivery): void {
  if (dispatchRows.markAttempt(tx, fenceOf(ready.work), "completed")) {
    dispatchRows.markItemCompleted(tx, itemOf(ready));
  }
}

const itemOf = (ready: ReadyDelivery) => dispatchRows.ofCommand(ready.item_id);

const signalKeys = (ready: ReadyDelivery) => ({
  ...claimKeys(ready.work),
  routed_notification_id: ready.item_id,
  signal_type: ready.work.command.type,
});

function recordPush(tx: FastTx, ready: ReadyDelivery, sent: SendResult): DispatchResult {
  const { work, target, route, continuation } = ready;
  if (!dispatchRows.markAttempt(tx, fenceOf(work), "completed")) return leaseLost(work);
  dispatchRows.deliverItem(tx, itemOf(ready), { delivery_mode: "push", transport: "tmux", delivery_method: "paste" });
  const run_id = continuation?.policy.run_id;
  tx.telemetry({
    event_type: "dispatch_signal_routed",
    actor: "dispatch",
    summary: `${work.command.type} pushed to ${target.name}`,
    task_id: route.task.id,
    run_id,
    correlation: signalKeys(ready),
    attributes: { target: sent.target, target_session: target.name },
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
    send_result: sent,
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
  tx.telemetry({
    event_type: "dispatch_push_fallback",
    actor: "dispatch",
    severity: "warning",
    summary: `${ready.target.name} has no terminal any more; ${ready.work.command.type} goes to its inbox`,
    task_id: ready.route.task.id,
    run_id: ready.continuation?.policy.run_id,
    correlation: signalKeys(ready),
    attributes: { error: error.message, reason: error.code, target_session: ready.target.name },
  });
  return deliverToInbox(tx, ready, { fallback_from: "push" });
}

function defer(
  tx: FastTx,
  ready: ReadyDelivery,
  error: ConveyorError,
  verdict: Extract<PushVerdict, { kind: "defer" }>,
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
  tx.telemetry({
    event_type: "dispatch_command_abandoned",
    actor: "dispatch",
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
  tx.telemetry({
    event_type: "dispatch_signal_failed",
    actor: "dispatch",
    severity: "error",
    summary: `${work.command.type} could not be pushed to ${target.name}`,
    task_id: ready.route.task.id,
    run_id,
    correlation: signalKeys(ready),
    attributes: { error: error.message, error_type: errorTypeOf(error_code), target_session: target.name },
  });
  return result;
}
