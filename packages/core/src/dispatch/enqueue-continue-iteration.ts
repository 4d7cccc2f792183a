import type { GatePreview, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, dispatchRows, type FastTx, type lookups, loopRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { findLoopRun, resolveRunOfTask } from "../loops/find-loop-run.ts";
import { isClosed, type LoopPolicy } from "../loops/policy.ts";
import { resolveTask } from "../shared/references.ts";
import { previewLoop } from "./delivery/preview-loop.ts";
import { deliveredToo } from "./queue/deliver-now.ts";
import {
  assertOpenTask,
  assertPermission,
  type CommandRequest,
  queueCommand,
  repeatedCommand,
  requiredMessage,
  routeWarnings,
} from "./queue/enqueue-command.ts";
import { messageTerms } from "./queue/message-terms.ts";

/**
 * Queue the manager's request for the next iteration of a loop (spec 03 §7.4, 05 §5.7). What can be known to be pointless
 * is refused before a row exists; what the gate has to judge (too large a number, missing evidence, an iteration that
 * still waits) is left to Dispatch, so that its refusal is a receipt, and only previewed here. The same key with the same
 * content answers with the first command, also when the loop has moved on or the task was closed since. Throws
 * `message_required`, `not_found`, `ambiguous`, `invalid_requested_iteration`, `idempotency_conflict`, `not_a_loop_run`,
 * `run_missing_iteration_policy`, `run_task_mismatch`, `stale_requested_iteration`, `loop_closed`, `terminal_state`,
 * `unknown_permission`.
 */
export async function enqueueContinueIteration(
  ctx: Ctx,
  input: Input<"dispatch.enqueueContinueIteration">,
): Promise<Output<"dispatch.enqueueContinueIteration">> {
  const message = requiredMessage(input.message);
  const { requested_iteration, manager_decision_id = null } = input;
  const queued = await ctx.store.fast((tx) => {
    const task = resolveTask(tx, input.task);
    if (requested_iteration < 1) throw invalidIteration(requested_iteration);
    const { correlation_id, idempotency_key, max_attempts } = input;
    const request: Omit<CommandRequest, "payload"> = {
      type: "continue_iteration",
      task_id: task.id,
      correlation_id,
      required_permission: input.required_permission?.trim() ?? null,
      idempotency_key,
      max_attempts,
      ...messageTerms(input, tx.now),
    };
    const asked = { task: input.task, loop_run_id: input.loop_run, requested_iteration, manager_decision_id };
    const first = repeatedCommand(tx, request, (earlier) => isSameRequest(tx, task, earlier, { ...input, message }));
    if (first !== undefined) {
      const payload = JSON.parse(first.command.payload_json) as { loop_policy: LoopPolicy };
      return {
        ...first.queued,
        ...asked,
        loop_policy: payload.loop_policy,
        gate_preview: previewLoop(tx, first.command),
        warnings: [],
      };
    }
    const policy = admitContinuation(tx, task, input.loop_run, requested_iteration);
    if (manager_decision_id !== null) assertDecision(tx, task, manager_decision_id);
    assertPermission(input.required_permission);
    const payload = {
      message,
      loop_policy: policy,
      ralph_loop: { run_id: policy.run_id, requested_iteration },
      ...(manager_decision_id !== null && { manager_decision: { decision_id: manager_decision_id } }),
    };
    const created = queueCommand(ctx, tx, { ...request, payload, run_id: policy.run_id });
    return {
      ...created,
      ...asked,
      loop_policy: policy,
      gate_preview: previewQueued(tx, created.command_id),
      warnings: routeWarnings(tx, task.id),
    };
  });
  return deliveredToo(ctx, input.deliver, queued);
}

/**
 * The policy of the loop that is to be continued, when it may be asked for this iteration at all. Throws what
 * `findLoopRun` throws, `stale_requested_iteration`, `loop_closed` and `terminal_state`.
 */
export function admitContinuation(
  tx: FastTx,
  task: lookups.TaskRow,
  loop_run: string,
  requested_iteration: number,
): LoopPolicy {
  const { run, policy } = findLoopRun(tx, task, loop_run);
  const { current_iteration, max_iterations } = policy;
  const details = { kind: "run", id: run.id, name: run.name, current_iteration, max_iterations, requested_iteration };
  if (requested_iteration <= current_iteration) {
    throw new ConveyorError(
      "stale_requested_iteration",
      `iteration ${requested_iteration} of ${run.name} has begun already; the loop stands at ${current_iteration}`,
      { hint: `ask for iteration ${current_iteration + 1}`, details },
    );
  }
  if (isClosed(run)) {
    throw new ConveyorError("loop_closed", `loop ${run.name} was closed`, {
      hint: "make a new loop run to go on",
      details,
    });
  }
  assertOpenTask(task);
  return policy;
}

/** What the gate would say of a queued continuation now. */
export function previewQueued(tx: FastTx, command_id: string): GatePreview {
  return previewLoop(tx, dispatchRows.commandById(tx, command_id) as dispatchRows.CommandRow);
}

function invalidIteration(requested_iteration: number): ConveyorError {
  return new ConveyorError("invalid_requested_iteration", `there is no iteration ${requested_iteration}`, {
    hint: "iterations are counted from 1",
    details: { requested_iteration },
  });
}

function assertDecision(tx: FastTx, task: lookups.TaskRow, decision_id: number): void {
  if (loopRows.hasDecision(tx, task.id, decision_id)) return;
  throw new ConveyorError("not_found", `task ${task.name} has no decision ${decision_id}`, {
    hint: "record it first with `conveyor record-decision`, which prints its id",
    details: { kind: "decision", reference: decision_id },
  });
}

/** The snapshot of the policy is left out: it shows when something was asked for, not what. */
function isSameRequest(
  tx: FastTx,
  task: lookups.TaskRow,
  { loop_policy: _snapshot, ralph_loop, ...others }: Record<string, unknown>,
  { loop_run, message, requested_iteration, manager_decision_id }: Input<"dispatch.enqueueContinueIteration">,
): boolean {
  const { run_id, requested_iteration: earlier } = (ralph_loop ?? {}) as Record<string, unknown>;
  if (typeof run_id !== "string" || earlier !== requested_iteration) return false;
  const wanted = {
    message,
    ...(manager_decision_id !== undefined && { manager_decision: { decision_id: manager_decision_id } }),
  };
  if (canonicalJson(others) !== canonicalJson(wanted)) return false;
  // A newer run may have taken the name since; it still named the first one when it was first said.
  return loopRows.runById(tx, run_id)?.name === loop_run || resolveRunOfTask(tx, task, loop_run).id === run_id;
}
