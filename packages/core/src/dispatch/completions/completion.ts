import type { DeliveryMode, DispatchResult } from "@conveyor/contracts";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { ClaimHolder } from "../delivery/claim-holder.ts";

/** The signal of a finished turn. */
export const COMPLETION_SIGNAL = "worker_task_complete";

/** The finished turn of a worker on its way to the manager. */
export interface Completion {
  item_id: number;
  task: { id: string; name: string };
  binding_id: string;
  correlation_id: string;
  dedupe_key: string;
  source_event_id: number | null;
  source: dispatchRows.RouteSession;
  target: dispatchRows.RouteSession;
  delivery_mode: DeliveryMode;
  dispatcher_id: string;
  /** When this dispatcher claimed it. */
  claimed_at: string;
  /** It was found pending, left by somebody else. */
  recovered: boolean;
  /** What was wrong the last time. */
  last_error: string | null;
  /** Content. */
  text: string;
}

/** A completion that was handed over or put off in its transaction, or that still has to be pushed. */
export type Step = { kind: "ended"; result: DispatchResult } | { kind: "push"; completion: Completion };

/** The item as this dispatcher holds it. */
export function heldItem({ item_id, dispatcher_id, claimed_at }: Completion): dispatchRows.HeldItem {
  return { id: item_id, claimed_by: dispatcher_id, claimed_at };
}

/** Into the inbox at once; towards a terminal afterwards. */
export function begin(tx: FastTx, holder: ClaimHolder, completion: Completion): Step {
  if (completion.delivery_mode === "push") {
    holder.register(tx);
    return { kind: "push", completion };
  }
  return { kind: "ended", result: deliverCompletion(tx, completion, {}) };
}

/** Make the report, which must be held, available to its manager. */
export function deliverCompletion(tx: FastTx, completion: Completion, extra: Record<string, unknown>): DispatchResult {
  dispatchRows.deliverItem(tx, heldItem(completion), {
    delivery_mode: "pull_required",
    transport: null,
    delivery_method: "inbox",
    fell_back: extra["fallback_from"] === "push",
  });
  tx.tell("dispatch_signal_pull_required", {
    summary: `a report of ${completion.source.name} waits in the inbox of ${completion.target.name}`,
    task_id: completion.task.id,
    correlation: signalKeys(completion),
    attributes: {
      delivery_mode: "pull_required",
      target_session: completion.target.name,
      ...recoveredMark(completion),
    },
  });
  return resultOf(completion, { state: "pull_required", delivery_mode: "pull_required", ...extra });
}

/** Marks what was taken up from somebody else. */
export function recoveredMark(completion: Completion): { recovered?: true } {
  return completion.recovered ? { recovered: true } : {};
}

/** The keys that tie a report together before it has an item. */
export function detectionKeys(completion: Completion) {
  return {
    binding_id: completion.binding_id,
    correlation_id: completion.correlation_id,
    dispatcher_id: completion.dispatcher_id,
    signal_type: COMPLETION_SIGNAL,
    source_event_id: completion.source_event_id,
  };
}

/** The same with the item. */
export function signalKeys(completion: Completion) {
  return { ...detectionKeys(completion), routed_notification_id: completion.item_id };
}

/** Variant 8 of spec 03 §7.1. */
export function resultOf(
  completion: Completion,
  facts: Partial<DispatchResult> & Pick<DispatchResult, "state">,
): DispatchResult {
  return {
    binding_id: completion.binding_id,
    correlation_id: completion.correlation_id,
    dedupe_key: completion.dedupe_key,
    delivery_mode: completion.delivery_mode,
    dry_run: false,
    notification_id: completion.item_id,
    signal_type: COMPLETION_SIGNAL,
    source_event_id: completion.source_event_id,
    target_session: completion.target.name,
    task: completion.task.name,
    ...recoveredMark(completion),
    ...facts,
  };
}
