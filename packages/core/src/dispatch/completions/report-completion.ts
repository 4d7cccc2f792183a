import type { DispatchResult } from "@conveyor/contracts";
import { asConveyorError } from "@conveyor/contracts/errors";
import type { Agents } from "@conveyor/host";
import { canonicalJson, dispatchRows, type FastTx, payloadOfRecord } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import type { ProofCounts } from "../../proof/counts.ts";
import { secondsAfter } from "../delivery/back-off.ts";
import { modeOf } from "../delivery/delivery-mode.ts";
import { tellItemError } from "../delivery/last-resort.ts";
import type { DeliveryTerms } from "../delivery/terms.ts";
import { errorTypeOf } from "../delivery/work.ts";
import {
  begin,
  COMPLETION_SIGNAL,
  type Completion,
  detectionKeys,
  resultOf,
  type Step,
  signalKeys,
} from "./completion.ts";
import { completionMessage, completionSubject } from "./completion-message.ts";
import type { TurnToReport } from "./ended-turns.ts";

/** One report per binding and event. */
export function dedupeKeyOf(binding: dispatchRows.WatchedBinding, turn: TurnToReport): string {
  return `${binding.binding_id}:${COMPLETION_SIGNAL}:${binding.worker.id}:${turn.source_event_id}`;
}

/** A turn to report, and how far its task is proven at this moment; null where no check says so. */
export interface FinishedTurn {
  turn: TurnToReport;
  proof: ProofCounts | null;
}

/** Write the item of a finished turn and hand it over as far as a transaction can; null when somebody else has. */
export function report(
  { agents, host }: Pick<Ctx, "agents" | "host">,
  tx: FastTx,
  options: DeliveryTerms,
  binding: dispatchRows.WatchedBinding,
  { turn, proof }: FinishedTurn,
): Step | null {
  const { worker, manager, task } = binding;
  const delivery_mode = modeOf(agents, manager);
  const names = { worker: worker.name, task: task.name };
  const message = completionMessage(names, turn, proof);
  const completion: Completion = {
    item_id: 0,
    task,
    binding_id: binding.binding_id,
    correlation_id: host.ids.next("dispatch"),
    dedupe_key: dedupeKeyOf(binding, turn),
    source_event_id: turn.source_event_id,
    source: worker,
    target: manager,
    delivery_mode,
    dispatcher_id: options.dispatcher_id,
    claimed_at: tx.now,
    recovered: false,
    last_error: null,
    text: message,
  };
  const item_id = dispatchRows.insertCompletionItem(tx, {
    task_id: task.id,
    binding_id: binding.binding_id,
    correlation_id: completion.correlation_id,
    source_session_id: worker.id,
    target_session_id: manager.id,
    signal_type: COMPLETION_SIGNAL,
    dedupe_key: completion.dedupe_key,
    command_id: null,
    source_event_id: turn.source_event_id,
    source_event_timestamp: turn.timestamp,
    delivery_mode,
    payload_json: canonicalJson({
      ...payloadOf(agents, tx, completion, turn, { message, subject: completionSubject(names, turn) }),
      ...(proof !== null && { proof }),
    }),
    claimed_by: options.dispatcher_id,
    claim_expires_at: secondsAfter(tx.now, options.lease_seconds),
  });
  if (item_id === undefined) return suppress(tx, completion, turn.source_event_id);
  tx.tell("dispatch_signal_detected", {
    summary: completionSubject(names, turn),
    task_id: task.id,
    correlation: detectionKeys(completion),
    attributes: {
      delivery_mode,
      outcome: turn.outcome,
      source_session: worker.name,
      target_session: manager.name,
    },
  });
  return begin(tx, options.holder, { ...completion, item_id });
}

function payloadOf(
  agents: Agents,
  tx: FastTx,
  completion: Completion,
  turn: TurnToReport,
  texts: { message: string; subject: string },
) {
  // The last record of a turn without end is not about the turn.
  const payload = turn.outcome === "lost" ? {} : payloadOfRecord(tx, turn.source_event_id);
  const said = agents.of(completion.source.agent_kind).records?.receipt(payload);
  return {
    delivery_mode: completion.delivery_mode,
    dispatcher_id: completion.dispatcher_id,
    message: texts.message,
    signal: COMPLETION_SIGNAL,
    source_event_id: turn.source_event_id,
    source_session: completion.source.name,
    subject: texts.subject,
    target_session: completion.target.name,
    task: completion.task.name,
    worker_receipt: {
      completed_at: said?.completed_at ?? null,
      duration_ms: said?.duration_ms ?? null,
      error_info: turn.error_info,
      goal: turn.goal,
      last_agent_message: said?.last_agent_message ?? null,
      outcome: turn.outcome,
      source_event_id: turn.source_event_id,
      source_event_timestamp: turn.timestamp,
      source_session: completion.source.name,
      time_to_first_token_ms: said?.time_to_first_token_ms ?? null,
      turn_id: turn.outcome === "lost" ? turn.turn_id : (said?.turn_id ?? null),
    },
  };
}

function suppress(tx: FastTx, completion: Completion, source_event_id: number): Step | null {
  // Another dispatcher may have reported it since the look; only a foreign row under the same key is worth telling.
  if (dispatchRows.hasItemForEvent(tx, completion.binding_id, source_event_id)) return null;
  const error = "an item with this dedupe key exists already";
  tx.tell("dispatch_signal_suppressed", {
    summary: `a duplicate report of ${completion.source.name} was suppressed`,
    task_id: completion.task.id,
    correlation: detectionKeys(completion),
    attributes: {
      dedupe_key: completion.dedupe_key,
      error,
      source_session: completion.source.name,
      target_session: completion.target.name,
    },
  });
  const { notification_id: _none, ...result } = resultOf(completion, { state: "suppressed" });
  return { kind: "ended", result };
}

/** Take over an item that nobody holds; null when somebody was faster. */
export function reclaim(
  { agents }: Pick<Ctx, "agents">,
  tx: FastTx,
  options: DeliveryTerms,
  pending: dispatchRows.PendingCompletion,
): Step | null {
  // A session that is no longer bound may be doing something else: an old report must not be typed into it.
  const delivery_mode = pending.is_bound ? modeOf(agents, pending.target) : "pull_required";
  const taken = dispatchRows.reclaimCompletion(tx, {
    item_id: pending.id,
    dispatcher_id: options.dispatcher_id,
    claim_expires_at: secondsAfter(tx.now, options.lease_seconds),
    delivery_mode,
  });
  if (!taken) return null;
  const completion: Completion = {
    item_id: pending.id,
    task: { id: pending.task_id, name: pending.task_name },
    binding_id: pending.binding_id,
    correlation_id: pending.correlation_id,
    dedupe_key: pending.dedupe_key,
    source_event_id: pending.source_event_id,
    source: pending.source,
    target: pending.target,
    delivery_mode,
    dispatcher_id: options.dispatcher_id,
    claimed_at: tx.now,
    recovered: true,
    last_error: pending.error,
    text: messageOf(pending),
  };
  tx.tell("dispatch_signal_recovered", {
    summary: `a report of ${pending.source.name} was taken up again`,
    task_id: pending.task_id,
    correlation: signalKeys(completion),
    attributes: { delivery_mode, target_session: pending.target.name },
  });
  return begin(tx, options.holder, completion);
}

/** The message of an item as it was worded; an item that another program left without one is still told of. */
function messageOf({ payload_json, source, task_name }: dispatchRows.PendingCompletion): string {
  let message: unknown;
  try {
    message = (JSON.parse(payload_json) as { message?: unknown } | null)?.message;
  } catch {
    message = undefined;
  }
  if (typeof message === "string" && message !== "") return message;
  const names = { worker: source.name, task: task_name };
  return completionMessage(names, { outcome: "completed", error_info: null, goal: null });
}

/** Give up what was interrupted while it was typed (spec 03 §6.7 step 1). */
export function failStaleCompletions(tx: FastTx, dispatcher_id: string, limit: number): DispatchResult[] {
  return dispatchRows.listStaleCompletions(tx, limit).map((pending) => {
    const failed = dispatchRows.isolated(tx, () => failStale(tx, dispatcher_id, pending));
    return failed.ok
      ? failed.value
      : giveUpReport(tx, dispatcher_id, { ...pending, item_id: pending.id }, failed.error);
  });
}

function failStale(tx: FastTx, dispatcher_id: string, pending: dispatchRows.PendingCompletion): DispatchResult {
  const error = "the lease expired after the side effect had started; look at the target before sending it again";
  dispatchRows.failItem(tx, pending, error);
  const { claimed_by, claim_expires_at, binding_id, correlation_id, source_event_id } = pending;
  const keys = { binding_id, correlation_id, source_event_id, signal_type: COMPLETION_SIGNAL };
  tx.tell("dispatch_signal_failed", {
    severity: "error",
    summary: `a report of ${pending.source.name} was interrupted while it was typed`,
    task_id: pending.task_id,
    correlation: { ...keys, dispatcher_id, routed_notification_id: pending.id },
    attributes: { claim_expires_at, claimed_by, error, side_effect_risk: true },
  });
  return {
    ...keys,
    claim_expires_at,
    claimed_by,
    error,
    error_code: "stale_side_effect",
    error_type: errorTypeOf("stale_side_effect"),
    notification_id: pending.id,
    state: "failed",
    task_id: pending.task_id,
  };
}

/** A finished turn that is to be reported, as far as it is known when something goes wrong. */
export interface UnreportedTurn {
  task_id: string;
  binding_id: string;
  source_event_id: number | null;
  correlation_id: string | null;
  /** Null while it has none. */
  item_id: number | null;
}

/** A report that could not be processed in an unforeseen way ends failed and stops nothing (spec 03 §6.1). */
export function giveUpReport(tx: FastTx, dispatcher_id: string, turn: UnreportedTurn, thrown: unknown): DispatchResult {
  const { message: error } = asConveyorError(thrown);
  const { binding_id, correlation_id, source_event_id, task_id, item_id } = turn;
  const keys = { binding_id, correlation_id, source_event_id, signal_type: COMPLETION_SIGNAL };
  if (item_id !== null) dispatchRows.failPendingItem(tx, item_id, error);
  const correlation = { ...keys, dispatcher_id, routed_notification_id: item_id };
  tellItemError(tx, { what: "the report of a finished turn", task_id, correlation }, error);
  return {
    ...keys,
    state: "failed",
    error,
    error_code: "internal",
    error_type: errorTypeOf("internal"),
    notification_id: item_id,
    task_id,
  };
}
