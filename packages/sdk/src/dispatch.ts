import { randomUUID } from "node:crypto";
import type { CallOf, Operations, OutputOf } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { CallOptions } from "./link/transport.ts";
import { persevere } from "./persevere.ts";

type Nudge = Operations["dispatch"]["enqueueNudgeWorker"];
type Notify = Operations["dispatch"]["enqueueNotifyManager"];

/** How long a message is tried again whose server went away, in milliseconds. */
const RETRY_LIMIT_MS = 15_000;

/**
 * The operations that queue messages, made so that each message is queued once, whatever happens on the way. A connection
 * that is lost before the answer leaves open whether the message was queued; it is then sent again under the same
 * idempotency key, which is made up when none is given. Give one of your own to make a repetition by your own program safe
 * as well: the same key with the same content answers with the first command and `deduplicated: true`.
 *
 * Throws what the operation throws, among it `not_found`, `terminal_state` and `idempotency_conflict`; `interrupted` when
 * `signal` aborts; `server_unreachable` at once when the named server is not there, and after 15 seconds when it does not
 * come back. If the message may be queued anyway, the key is in `details.idempotency_key`.
 */
export interface MessageSender {
  /** From a task's manager to its worker. */
  enqueueNudgeWorker(input: CallOf<Nudge>, options?: CallOptions): Promise<OutputOf<Nudge>>;
  /** From a task's worker to its manager. */
  enqueueNotifyManager(input: CallOf<Notify>, options?: CallOptions): Promise<OutputOf<Notify>>;
}

/** The same operations, made safe to repeat. */
export function messageSender(dispatch: MessageSender): MessageSender {
  return {
    enqueueNudgeWorker: (input, options) => sendOnce(dispatch.enqueueNudgeWorker, input, options),
    enqueueNotifyManager: (input, options) => sendOnce(dispatch.enqueueNotifyManager, input, options),
  };
}

async function sendOnce<Input extends { idempotency_key?: string | undefined }, Answer>(
  enqueue: (input: Input, options?: CallOptions) => Promise<Answer>,
  input: Input,
  options: CallOptions = {},
): Promise<Answer> {
  const idempotency_key = input.idempotency_key ?? `message-${randomUUID()}`;
  let mayBeQueued = false;
  try {
    return await persevere(() => enqueue({ ...input, idempotency_key }, options), {
      limit_ms: RETRY_LIMIT_MS,
      signal: options.signal,
      mayRepeat(error) {
        mayBeQueued ||= error.details["may_have_run"] !== false;
        return mayBeQueued;
      },
    });
  } catch (thrown) {
    const error = thrown as ConveyorError;
    const isOpen = error.code === "interrupted" || (mayBeQueued && error.code === "server_unreachable");
    if (!isOpen) throw error;
    throw new ConveyorError(error.code, error.message, {
      hint: "it may be queued; send it again with the same idempotency_key and it is queued once",
      details: { ...error.details, idempotency_key },
      cause: error,
    });
  }
}
