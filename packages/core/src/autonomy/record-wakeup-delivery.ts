import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Prisma, ReadTx, WriteTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveTask } from "../shared/references.ts";
import { assertLegalDelivery, type DeliveryClaim } from "./delivery-rules.ts";
import { type KeptAction, readReceipt, type WakeReceipt } from "./wake-receipt.ts";

type Answer = Output<"autonomy.recordWakeupDelivery">;
type DeliveryRow = Prisma.wake_deliveriesGetPayload<object>;

const EVENT_TYPE = "app_wakeup_delivery_recorded";

/**
 * `app-wakeup-record-delivery`: what the app did with one prepared action (spec 06 §6.2). One record per receipt and role:
 * the same again answers with the first, with `duplicate`. Throws `invalid_input` (`sent` without thread), `not_found`,
 * `ambiguous`, `precondition_failed` (no wake receipt, another task's, no such action, illegal delivery), `conflict` (another
 * delivery was recorded).
 */
export async function recordWakeupDelivery(ctx: Ctx, input: Input<"autonomy.recordWakeupDelivery">): Promise<Answer> {
  const claim = claimOf(input);
  const { role, dispatch_receipt } = input;
  return ctx.store.write(async (tx) => {
    const task = resolveTask(tx, input.task);
    const receipt = await receiptOf(tx, task, dispatch_receipt);
    const action = receipt.actions.find((one) => one.role === role);
    if (action === undefined) {
      throw new ConveyorError("precondition_failed", `the receipt ${dispatch_receipt} has no action of the ${role}`, {
        hint: "prepare a new one with app-wakeup-dispatch",
        details: { dispatch_receipt, role },
      });
    }
    assertLegalDelivery(action, claim, dispatch_receipt);
    const delivered: DeliveryClaim = { ...claim, thread_id: action.thread_id };
    const first = await tx.db.wake_deliveries.findUnique({
      where: { wake_dispatch_id_role: { wake_dispatch_id: dispatch_receipt, role } },
    });
    if (first !== null) assertSame(first, delivered);
    const record = first ?? (await insertDelivery(tx, { task, dispatch_receipt, receipt, action, delivered }));
    return {
      task: { id: task.id, name: task.name },
      delivery: {
        role,
        ...delivered,
        source_action_status: action.status,
        source_send_ready: action.send_ready,
      },
      source: { dispatch_receipt, dispatch_required: receipt.dispatcher.required, dispatcher: receipt.dispatcher },
      receipt: { event_id: record.event_id, event_type: EVENT_TYPE, recorded_at: record.recorded_at },
      duplicate: first !== null,
    };
  });
}

function claimOf({ delivery_status, thread_id, reason }: Input<"autonomy.recordWakeupDelivery">): DeliveryClaim {
  if (delivery_status === "sent" && thread_id === undefined) {
    throw new ConveyorError("invalid_input", "a prompt that was sent needs the thread it was sent to", {
      hint: "name it with --thread-id ID, exactly as in the action",
      details: { missing: "--thread-id" },
    });
  }
  return { status: delivery_status, thread_id: thread_id ?? null, reason: reason ?? null };
}

async function receiptOf(tx: ReadTx, task: { id: string; name: string }, id: string): Promise<WakeReceipt> {
  const row = await tx.db.wake_dispatches.findUnique({ where: { id }, include: { task: { select: { name: true } } } });
  const hint = "use the receipt.event_id that app-wakeup-dispatch printed";
  if (row === null) throw await noReceipt(tx, id, hint);
  if (row.task_id !== task.id) {
    throw new ConveyorError(
      "precondition_failed",
      `the receipt ${id} is of task ${JSON.stringify(row.task.name)}, not of ${JSON.stringify(task.name)}`,
      { hint, details: { dispatch_receipt: id, task_id: row.task_id, expected_task_id: task.id } },
    );
  }
  const receipt = readReceipt(row);
  if (receipt !== null) return receipt;
  throw new ConveyorError("precondition_failed", `the receipt ${id} does not say what was prepared`, {
    hint: "prepare a new one with app-wakeup-dispatch",
    details: { dispatch_receipt: id },
  });
}

/** Telemetry only helps to say what the id is instead; that it is no wake receipt is settled. */
async function noReceipt(tx: ReadTx, id: string, hint: string): Promise<ConveyorError> {
  const event = await tx.db.telemetry_events.findUnique({ where: { id }, select: { event_type: true } });
  if (event === null) {
    return new ConveyorError("not_found", `there is no wake receipt ${JSON.stringify(id)}`, {
      hint,
      details: { kind: "wake_dispatch", reference: id },
    });
  }
  return new ConveyorError(
    "precondition_failed",
    `${id} is the receipt of ${event.event_type}, not of a wake dispatch`,
    {
      hint,
      details: { kind: "wake_dispatch", reference: id, event_type: event.event_type },
    },
  );
}

function assertSame(first: DeliveryRow, { status, thread_id, reason }: DeliveryClaim): void {
  const isSame = first.delivery_status === status && first.thread_id === thread_id && first.reason === reason;
  if (isSame) return;
  throw new ConveyorError(
    "conflict",
    `the ${first.role}'s action of ${first.wake_dispatch_id} was recorded as ${first.delivery_status} already`,
    {
      hint: "what was recorded stays; prepare a new action with app-wakeup-dispatch",
      details: {
        dispatch_receipt: first.wake_dispatch_id,
        role: first.role,
        recorded: { delivery_status: first.delivery_status, thread_id: first.thread_id, reason: first.reason },
        event_id: first.event_id,
      },
    },
  );
}

interface NewDelivery {
  task: { id: string; name: string };
  dispatch_receipt: string;
  receipt: WakeReceipt;
  action: KeptAction;
  delivered: DeliveryClaim;
}

function insertDelivery(tx: WriteTx, { task, dispatch_receipt, receipt, action, delivered }: NewDelivery) {
  const { role, status: source_action_status, send_ready: source_send_ready, thread_id, thread_title } = action;
  const { status: delivery_status, reason } = delivered;
  const event_id = tx.tell(EVENT_TYPE, {
    severity: delivery_status === "sent" ? "info" : "warning",
    summary: `wake prompt of the ${role} of task ${task.name}: ${delivery_status}`,
    task_id: task.id,
    correlation: { command: "app-wakeup-record-delivery", dispatch_receipt, role, thread_id },
    attributes: {
      delivery_status,
      dispatch_receipt,
      dispatch_required: receipt.dispatcher.required,
      reason,
      role,
      source_action_status,
      source_send_ready,
      thread_id,
      thread_title,
    },
  });
  return tx.db.wake_deliveries.create({
    data: {
      seq: tx.seq(),
      wake_dispatch_id: dispatch_receipt,
      task_id: task.id,
      role,
      delivery_status,
      thread_id,
      reason,
      source_action_status,
      source_send_ready,
      event_id,
      recorded_at: tx.now,
    },
  });
}
