import type { DispatchableCommand, InputOf, OutputOf, operations } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { permissionActions } from "@conveyor/contracts/permissions";
import { OPEN_TASK_STATES } from "@conveyor/contracts/tasks";
import { canonicalJson, dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";

type Enqueue = (typeof operations)["dispatch"]["enqueueNudgeWorker"];
type Enqueued = OutputOf<Enqueue>;
type Input = InputOf<Enqueue>;

/** Queue a message from a task's worker to its manager (spec 03 §7.2). Errors: see `enqueue`. */
export function enqueueNotifyManager(ctx: Ctx, input: Input): Promise<Enqueued> {
  return enqueue(ctx, "notify_manager", input);
}

/** Queue a message from a task's manager to its worker (spec 03 §7.3). Errors: see `enqueue`. */
export function enqueueNudgeWorker(ctx: Ctx, input: Input): Promise<Enqueued> {
  return enqueue(ctx, "nudge_worker", input);
}

/**
 * Queue a message; delivered by a dispatcher later. The same key with the same content answers with the first command and
 * writes nothing. Throws `message_required`, `unknown_permission`, `not_found`, `ambiguous`, `terminal_state`,
 * `idempotency_conflict`.
 */
async function enqueue(ctx: Ctx, type: DispatchableCommand, input: Input): Promise<Enqueued> {
  const message = requiredMessage(input.message);
  const required_permission = knownPermission(input.required_permission);
  return ctx.store.fast((tx) => {
    const task = resolveTask(tx, input.task);
    const request = {
      type,
      task_id: task.id,
      correlation_id: input.correlation_id,
      required_permission,
      payload_json: canonicalJson({ message }),
    };
    const first = sameCommand(tx, input.idempotency_key, request);
    if (first !== null) return { ...first, task: input.task, warnings: [] };
    if (!(OPEN_TASK_STATES as readonly string[]).includes(task.state)) {
      throw new ConveyorError("terminal_state", `task ${task.name} is ${task.state}; nobody will read a message`, {
        hint: "messages need an open task; `conveyor tasks --active` lists them",
        details: { kind: "task", id: task.id, state: task.state },
      });
    }
    const binding = dispatchRows.routeOfTask(tx, task.id)?.binding ?? null;
    const warnings = binding === null ? ["no_active_binding"] : [];
    const created = insert(ctx, tx, input, request);
    return { ...created, task: input.task, warnings };
  });
}

function requiredMessage(message: string | undefined): string {
  if (message !== undefined && message.trim() !== "") return message;
  throw new ConveyorError("message_required", "there is no message to send", {
    hint: "give it with --message TEXT, or --message - to read it from standard input",
  });
}

function knownPermission(name: string | undefined): string | null {
  if (name === undefined) return null;
  if (permissionActions(name) !== undefined) return name.trim();
  throw new ConveyorError("unknown_permission", `there is no permission ${JSON.stringify(name)}`, {
    hint: "permissions are <category>.<action>, such as repo.open_pr; see `conveyor manager-permission --help`",
    details: { permission: name },
  });
}

interface CommandRequest {
  type: DispatchableCommand;
  task_id: string;
  /** Undefined: any. */
  correlation_id: string | undefined;
  required_permission: string | null;
  payload_json: string;
}

function sameCommand(
  tx: FastTx,
  key: string | undefined,
  request: CommandRequest,
): Omit<Enqueued, "task" | "warnings"> | null {
  const first = key === undefined ? undefined : dispatchRows.commandByKey(tx, key);
  if (first === undefined) return null;
  const isSame =
    first.type === request.type &&
    first.task_id === request.task_id &&
    first.payload_json === request.payload_json &&
    first.required_permission === request.required_permission &&
    (request.correlation_id === undefined || first.correlation_id === request.correlation_id);
  if (!isSame) {
    throw new ConveyorError("idempotency_conflict", `the key ${JSON.stringify(key)} was used for another command`, {
      hint: `that was ${first.id}; use a new key for new content`,
      details: { kind: "command", command_id: first.id, idempotency_key: key },
    });
  }
  return {
    command_id: first.id,
    command_type: request.type,
    correlation_id: first.correlation_id,
    deduplicated: true,
    required_permission: first.required_permission,
  };
}

function insert(ctx: Ctx, tx: FastTx, input: Input, request: CommandRequest): Omit<Enqueued, "task" | "warnings"> {
  const id = ctx.host.ids.next("command");
  const idempotency_key = input.idempotency_key ?? id;
  const correlation_id = request.correlation_id ?? ctx.host.ids.next("dispatch");
  const { type, task_id, required_permission } = request;
  dispatchRows.insertCommand(tx, {
    ...request,
    id,
    idempotency_key,
    correlation_id,
    available_at: input.available_at === undefined ? null : new Date(input.available_at).toISOString(),
    max_attempts: input.max_attempts,
  });
  tx.telemetry({
    event_type: "command_created",
    summary: `command ${type} queued`,
    task_id,
    correlation: { command_id: id, command_type: type, correlation_id },
    attributes: { idempotency_key, manager_id: null, required_permission, state: "pending", worker_id: null },
  });
  return { command_id: id, command_type: type, correlation_id, deduplicated: false, required_permission };
}
