import type { DispatchableCommand, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { canonicalJson, type FastTx, inboxRows, type lookups } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { deliveredToo } from "./queue/deliver-now.ts";
import {
  assertOpenTask,
  assertPermission,
  queueCommand,
  repeatedCommand,
  requiredMessage,
  routeWarnings,
} from "./queue/enqueue-command.ts";
import { messageTerms } from "./queue/message-terms.ts";

type Notify = Input<"dispatch.enqueueNotifyManager">;
type Nudge = Input<"dispatch.enqueueNudgeWorker">;
type Enqueued = Output<"dispatch.enqueueNudgeWorker">;

/**
 * Queue a message from a task's worker to its manager, with a subject line and evidence when given (spec 03 §7.2, §13
 * item 10). Errors: see `enqueueMessage`.
 */
export function enqueueNotifyManager(ctx: Ctx, { subject, evidence, ...input }: Notify): Promise<Enqueued> {
  return enqueueMessage(ctx, "notify_manager", input, { subject, evidence });
}

/** Queue a message from a task's manager to its worker (spec 03 §7.3). Errors: see `enqueueMessage`. */
export function enqueueNudgeWorker(ctx: Ctx, input: Nudge): Promise<Enqueued> {
  return enqueueMessage(ctx, "nudge_worker", input, {});
}

/**
 * Queue a message; a dispatcher delivers it later, or with `deliver` this call does. The same key with the same content
 * answers with the first command and writes nothing. A reply belongs to the correlation of what it answers, unless another
 * one is given. Throws `message_required`, `not_found`, `ambiguous`, `unknown_permission`, `terminal_state`,
 * `idempotency_conflict`, and what `messageTerms` throws.
 */
async function enqueueMessage(
  ctx: Ctx,
  type: DispatchableCommand,
  input: Nudge,
  extra: Record<string, unknown>,
): Promise<Enqueued> {
  const message = requiredMessage(input.message);
  const payload = { ...extra, message, reply_to: input.reply_to };
  const queued = await ctx.store.fast((tx) => {
    const task = resolveTask(tx, input.task);
    assertPermission(input.required_permission);
    const { idempotency_key, max_attempts } = input;
    const answered = input.reply_to === undefined ? undefined : itemOfTask(tx, task, input.reply_to);
    const request = {
      type,
      task_id: task.id,
      correlation_id: input.correlation_id ?? answered?.correlation_id,
      required_permission: input.required_permission?.trim() ?? null,
      idempotency_key,
      max_attempts,
      ...messageTerms(input, tx.now),
    };
    const first = repeatedCommand(tx, request, (earlier) => canonicalJson(earlier) === canonicalJson(payload));
    if (first !== undefined) return { ...first.queued, task: input.task, warnings: [] };
    assertOpenTask(task);
    const created = queueCommand(ctx, tx, { ...request, payload });
    return { ...created, task: input.task, warnings: routeWarnings(tx, task.id) };
  });
  return deliveredToo(ctx, input.deliver, queued);
}

/** The item that is replied to. Throws `not_found` when it is none of the task's. */
function itemOfTask(tx: FastTx, task: lookups.TaskRow, notification_id: number): inboxRows.InboxRow {
  const item = inboxRows.itemById(tx, notification_id);
  if (item?.task_id === task.id) return item;
  throw new ConveyorError("not_found", `task ${task.name} has no notification ${notification_id} to reply to`, {
    hint: "the number is the `id` of the item that was taken from the inbox",
    details: { kind: "notification", id: notification_id, task_id: task.id },
  });
}
