import type { CallOf, InboxItem, Operations, Role } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { CallOptions } from "./link/transport.ts";
import { persevere } from "./persevere.ts";

/** Whose inbox is meant: that of a session by name or id, or of the worker or manager of a task. */
export type InboxAddress = { session: string } | { task: string; role: Role };

/** Whose inbox to take from, and how long to wait. */
export type InboxTake = InboxAddress & {
  /** Longest wait for an item in seconds. Default 0: look once. */
  wait_seconds?: number | undefined;
};

/** The inbox as a reader wants it; the operations behind it stay available under their own names. */
export interface InboxReader {
  /**
   * Take the oldest item, waiting for one if asked to; null when there is none in time. An item that is taken is taken by
   * nobody else. Waits on over restarts of the server. Throws `interrupted` when `signal` aborts, and then has taken
   * nothing, `terminal_state` once the task is closed, and `server_unreachable`; after a lost connection with
   * `details.may_have_run` it may have taken an item.
   */
  take(input: InboxTake, options?: CallOptions): Promise<InboxItem | null>;
}

type Call<Name extends keyof Operations["inbox"], Answer> = (
  input: CallOf<Operations["inbox"][Name]>,
  options?: CallOptions,
) => Answer;

type Taking = Promise<{ consumed: InboxItem | null; interrupted?: boolean | undefined }>;

/** What `inboxReader` builds on: some of the inbox area's operations. */
export interface InboxOperations {
  takeSession: Call<"takeSession", Taking>;
  takeManager: Call<"takeManager", Taking>;
  takeWorker: Call<"takeWorker", Taking>;
}

/** The inbox conveniences over the inbox operations. */
export function inboxReader(inbox: InboxOperations): InboxReader {
  return {
    async take({ wait_seconds = 0, ...address }, options = {}) {
      const until = performance.now() + wait_seconds * 1000;
      let restarts = 0;
      for (;;) {
        const timeout = Math.max(0, (until - performance.now()) / 1000);
        const look = () => takeFrom(inbox, address, { wait: timeout > 0, timeout, limit: 0 }, options);
        const { consumed, interrupted } = await persevere(look, {
          limit_ms: timeout * 1000,
          signal: options.signal,
          // A server that was never there is reported at once; one that was there comes back.
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
  return new ConveyorError("interrupted", "the wait for an item was interrupted", { hint: "nothing was taken" });
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
