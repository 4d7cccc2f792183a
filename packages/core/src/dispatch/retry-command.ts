import type { DispatchableCommand, GatePreview, Input, Output } from "@conveyor/contracts";
import { DISPATCHABLE_COMMANDS } from "@conveyor/contracts/dispatch/words";
import { ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { admitContinuation, previewQueued } from "./enqueue-continue-iteration.ts";
import { resolveCommand } from "./log/command-record.ts";
import {
  assertOpenTask,
  type CommandRequest,
  type QueuedCommand,
  queueCommand,
  routeWarnings,
} from "./queue/enqueue-command.ts";

type Retried = Output<"dispatch.retryCommand">;
/** A command that Dispatch executes, for a task. */
type Message = dispatchRows.CommandRow & { type: DispatchableCommand; task_id: string };

/**
 * Queue a failed or blocked command anew (spec 03 §13 item 2). The old one stays as evidence; a fresh one gets its
 * content and correlation id, and `retry_of` in its payload. Retrying again answers with the first retry, unless that one
 * failed or was blocked too: then that one is retried. A continuation is admitted by the rules of its enqueueing. Throws
 * `not_found`, `ambiguous`, `precondition_failed`, `terminal_state`, what `admitContinuation` throws, and
 * `side_effect_risk` (exit code 1) without `force` when the target's terminal may have got the message already.
 */
export async function retryCommand(ctx: Ctx, input: Input<"dispatch.retryCommand">): Promise<Retried> {
  return ctx.store.fast((tx) => {
    const { original, standing } = latestRetry(tx, messageOf(resolveCommand(tx, input.command)));
    if (standing !== undefined) {
      return answerFor(tx, standing, original.id, { deduplicated: true, warnings: [] });
    }
    assertDead(original);
    const touched = dispatchRows.hasTouchedTarget(tx, original.id);
    if (touched && !input.force) throw sideEffectRisk(original);
    const request = requestOf(tx, original);
    const { command_id } = queueCommand(ctx, tx, request, { retry_of: original.id });
    tx.tell("command_retried", {
      summary: `command ${original.type} retried`,
      task_id: original.task_id,
      run_id: request.run_id,
      correlation: {
        command_id: original.id,
        command_type: original.type,
        correlation_id: original.correlation_id,
        retry_command_id: command_id,
      },
      attributes: { forced: input.force, side_effect_started: touched, state: original.state },
    });
    const fresh = messageOf(resolveCommand(tx, command_id));
    return answerFor(tx, fresh, original.id, { deduplicated: false, warnings: routeWarnings(tx, original.task_id) });
  });
}

/** The key that makes the retry of a command one of a kind. */
const retryKey = (command_id: string) => `retry:${command_id}`;

/** The last command of a chain of retries that failed, and its own retry when that one has not failed. */
function latestRetry(tx: FastTx, first: Message): { original: Message; standing: Message | undefined } {
  let original = first;
  for (;;) {
    const retry = retryOf(tx, original);
    if (retry === undefined || !isDead(retry)) return { original, standing: retry };
    original = retry;
  }
}

function retryOf(tx: FastTx, original: Message): Message | undefined {
  const row = dispatchRows.commandByKey(tx, retryKey(original.id));
  if (row === undefined) return undefined;
  if (payloadOf(row)["retry_of"] === original.id) return messageOf(row);
  throw new ConveyorError("idempotency_conflict", `the key ${retryKey(original.id)} was used for another command`, {
    hint: `that was ${row.id}; queue the message anew with a key of its own`,
    details: { kind: "command", command_id: row.id, idempotency_key: retryKey(original.id) },
  });
}

function isDead({ state }: dispatchRows.CommandRow): boolean {
  return state === "failed" || state === "blocked";
}

function messageOf(row: dispatchRows.CommandRow): Message {
  if ((DISPATCHABLE_COMMANDS as readonly string[]).includes(row.type) && row.task_id !== null) return row as Message;
  throw new ConveyorError("precondition_failed", `command ${row.id} (${row.type}) is not delivered by Dispatch`, {
    hint: "run the command line that made it again instead",
    details: { kind: "command", id: row.id, state: row.state, command_type: row.type },
  });
}

function assertDead({ id, state, type }: Message): void {
  if (state === "failed" || state === "blocked") return;
  throw new ConveyorError("precondition_failed", `command ${id} is ${state}; only a failed or blocked one is retried`, {
    hint: state === "succeeded" ? "it was delivered" : "wait for its end, or let `conveyor dispatch` execute it",
    details: { kind: "command", id, state, command_type: type },
  });
}

function sideEffectRisk({ id, type }: Message): ConveyorError {
  return new ConveyorError("side_effect_risk", `the terminal may have got the message of command ${id} already`, {
    hint: "look at the terminal first; --force sends it again nevertheless",
    details: { kind: "command", id, command_type: type, exit_code: 1 },
  });
}

/** What the fresh command asks for. Throws `terminal_state`, and for a continuation what `admitContinuation` throws. */
function requestOf(tx: FastTx, original: Message): CommandRequest {
  const task = resolveTask(tx, original.task_id);
  const payload = { ...payloadOf(original), retry_of: original.id };
  const request = {
    type: original.type,
    task_id: original.task_id,
    correlation_id: original.correlation_id ?? undefined,
    required_permission: original.required_permission,
    idempotency_key: retryKey(original.id),
    max_attempts: original.max_attempts,
    available_at: null,
    expires_at: null,
  };
  if (original.type !== "continue_iteration") {
    assertOpenTask(task);
    return { ...request, payload };
  }
  const { run_id, requested_iteration } = loopRequestOf(original);
  const loop_policy = admitContinuation(tx, task, run_id, requested_iteration);
  return { ...request, payload: { ...payload, loop_policy }, run_id };
}

function loopRequestOf(original: Message): { run_id: string; requested_iteration: number } {
  const { run_id, requested_iteration } = (payloadOf(original)["ralph_loop"] ?? {}) as Record<string, unknown>;
  if (typeof run_id === "string" && Number.isInteger(requested_iteration)) {
    return { run_id, requested_iteration: requested_iteration as number };
  }
  throw new ConveyorError("precondition_failed", `command ${original.id} names no loop run and iteration`, {
    hint: "queue a new one with `conveyor enqueue-continue-iteration`",
    details: { kind: "command", id: original.id, state: original.state, command_type: original.type },
  });
}

function answerFor(
  tx: FastTx,
  command: Message,
  retry_of: string,
  how: Pick<QueuedCommand, "deduplicated"> & { warnings: string[] },
): Retried {
  const gate_preview: GatePreview | undefined =
    command.type === "continue_iteration" ? previewQueued(tx, command.id) : undefined;
  return {
    command_id: command.id,
    command_type: command.type,
    correlation_id: command.correlation_id,
    required_permission: command.required_permission,
    retry_of,
    task: command.task_name ?? command.task_id,
    ...how,
    ...(gate_preview !== undefined && { gate_preview }),
  };
}

function payloadOf(row: dispatchRows.CommandRow): Record<string, unknown> {
  return JSON.parse(row.payload_json) as Record<string, unknown>;
}
