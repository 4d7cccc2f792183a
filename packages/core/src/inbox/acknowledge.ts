import type { Acknowledgement, InboxItem, Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { RefusalCode } from "@conveyor/contracts/refusals";
import { canonicalJson, decodeRow, type FastTx, inboxRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { commandLine } from "../shared/command-line.ts";
import { itemOfTask, withoutMessage } from "./task-item.ts";

type Answer = Input<"inbox.acknowledge">;

/** The history of an item shows at most this many answers, the newest. */
const MOST_SHOWN = 1000;

/** How far an answer goes; a later one may not go back (spec 03 §3.4). */
const PROGRESS: Record<Acknowledgement["status"], number> = { received: 0, blocked: 1, accepted: 2 };

/** `inbox-ack`: what was answered to an item (spec 03 §7.7). Throws `not_found`, `ambiguous`, `no_active_binding`. */
export async function acknowledgements(
  ctx: Ctx,
  input: Input<"inbox.acknowledgements">,
): Promise<Output<"inbox.acknowledgements">> {
  return ctx.store.peek((tx) => {
    const { task, item } = itemOfTask(ctx, tx, input);
    const acknowledgements = inboxRows
      .acknowledgementsOfItem(tx, item.id, MOST_SHOWN)
      .map((row) => decodeRow(row) as Acknowledgement);
    return { acknowledgements, latest: item.acknowledgement, notification: withoutMessage(item), task };
  });
}

/**
 * `inbox-ack --from-stdin`: record what a role answers to an item that was sent to it (spec 03 §3.4, §7.7). The latest
 * status with an equal payload again answers with that record and writes nothing. Throws `not_found`, `ambiguous`,
 * `no_active_binding`, `ack_role_mismatch`, `ack_not_delivered`, `ack_not_consumed`, `ack_regression`.
 */
export async function acknowledge(ctx: Ctx, input: Answer): Promise<Output<"inbox.acknowledge">> {
  return ctx.store.fast((tx) => {
    const { task, item } = itemOfTask(ctx, tx, input);
    assertAnswerable(ctx, item, input);
    const payload_json = canonicalJson(input.payload);
    const latest = item.acknowledgement;
    const deduplicated = latest?.status === input.status && canonicalJson(latest.payload) === payload_json;
    const { acknowledgement, event_id } = deduplicated
      ? { acknowledgement: latest, event_id: inboxRows.acknowledgementEventId(tx, latest.id) ?? null }
      : record(tx, item, input, payload_json);
    return {
      acknowledgement,
      deduplicated,
      notification: withoutMessage(item),
      receipt: { event_id, event_type: "dispatch_inbox_ack_recorded", recorded_at: acknowledgement.created_at },
      task,
    };
  });
}

/** The rules of an answer, in the order of spec 03 §7.7. Throws the codes that begin with `ack_`. */
function assertAnswerable(ctx: Ctx, item: InboxItem, { role, status }: Answer): void {
  const { id, state, target_session_name: target, target_session_role, acknowledgement: latest } = item;
  const refuse = (code: RefusalCode, message: string, hint: string) =>
    new ConveyorError(code, message, {
      hint,
      details: { kind: "notification", id, state, target_session_role, latest_status: latest?.status ?? null },
    });
  if (role !== target_session_role) {
    throw refuse(
      "ack_role_mismatch",
      `notification ${id} was sent to the ${target_session_role} ${target}, so a ${role} cannot answer it`,
      `the ${target_session_role} answers it, with --role ${target_session_role}`,
    );
  }
  if (state !== "delivered" || (status === "received" && item.delivered_at === null)) {
    throw refuse(
      "ack_not_delivered",
      `notification ${id} is ${state === "delivered" ? "without a time of delivery" : state}, not delivered`,
      state === "pending"
        ? `deliver it with \`${commandLine(ctx.settings, ["dispatch"], { once: true })}\``
        : "nobody has got it, so there is nothing to answer",
    );
  }
  if (status !== "received" && item.consumed_at === null) {
    throw refuse(
      "ack_not_consumed",
      `notification ${id} was not taken from the inbox of ${target} yet, so it cannot be ${status}`,
      `take it with \`${commandLine(ctx.settings, ["session-inbox", target], { consume_next: true })}\``,
    );
  }
  if (latest !== null && PROGRESS[status] < PROGRESS[latest.status]) {
    throw refuse(
      "ack_regression",
      `notification ${id} is ${latest.status} already and does not go back to ${status}`,
      "report what has changed since with a message of its own",
    );
  }
}

function record(tx: FastTx, item: InboxItem, answer: Answer, payload_json: string) {
  const { id: notification_id, task_id, binding_id, signal_type } = item;
  const { role, status, correlation_id = null } = answer;
  const row = inboxRows.insertAcknowledgement(tx, {
    ...{ task_id, binding_id, notification_id, role, status, payload_json, correlation_id },
  });
  // Must follow at once: the record's event is found by its place behind the record.
  const event_id = tx.tell("dispatch_inbox_ack_recorded", {
    actor: role,
    severity: status === "blocked" ? "warning" : "info",
    summary: `${item.target_session_name} answered ${signal_type} #${notification_id} with ${status}`,
    task_id,
    correlation: { command: "inbox-ack", correlation_id, notification_id, role },
    attributes: {
      ...{ binding_id, notification_id, role, signal_type, status },
      payload_keys: Object.keys(answer.payload).sort(),
    },
  });
  if (status !== "received") inboxRows.clearAckTerm(tx, notification_id);
  return { acknowledgement: decodeRow(row) as Acknowledgement, event_id };
}
