import type { DeliveryMode, DispatchResult, PermissionCheck } from "@conveyor/contracts";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";
import {
  type Continuation,
  judgeLoop,
  type LiveRoute,
  LoopRefused,
  loopObjection,
  loopRunOf,
  type Objection,
} from "../../loops/gates.ts";
import { loopFields, policyBlock, refusalLine } from "../../loops/policy.ts";
import { modeOf } from "./delivery-mode.ts";
import { failedBeforeDelivery, finishWork } from "./finish.ts";
import { checkPermission } from "./permission-gate.ts";
import { noticeRefusal } from "./refusal-notice.ts";
import { claimKeys, DeliveryRefused, storedPayload, type Work } from "./work.ts";

/** A message that passed every gate and now has its item. */
export interface ReadyDelivery {
  work: Work;
  route: LiveRoute;
  source: dispatchRows.RouteSession;
  target: dispatchRows.RouteSession;
  delivery_mode: DeliveryMode;
  permission_check: PermissionCheck | null;
  continuation: Continuation | null;
  item_id: number;
  /** What a terminal gets; content. */
  text: string;
}

export type PreparedDelivery = { kind: "ended"; result: DispatchResult } | { kind: "push"; delivery: ReadyDelivery };

/** What carrying a command through its gates needs of the call. */
export type DeliveryCtx = Pick<Ctx, "agents" | "settings">;

/**
 * Carry a claimed command through its gates (spec 03 §6.4 steps 1 to 7). A message for an inbox is delivered here, in the
 * same transaction as the claim; one for a terminal gets its pending item and is pushed afterwards.
 */
export function prepareWork(ctx: DeliveryCtx, tx: FastTx, work: Work): PreparedDelivery {
  try {
    const ready = passGates(ctx, tx, work);
    if ("refusal" in ready) return { kind: "ended", result: ready.refusal };
    if (ready.delivery_mode === "push") return { kind: "push", delivery: ready };
    return { kind: "ended", result: finishInboxDelivery(tx, ready, {}) };
  } catch (thrown) {
    if (!(thrown instanceof DeliveryRefused || thrown instanceof LoopRefused)) throw thrown;
    return { kind: "ended", result: refuseWork(tx, work, thrown) };
  }
}

/** End a command that could not be delivered. */
export function refuseWork(tx: FastTx, work: Work, refused: Pick<DeliveryRefused, "code" | "message">): DispatchResult {
  const result = failedBeforeDelivery(work, refused.code, refused.message);
  const run_id = loopRunOf(tx, work.command);
  return finishWork(tx, work, { state: "failed", result, error: refused.message, run_id });
}

function passGates(
  { agents, settings }: DeliveryCtx,
  tx: FastTx,
  work: Work,
): ReadyDelivery | { refusal: DispatchResult } {
  const payload = storedPayload(work.command);
  const message = messageOf(payload);
  const route = liveRoute(tx, work);
  const permission_check = passPermissionGate(tx, work);
  const { worker, manager } = route.binding;
  const [source, target] = work.command.type === "notify_manager" ? [worker, manager] : [manager, worker];
  const delivery_mode = modeOf(agents, target);
  const continuation =
    work.command.type === "continue_iteration" ? judgeLoop(tx, work.command.id, route, payload, target.id) : null;
  const objection =
    continuation !== null && continuation.verdict.reason !== null
      ? continuation
      : loopObjection(tx, work.command.required_permission, route.task.id);
  if (objection !== null) {
    const refusal = block(tx, work, { target, delivery_mode, objection, payload });
    if (refusal.state === "blocked") noticeRefusal(tx, settings, work, route, objection);
    return { refusal };
  }
  const item = dispatchRows.putCommandItem(tx, {
    task_id: route.task.id,
    binding_id: route.binding.id,
    correlation_id: work.command.correlation_id,
    source_session_id: source.id,
    target_session_id: target.id,
    signal_type: work.command.type,
    dedupe_key: `${route.binding.id}:${work.command.type}:${work.command.id}`,
    command_id: work.command.id,
    source_event_id: null,
    source_event_timestamp: null,
    delivery_mode,
    payload_json: canonicalJson({
      command_id: work.command.id,
      command_type: work.command.type,
      delivery_mode,
      dispatcher_id: work.dispatcher_id,
      message,
      // What a report says in short, what supports it, and what it answers (spec 03 §13 items 8 and 10).
      subject: payload["subject"],
      evidence: payload["evidence"],
      reply_to: payload["reply_to"],
      permission_check,
      source_session: source.name,
      target_session: target.name,
      task_id: route.task.id,
      ...(continuation !== null && {
        loop_policy: continuation.policy,
        ralph_loop: { ...continuation.policy, requested_iteration: continuation.requested_iteration },
      }),
    }),
    claimed_by: null,
    claim_expires_at: null,
  });
  dispatchRows.failItemsOfFormerBindings(tx, {
    command_id: work.command.id,
    item_id: item.id,
    error: `the task was bound anew before this was delivered; item ${item.id} took its place`,
  });
  tx.tell("dispatch_command_attempted", {
    summary: `command ${work.command.type} attempted for ${target.name}`,
    task_id: route.task.id,
    run_id: continuation?.policy.run_id,
    correlation: { ...claimKeys(work), routed_notification_id: item.id },
    attributes: { delivery_mode, permission_check, source_session: source.name, target_session: target.name },
  });
  const ready: ReadyDelivery = {
    work,
    route,
    source,
    target,
    // A ledger may hold an item that was handed over although its command did not end; it is not handed over twice.
    delivery_mode: item.was_delivered ? "pull_required" : delivery_mode,
    permission_check,
    continuation,
    item_id: item.id,
    text:
      continuation === null
        ? message
        : `${message}\n\n${policyBlock(continuation.policy, continuation.requested_iteration)}`,
  };
  return ready;
}

function messageOf(payload: Record<string, unknown>): string {
  for (const text of [payload["message"], payload["text"]]) {
    if (typeof text === "string" && text.trim() !== "") return text;
  }
  throw new DeliveryRefused("invalid_payload", "the command carries no message");
}

function liveRoute(tx: FastTx, work: Work): LiveRoute {
  const { task_id } = work.command;
  const route = task_id === null ? undefined : dispatchRows.routeOfTask(tx, task_id);
  if (route === undefined) throw new DeliveryRefused("no_active_binding", "the command names no task");
  if (route.binding === null) {
    throw new DeliveryRefused("no_active_binding", `task ${route.task.name} has no active binding`);
  }
  return { task: route.task, binding: route.binding };
}

function passPermissionGate(tx: FastTx, work: Work): PermissionCheck | null {
  const { required_permission, task_id } = work.command;
  if (required_permission === null) return null;
  const stored = task_id === null ? undefined : dispatchRows.permissionsOfTask(tx, task_id);
  const check = checkPermission(required_permission, stored);
  const { attempt_id: _attempt, dispatcher_id: _dispatcher, ...keys } = claimKeys(work);
  tx.tell("dispatch_command_permission_checked", {
    severity: check.allowed ? "info" : "warning",
    summary: `permission ${required_permission} ${check.allowed ? "granted" : "missing"}`,
    task_id,
    correlation: { ...keys, required_permission },
    attributes: { ...check },
  });
  // Agents match this text by its beginning (spec 05 §4).
  const error = `manager permission required for dispatch command: ${required_permission}`;
  if (!check.allowed) throw new DeliveryRefused("permission_denied", error);
  return check;
}

interface Refusal {
  target: dispatchRows.RouteSession;
  delivery_mode: DeliveryMode;
  objection: Objection;
  payload: Record<string, unknown>;
}

function block(tx: FastTx, work: Work, { target, delivery_mode, objection, payload }: Refusal): DispatchResult {
  const { policy, requested_iteration, verdict, gate, pending_command_id } = objection;
  const result: DispatchResult = {
    ...claimKeys(work),
    delivered: false,
    delivery_mode,
    dry_run: false,
    manager_decision_id: decisionOf(payload),
    notification_id: null,
    side_effect_completed: false,
    side_effect_started: false,
    state: "blocked",
    target_session: target.name,
    target_worker_notified: false,
    ...loopFields(policy, requested_iteration, verdict),
    ...(gate !== undefined && { gate }),
    ...(pending_command_id !== undefined && { pending_command_id }),
  };
  const error = refusalLine(verdict, policy, requested_iteration);
  return finishWork(tx, work, { state: "blocked", result, error, run_id: policy.run_id });
}

function decisionOf(payload: Record<string, unknown>): number | null {
  const decision = payload["manager_decision"];
  const id =
    decision !== null && typeof decision === "object" ? (decision as { decision_id?: unknown }).decision_id : null;
  return Number.isInteger(id) ? (id as number) : null;
}

/** What all results of one delivery have in common (spec 03 §7.1, variants 4 and 5). */
export function deliveryResult(
  ready: ReadyDelivery,
  facts: Partial<DispatchResult> & Pick<DispatchResult, "state">,
): DispatchResult {
  const { continuation } = ready;
  return {
    ...claimKeys(ready.work),
    delivery_mode: ready.delivery_mode,
    dry_run: false,
    notification_id: ready.item_id,
    permission_check: ready.permission_check,
    side_effect_completed: false,
    side_effect_started: false,
    target_session: ready.target.name,
    ...(continuation !== null &&
      loopFields(continuation.policy, continuation.requested_iteration, continuation.verdict)),
    ...facts,
  };
}

/**
 * Put a pending item into the inbox of its target, whose terminal is gone, and end the command, whose lease must be held.
 * When the target comes back with a terminal, both go on to that one (`pushFallenBackAgain`).
 */
export function deliverCommand(tx: FastTx, ready: ReadyDelivery, extra: Record<string, unknown>): DispatchResult {
  dispatchRows.deliverItem(tx, dispatchRows.ofCommand(ready.item_id), {
    delivery_mode: "pull_required",
    transport: null,
    delivery_method: "inbox",
    fell_back: true,
  });
  return finishInboxDelivery(tx, ready, extra);
}

/** The item is in the inbox of its target: tell so and end the command (spec 03 §6.4 step 7). */
function finishInboxDelivery(tx: FastTx, ready: ReadyDelivery, extra: Record<string, unknown>): DispatchResult {
  const { work, route, target } = ready;
  const run_id = ready.continuation?.policy.run_id;
  tx.tell("dispatch_signal_pull_required", {
    summary: `${work.command.type} waits in the inbox of ${target.name}`,
    task_id: route.task.id,
    run_id,
    correlation: {
      ...claimKeys(work),
      binding_id: route.binding.id,
      routed_notification_id: ready.item_id,
      signal_type: work.command.type,
    },
    attributes: { delivery_mode: "pull_required", target_session: target.name },
  });
  const result = deliveryResult(ready, { state: "pull_required", delivery_mode: "pull_required", ...extra });
  return finishWork(tx, work, { state: "succeeded", result, error: null, run_id, delivery_method: "inbox" });
}
