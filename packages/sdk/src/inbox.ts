import type { CallOf, InboxItem, Operations, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { CallOptions, SubscribeOptions } from "./link/transport.ts";
import { persevere } from "./persevere.ts";

/** Whose messages are meant: a session by name or id, or the worker or manager of a task. */
export type InboxAddress = { session: string } | { task: string; role: Role };

export type TakeInput = InboxAddress & {
  /** Longest wait for a message in seconds. Default 0: look once. */
  wait_seconds?: number | undefined;
};

/** The inbox as a reader wants it; the operations behind it stay available under their own names. */
export interface InboxReader {
  /**
   * The unconsumed messages, oldest first, then every new one as it arrives. Consumes nothing. Goes on over restarts of
   * the server without losing or repeating a message; `after` begins behind the item with that id. Ends when `signal`
   * aborts, and with `terminal_state` or `no_active_binding` when the task's binding does.
   */
  subscribe(address: InboxAddress, options?: SubscribeOptions): AsyncIterable<InboxItem>;
  /**
   * Take the oldest message, waiting for one if asked to; null when there is none in time. A message that is taken is
   * taken by nobody else. Waits on over restarts of the server. Throws `interrupted` when `signal` aborts, and then has
   * taken nothing, `terminal_state` once the task is closed, and `server_unreachable`; after a lost connection with
   * `details.may_have_run` it may have taken a message.
   */
  take(input: TakeInput, options?: CallOptions): Promise<InboxItem | null>;
}

type Call<Name extends keyof Operations["inbox"], Answer> = (
  input: CallOf<Operations["inbox"][Name]>,
  options?: CallOptions,
) => Answer;

type Taking = Promise<{ consumed: InboxItem | null; interrupted?: boolean | undefined }>;

/** What `inboxReader` builds on: some of the inbox area's operations. */
export interface InboxOperations {
  onItem: Call<"onItem", AsyncIterable<InboxItem>>;
  takeSession: Call<"takeSession", Taking>;
  takeManager: Call<"takeManager", Taking>;
  takeWorker: Call<"takeWorker", Taking>;
}

/** The inbox conveniences over the inbox operations. */
export function inboxReader(inbox: InboxOperations): InboxReader {
  return {
    subscribe: (address, options) => inbox.onItem(address, options),
    async take({ wait_seconds = 0, ...address }, options = {}) {
      const until = performance.now() + wait_seconds * 1000;
      let restarts = 0;
      for (;;) {
        const timeout = Math.max(0, (until - performance.now()) / 1000);
        const look = () => takeFrom(inbox, address, { wait: timeout > 0, timeout, limit: 0 }, options);
        const { consumed, interrupted } = await persevere(look, {
          limit_ms: timeout * 1000,
          signal: options.signal,
          // A server that is named but not there is told at once; one that was there comes back.
          mayRepeat: (error) => restarts > 0 && error.details["may_have_run"] === false,
        });
        if (consumed !== null) return consumed;
        if (options.signal?.aborted) throw waitInterrupted();
        if (!interrupted || timeout === 0) return null;
        restarts += 1;
      }
    },
  };
}

function waitInterrupted(): ConveyorError {
  return new ConveyorError("interrupted", "the wait for a message was interrupted", { hint: "nothing was taken" });
}

function takeFrom(
  inbox: InboxOperations,
  address: InboxAddress,
  poll: object,
  options: CallOptions | undefined,
): Taking {
  if ("session" in address) return inbox.takeSession({ session: address.session, ...poll }, options);
  const input = { task: address.task, ...poll };
  return address.role === "worker" ? inbox.takeWorker(input, options) : inbox.takeManager(input, options);
}
