import type { DispatchErrorCode, DispatchResult } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import { secondsAfter } from "../delivery/back-off.ts";
import { errorTypeOf } from "../delivery/work.ts";
import { judgeFailedPush } from "../push/push-outcome.ts";
import { pushRecorded } from "../push/push-recorded.ts";
import { parkItem, submissionOf, UNPROVABLE } from "../push/submission.ts";
import type { Sent } from "../push/tmux-push.ts";
import { type Completion, deliverCompletion, heldItem, recoveredMark, resultOf, signalKeys } from "./completion.ts";

/** Type a report into its manager's terminal (spec 03 §6.5, §6.7). Throws as `pushRecorded`. */
export function pushCompletion(ctx: Ctx, completion: Completion, lease_seconds: number): Promise<DispatchResult> {
  const held = heldItem(completion);
  return pushRecorded(
    ctx,
    // The number distinguishes reports with the same words, also when they are looked for in the rollout.
    {
      target: completion.target,
      author: { kind: "conveyor" },
      text: `${completion.text} (item #${completion.item_id})`,
    },
    {
      renew: (tx, claim_expires_at) => dispatchRows.renewCompletionLease(tx, held, claim_expires_at),
      markStarted(tx) {
        if (dispatchRows.markItemStarted(tx, held)) return;
        throw new ConveyorError("lease_lost", "another dispatcher took the report over");
      },
      markCompleted: (tx) => dispatchRows.markItemCompleted(tx, held),
      recordSent: (tx, sent) => recordPush(tx, completion, sent),
      settleFailure: (tx, error, started) => settleFailure(tx, completion, error, started),
    },
    lease_seconds,
  );
}

function recordPush(tx: FastTx, completion: Completion, sent: Sent): DispatchResult {
  switch (submissionOf(sent)) {
    case "unconfirmed":
      return park(tx, completion, sent);
    case "unprovable":
      return fail(tx, completion, new ConveyorError("unprovable", UNPROVABLE), "unprovable");
  }
  const delivered = dispatchRows.deliverItem(tx, heldItem(completion), {
    delivery_mode: "push",
    transport: "tmux",
    delivery_method: "paste",
  });
  if (!delivered) return leaseLost(completion);
  tx.tell("dispatch_signal_routed", {
    summary: `a report of ${completion.source.name} was pushed to ${completion.target.name}`,
    task_id: completion.task.id,
    correlation: signalKeys(completion),
    attributes: { target: sent.result.target, target_session: completion.target.name, ...recoveredMark(completion) },
  });
  return resultOf(completion, { state: "delivered" });
}

/** Submitted, and not yet recorded by the agent: later passes look for it (see `settleSubmitted`). */
function park(tx: FastTx, completion: Completion, sent: Sent): DispatchResult {
  if (!parkItem(tx, heldItem(completion), sent)) return leaseLost(completion);
  tx.tell("dispatch_signal_unconfirmed", {
    summary: `a report of ${completion.source.name} was typed to ${completion.target.name}, which has not recorded it yet`,
    task_id: completion.task.id,
    correlation: signalKeys(completion),
    attributes: { target: sent.result.target, target_session: completion.target.name, ...recoveredMark(completion) },
  });
  return resultOf(completion, { state: "unconfirmed" });
}

function fail(tx: FastTx, completion: Completion, error: ConveyorError, error_code: DispatchErrorCode): DispatchResult {
  dispatchRows.failItem(tx, heldItem(completion), error.message);
  tellFailure(tx, completion, error, "error");
  return resultOf(completion, {
    state: "failed",
    error: error.message,
    error_code,
    error_type: errorTypeOf(error_code),
  });
}

function leaseLost(completion: Completion): DispatchResult {
  const error = "another dispatcher took the report over; nothing was recorded";
  return resultOf(completion, {
    state: "failed",
    error,
    error_code: "lease_lost",
    error_type: errorTypeOf("lease_lost"),
  });
}

function settleFailure(tx: FastTx, completion: Completion, error: ConveyorError, started: boolean): DispatchResult {
  const held = heldItem(completion);
  if (!dispatchRows.holdsItem(tx, held)) return leaseLost(completion);
  // A report has no attempts to use up: it is tried until the manager can be reached.
  const verdict = judgeFailedPush({ code: error.code, started, attempts: 4, max_attempts: Infinity, looks: 1 });
  switch (verdict.kind) {
    case "let_go":
      return leaseLost(completion);
    case "fall_back":
      tx.tell("dispatch_push_fallback", {
        summary: `${completion.target.name} has no terminal any more; a report goes to its inbox`,
        task_id: completion.task.id,
        correlation: signalKeys(completion),
        attributes: { error: error.message, reason: error.code, target_session: completion.target.name },
      });
      return deliverCompletion(tx, completion, { fallback_from: "push" });
    case "defer":
      dispatchRows.releaseItem(tx, held, error.message, secondsAfter(tx.now, verdict.pause_seconds));
      if (error.message !== completion.last_error) tellFailure(tx, completion, error, "warning");
      return resultOf(completion, {
        state: "requeued",
        error: error.message,
        error_code: verdict.error_code,
        error_type: errorTypeOf(verdict.error_code),
      });
    case "fail":
      return fail(tx, completion, error, verdict.error_code);
    default:
      return verdict satisfies never;
  }
}

function tellFailure(tx: FastTx, completion: Completion, error: ConveyorError, severity: "warning" | "error"): void {
  tx.tell("dispatch_signal_failed", {
    severity,
    summary: `a report of ${completion.source.name} could not be pushed to ${completion.target.name}`,
    task_id: completion.task.id,
    correlation: signalKeys(completion),
    attributes: {
      error: error.message,
      error_type: errorTypeOf("push_failed"),
      target_session: completion.target.name,
      ...recoveredMark(completion),
    },
  });
}
