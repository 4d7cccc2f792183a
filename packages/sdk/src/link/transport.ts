import { ConveyorError, type ErrorBody, internalError } from "@conveyor/contracts/errors";
import { TRPCClientError, type TRPCUntypedClient } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { ConnectionLost, interrupted } from "./exchange-link.ts";

/** What a transport must know of an operation; every entry of the registry has these fields. */
export interface CalledOperation {
  path: string;
  kind: "query" | "mutation" | "subscription" | "local";
  /** Runs in the caller's own process unless a server was named explicitly. */
  here?: boolean | undefined;
}

export interface CallOptions {
  /**
   * Aborting asks a call to end: it answers with what it has by then, a wait with its document, or rejects with
   * `interrupted`. A stream just ends.
   */
  signal?: AbortSignal | undefined;
  /** Told what the operation has done so far, while it runs; not over HTTP. */
  onProgress?: ((item: unknown) => void) | undefined;
}

export interface SubscribeOptions extends CallOptions {
  /** Begin after the item with this id. */
  after?: string | undefined;
}

/** One item of a live stream and the id from which to go on after it. */
export interface StreamItem {
  id: string;
  data: unknown;
}

/** Where operations run: a server over its socket, a server over HTTP, or this process. */
export type TransportMode = "socket" | "http" | "embedded";

/** The way to the router. Everything it throws is a `ConveyorError`. */
export interface Transport {
  readonly mode: TransportMode;
  call(operation: CalledOperation, input: unknown, options?: CallOptions): Promise<unknown>;
  /** Items in order, none lost and none twice, also when the server restarts in between. */
  subscribe(operation: CalledOperation, input: unknown, options?: SubscribeOptions): AsyncIterable<StreamItem>;
  close(): Promise<void>;
}

/** Whether it is an item for the reader; otherwise it only says from where to go on (core, `LiveMark`). */
export function isForReader({ data }: StreamItem): boolean {
  return data !== null;
}

/** How many items may wait for a slow reader before the stream is paused. */
const MOST_WAITING_ITEMS = 256;

/** Run a query or mutation through a tRPC client. Throws `ConveyorError`, or `ConnectionLost` for its caller to judge. */
export async function callThrough(
  client: TRPCUntypedClient<AnyTRPCRouter>,
  operation: CalledOperation,
  input: unknown,
  options: CallOptions & { context?: Record<string, unknown> } = {},
): Promise<unknown> {
  if (options.signal?.aborted) throw interrupted();
  try {
    return await (operation.kind === "mutation" ? client.mutation : client.query).call(
      client,
      operation.path,
      input,
      options,
    );
  } catch (thrown) {
    throw unwrapError(thrown);
  }
}

/**
 * Read a stream through a tRPC client, pausing it while its reader is slow: past a bound it is stopped and begun again
 * after the last item that waits. Hands on marks as well as items. Throws `ConveyorError`, or `ConnectionLost` for its caller to judge.
 */
export async function* streamThrough(
  client: TRPCUntypedClient<AnyTRPCRouter>,
  operation: CalledOperation,
  input: unknown,
  { signal, after }: SubscribeOptions = {},
): AsyncGenerator<StreamItem> {
  let last = after;
  for (;;) {
    if (signal?.aborted) return;
    const waiting: StreamItem[] = [];
    let ended: "complete" | "paused" | { error: unknown } | undefined;
    let wake = () => {};
    const end = (how: typeof ended) => {
      ended ??= how;
      wake();
    };
    const subscription = client.subscription(
      operation.path,
      last === undefined ? input : { ...(input as object), lastEventId: last },
      {
        signal,
        onData(item) {
          if (ended !== undefined) return;
          waiting.push(item as StreamItem);
          wake();
          if (waiting.length >= MOST_WAITING_ITEMS) {
            end("paused");
            subscription.unsubscribe();
          }
        },
        onError: (error) => end({ error }),
        onComplete: () => end("complete"),
      },
    );
    const onAbort = () => end("complete");
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined) {
          last = item.id;
          yield item;
        } else if (ended !== undefined) {
          break;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      subscription.unsubscribe();
    }
    if (ended === "complete") return;
    if (ended !== "paused") throw unwrapError(ended.error);
  }
}

/** What a tRPC client threw, as the error that the router meant or as the lost connection behind it. */
export function unwrapError(thrown: unknown): ConveyorError | ConnectionLost {
  if (thrown instanceof ConveyorError || thrown instanceof ConnectionLost) return thrown;
  if (thrown instanceof TRPCClientError) {
    const body = (thrown.data as { conveyor?: ErrorBody } | null | undefined)?.conveyor;
    if (body !== undefined) return ConveyorError.fromBody(body);
    if (thrown.cause !== undefined && thrown.cause !== thrown) return unwrapError(thrown.cause);
  }
  return internalError(thrown);
}

/** The user's error for a connection that ended before the answer came. */
export function lostError(lost: ConnectionLost, operation: CalledOperation): ConveyorError {
  const doubtful = lost.may_have_run && operation.kind === "mutation";
  return new ConveyorError("server_unreachable", lost.message, {
    hint: doubtful
      ? "it may have been carried out; look at the state before you run it again"
      : "run it again; without a server it runs in your own process",
    details: { operation: operation.path, may_have_run: doubtful },
    cause: lost,
  });
}
