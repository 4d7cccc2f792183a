import type { DispatchableCommand } from "@conveyor/contracts";
import { PERMISSION_ACTIONS, permissionActions } from "@conveyor/contracts/contract/permissions";
import { ConveyorError } from "@conveyor/contracts/errors";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks/words";
import { canonicalJson, dispatchRows, type FastTx, type lookups } from "@conveyor/store";
import type { Ctx } from "../../ctx.ts";

/** A command to be queued. */
export interface CommandRequest {
  type: DispatchableCommand;
  task_id: string;
  /** Undefined: a new one; and any, when the request is compared with an earlier one. */
  correlation_id: string | undefined;
  required_permission: string | null;
  payload: Record<string, unknown>;
  /** Undefined: the new command's id. */
  idempotency_key: string | undefined;
  max_attempts: number;
  /** When it may be delivered at the earliest, and until when; null: at once, and for ever. */
  available_at: string | null;
  expires_at: string | null;
  /** The loop that it belongs to, so that its telemetry can be found. */
  run_id?: string | undefined;
}

/** The answer about a queued command, whichever operation queued it. */
export interface QueuedCommand {
  command_id: string;
  command_type: DispatchableCommand;
  correlation_id: string | null;
  deduplicated: boolean;
  required_permission: string | null;
}

/** The message to send. Throws `message_required` when there is none or only blanks. */
export function requiredMessage(message: string | undefined): string {
  if (message !== undefined && message.trim() !== "") return message;
  throw new ConveyorError("message_required", "there is no message to send", {
    hint: "give it with --message TEXT, or --message - to read it from standard input",
  });
}

/** Throws `unknown_permission` when there is no such action or alias; none at all is fine. */
export function assertPermission(name: string | undefined): void {
  if (name === undefined || permissionActions(name) !== undefined) return;
  throw new ConveyorError("unknown_permission", `there is no permission ${JSON.stringify(name)}`, {
    hint: `it is one of ${PERMISSION_ACTIONS.join(", ")}`,
    details: { permission: name },
  });
}

/** Throws `terminal_state` when nobody works on the task any more. */
export function assertOpenTask(task: lookups.TaskRow): void {
  if ((OPEN_TASK_STATES as readonly string[]).includes(task.state)) return;
  throw new ConveyorError("terminal_state", `task ${task.name} is ${task.state}; nobody will read a message`, {
    hint: "messages need an open task; `conveyor tasks --active` lists them",
    details: { kind: "task", id: task.id, state: task.state },
  });
}

/** What is doubtful about sending a message for this task now. */
export function routeWarnings(tx: FastTx, task_id: string): string[] {
  const binding = dispatchRows.routeOfTask(tx, task_id)?.binding ?? null;
  return binding === null ? ["no_active_binding"] : [];
}

/**
 * The command that was queued under the request's key, or undefined when the key is new or there is none.
 * `isSamePayload` says whether the earlier payload asks for the same thing. Throws `idempotency_conflict` when the key
 * was used for something else (spec 03 §7.2).
 */
export function repeatedCommand(
  tx: FastTx,
  request: Omit<CommandRequest, "payload">,
  isSamePayload: (payload: Record<string, unknown>) => boolean,
): { command: dispatchRows.CommandRow; queued: QueuedCommand } | undefined {
  const key = request.idempotency_key;
  const command = key === undefined ? undefined : dispatchRows.commandByKey(tx, key);
  if (command === undefined) return undefined;
  const isSame =
    command.type === request.type &&
    command.task_id === request.task_id &&
    command.required_permission === request.required_permission &&
    (request.correlation_id === undefined || command.correlation_id === request.correlation_id) &&
    isSamePayload(JSON.parse(command.payload_json) as Record<string, unknown>);
  if (!isSame) {
    throw new ConveyorError("idempotency_conflict", `the key ${JSON.stringify(key)} was used for another command`, {
      hint: `that was ${command.id}; use a new key for new content`,
      details: { kind: "command", command_id: command.id, idempotency_key: key },
    });
  }
  return {
    command,
    queued: {
      command_id: command.id,
      command_type: request.type,
      correlation_id: command.correlation_id,
      deduplicated: true,
      required_permission: command.required_permission,
    },
  };
}

/** Write the command and record it in telemetry, without its content. */
export function queueCommand(
  ctx: Ctx,
  tx: FastTx,
  request: CommandRequest,
  correlation: Record<string, unknown> = {},
): QueuedCommand {
  const id = ctx.host.ids.next("command");
  const { type, task_id, required_permission, max_attempts, available_at, expires_at } = request;
  const idempotency_key = request.idempotency_key ?? id;
  const correlation_id = request.correlation_id ?? ctx.host.ids.next("dispatch");
  dispatchRows.insertCommand(tx, {
    id,
    type,
    task_id,
    idempotency_key,
    correlation_id,
    required_permission,
    max_attempts,
    available_at,
    expires_at,
    payload_json: canonicalJson(request.payload),
  });
  tx.tell("command_created", {
    summary: `command ${type} queued`,
    task_id,
    run_id: request.run_id,
    correlation: { ...correlation, command_id: id, command_type: type, correlation_id },
    attributes: { idempotency_key, manager_id: null, required_permission, state: "pending", worker_id: null },
  });
  return { command_id: id, command_type: type, correlation_id, deduplicated: false, required_permission };
}
