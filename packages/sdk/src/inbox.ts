import type { CallOf, InboxItem, Operations, Role } from "@conveyor/contracts";
import type { CallOptions, SubscribeOptions } from "./link/transport.ts";

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
   * the server without losing or repeating a message; `after` begins behind the message with that id.
   */
  subscribe(address: InboxAddress, options?: SubscribeOptions): AsyncIterable<InboxItem>;
  /**
   * Take the oldest message, waiting for one if asked to; null when there is none in time. A message that is taken is
   * taken by nobody else. Throws `terminal_state` once the task is closed.
   */
  take(input: TakeInput, options?: CallOptions): Promise<InboxItem | null>;
}

type Call<Name extends keyof Operations["inbox"], Answer> = (
  input: CallOf<Operations["inbox"][Name]>,
  options?: CallOptions,
) => Answer;

type Taking = Promise<{ consumed: InboxItem | null }>;

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
    async take({ wait_seconds = 0, ...address }, options) {
      const poll = { wait: wait_seconds > 0, timeout: wait_seconds, limit: 0 };
      const { consumed } = await takeFrom(inbox, address, poll, options);
      return consumed;
    },
  };
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
