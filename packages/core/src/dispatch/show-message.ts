import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { dispatchRows, type FastTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { textSize } from "../shared/text-size.ts";
import { wordsOf } from "./status/conversation.ts";
import { parsedObject } from "./status/readable-row.ts";

const EVENT_TYPE = "dispatch_message_shown";
/** Commands that an ambiguous prefix lists. */
const MOST_CANDIDATES = 6;

/**
 * `dispatch show`: the words of one notification or of one command, and a note in telemetry that they were shown, with
 * their length only (spec 06 §6.6.2 item 8). Throws `not_found`, `ambiguous`.
 */
export async function showMessage(
  ctx: Ctx,
  input: Input<"dispatch.showMessage">,
): Promise<Output<"dispatch.showMessage">> {
  return ctx.store.fast((tx) => {
    const { task_id, correlation_id, payload, ...subject } = find(tx, input.id);
    const message = wordsOf(payload) ?? null;
    const last_agent_message = lastWordsOf(payload);
    const event_id = tx.tell(EVENT_TYPE, {
      summary: `the words of a ${subject.signal_type} were shown`,
      task_id,
      correlation: { command_id: subject.command_id, correlation_id, notification_id: subject.notification_id },
      attributes: { byte_count: textSize(message ?? "").bytes + textSize(last_agent_message ?? "").bytes },
    });
    return {
      ...subject,
      message,
      last_agent_message,
      receipt: { event_id, event_type: EVENT_TYPE, recorded_at: tx.now },
    };
  });
}

interface Found {
  notification_id: number | null;
  command_id: string | null;
  signal_type: string;
  task_id: string | null;
  correlation_id: string | null;
  payload: Record<string, unknown> | null;
}

function find(tx: FastTx, id: string): Found {
  if (/^\d{1,15}$/.test(id)) {
    const item = dispatchRows.itemMessage(tx, Number(id));
    if (item === undefined) throw unknown(id);
    const { id: notification_id, payload_json, ...rest } = item;
    return { notification_id, ...rest, payload: parsedObject(payload_json) };
  }
  const { type, payload_json, task_id, correlation_id, id: command_id } = findCommand(tx, id);
  const payload = parsedObject(payload_json);
  return { notification_id: null, command_id, signal_type: type, task_id, correlation_id, payload };
}

function findCommand(tx: FastTx, id: string): dispatchRows.CommandRow {
  const exact = dispatchRows.commandById(tx, id);
  if (exact !== undefined) return exact;
  const [first, ...others] = dispatchRows.commandsByIdPrefix(tx, id, MOST_CANDIDATES);
  if (first === undefined) throw unknown(id);
  if (others.length === 0) return first;
  const candidates = [first, ...others].map((command) => command.id);
  throw new ConveyorError("ambiguous", `${JSON.stringify(id)} fits several commands`, {
    hint: `use one of: ${candidates.join(", ")}`,
    details: { kind: "command", reference: id, candidates },
  });
}

function unknown(id: string): ConveyorError {
  return new ConveyorError("not_found", `there is no notification or command ${JSON.stringify(id)}`, {
    hint: "`conveyor dispatch status` shows the newest ones with their ids",
    details: { kind: "message", reference: id },
  });
}

function lastWordsOf(payload: Found["payload"]): string | null {
  const receipt = payload?.["worker_receipt"] as { last_agent_message?: unknown } | null | undefined;
  const words = receipt?.last_agent_message;
  return typeof words === "string" ? words : null;
}
