import { randomUUID } from "node:crypto";
import { ConveyorError } from "@conveyor/contracts/errors";
import { createTRPCUntypedClient, httpLink, type TRPCUntypedClient } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { ConnectionLost, interrupted } from "./exchange-link.ts";
import { httpFetch } from "./http-fetch.ts";
import {
  type CalledOperation,
  type CallOptions,
  callThrough,
  isForReader,
  lostError,
  type StreamItem,
  type SubscribeOptions,
  streamThrough,
  type Transport,
} from "./transport.ts";
import { ABORT_GRACE_MS } from "./wire.ts";

/** How often the server is asked again to end a call: the first request may arrive before the call does. */
const ABORT_REPEAT_MS = 250;

export interface RemoteOptions {
  /** Base URL of the server, e.g. `http://127.0.0.1:8797`. */
  server: string;
  token?: string | undefined;
  /** The thread of the agent that runs this process; left out where a person does. */
  thread_id?: string | undefined;
}

/**
 * A server named by URL: calls over HTTP, live streams over a WebSocket that reconnects by itself. Connects only when it
 * is used. Throws `invalid_input` for a URL that is none.
 */
export function remoteTransport({ server, token, thread_id }: RemoteOptions): Transport {
  return new RemoteTransport(parseServerUrl(server), token, thread_id);
}

type Live = { client: TRPCUntypedClient<AnyTRPCRouter>; close(): Promise<void>; ended: AbortController };

class RemoteTransport implements Transport {
  readonly mode = "http";
  readonly #base: URL;
  readonly #token: string | undefined;
  readonly #threadId: string | undefined;
  readonly #client: TRPCUntypedClient<AnyTRPCRouter>;
  #live: Promise<Live> | undefined;

  constructor(base: URL, token: string | undefined, threadId: string | undefined) {
    this.#base = base;
    this.#token = token;
    this.#threadId = threadId;
    this.#client = createTRPCUntypedClient({
      links: [
        httpLink({
          url: this.#at("trpc"),
          fetch: httpFetch,
          methodOverride: "POST",
          headers: ({ op }) => this.#headers({ "conveyor-call": String(op.context["name"]) }),
        }),
      ],
    });
  }

  async call(operation: CalledOperation, input: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    if (signal?.aborted) throw interrupted();
    const name = randomUUID();
    const hangUp = new AbortController();
    let repeat: NodeJS.Timeout | undefined;
    let grace: NodeJS.Timeout | undefined;
    const onAbort = () => {
      const tell = () => void this.#tellAbort(name, signal?.reason);
      tell();
      repeat = setInterval(tell, ABORT_REPEAT_MS);
      grace = setTimeout(() => hangUp.abort(), ABORT_GRACE_MS);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await callThrough(this.#client, operation, input, { signal: hangUp.signal, context: { name } });
    } catch (error) {
      if (hangUp.signal.aborted) throw interrupted();
      throw error instanceof ConnectionLost ? this.#unreachable(error, operation) : error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      clearInterval(repeat);
      clearTimeout(grace);
    }
  }

  async *subscribe(
    operation: CalledOperation,
    input: unknown,
    options: SubscribeOptions = {},
  ): AsyncGenerator<StreamItem> {
    this.#live ??= this.#openLive();
    const { client, ended } = await this.#live;
    const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal]);
    for await (const item of streamThrough(client, operation, input, { ...options, signal })) {
      if (isForReader(item)) yield item;
    }
    if (ended.signal.aborted && !options.signal?.aborted) throw ended.signal.reason;
  }

  async close(): Promise<void> {
    const live = this.#live;
    this.#live = undefined;
    await live?.then(({ close }) => close());
  }

  async #openLive(): Promise<Live> {
    const { liveClient } = await import("./web-socket.ts");
    const url = this.#at("trpc").replace(/^http/, "ws");
    const ended = new AbortController();
    const onHopeless = (error: ConveyorError) => {
      this.#live = undefined;
      ended.abort(error);
    };
    return { ...liveClient({ url, token: this.#token, onHopeless }), ended };
  }

  async #tellAbort(name: string, reason: unknown): Promise<void> {
    const by = reason instanceof ConveyorError ? reason.details["signal"] : undefined;
    const headers = this.#headers({
      "content-type": "application/json",
      ...(typeof by === "string" && { "conveyor-signal": by }),
    });
    // If it cannot be told, the call itself fails as well and says why.
    await httpFetch(this.#at(`abort/${name}`), { method: "POST", headers }).catch(() => {});
  }

  #headers(own: Record<string, string>): Record<string, string> {
    return {
      ...own,
      ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
      ...(this.#threadId !== undefined && { "conveyor-thread": encodeURIComponent(this.#threadId) }),
    };
  }

  #at(path: string): string {
    return new URL(path, this.#base).href;
  }

  #unreachable(lost: ConnectionLost, operation: CalledOperation): ConveyorError {
    if (lost.may_have_run) return lostError(lost, operation);
    return new ConveyorError("server_unreachable", `no server answers at ${this.#base.origin}: ${lost.message}`, {
      hint: "start it with `conveyor serve`, or leave --server and CONVEYOR_SERVER out to work on the ledger directly",
      details: { server: this.#base.origin, operation: operation.path, may_have_run: false },
      cause: lost,
    });
  }
}

function parseServerUrl(text: string): URL {
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base === undefined || !["http:", "https:"].includes(base.protocol)) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(text)} is not the URL of a server`, {
      hint: "write it as http://127.0.0.1:8797",
    });
  }
  base.search = "";
  base.hash = "";
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  return base;
}
