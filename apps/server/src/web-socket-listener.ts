import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { asConveyorError } from "@conveyor/contracts/errors";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Serving } from "./serving.ts";

/** Longest message of a client, in bytes; only the inputs of streams come this way. */
const MOST_MESSAGE_BYTES = 1024 * 1024;
const MOST_CONNECTIONS = 256;
/** Close code "service restart": clients come back and go on where they were. */
const RESTARTING = 1012;
const TRY_LATER = 1013;

/** The WebSocket connections of a server, for live streams. Who may connect was settled before the upgrade. */
export class WebSocketListener {
  readonly #serving: Serving;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false });

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  /** Take over a connection whose upgrade was allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      if (this.#server.clients.size > MOST_CONNECTIONS) client.close(TRY_LATER, "too many connections");
      else this.#serve(client, request);
    });
  }

  /** Tell every client to come back later, then hang up after `grace_ms`. */
  async close(grace_ms: number): Promise<void> {
    const clients = [...this.#server.clients];
    const gone = Promise.all(clients.map((client) => new Promise((resolve) => client.once("close", resolve))));
    // The close code must be the first thing that a stream's client hears, so that it waits instead of ending.
    for (const client of clients) client.close(RESTARTING, "shutdown");
    const hangUp = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, grace_ms);
    await gone;
    clearTimeout(hangUp);
  }

  #serve(client: WebSocket, request: IncomingMessage): void {
    const controller = new AbortController();
    client.once("close", () => controller.abort());
    const { runtime, router, subscribers, noteFailure } = this.#serving;
    const flow = subscribers.flow(request.socket as Socket);
    const serve = getWSConnectionHandler({
      wss: this.#server,
      router,
      createContext: () => runtime.context(controller.signal, {}, flow),
      onError: ({ error, path }) => noteFailure(path, asConveyorError(error.cause ?? error).code),
      keepAlive: { enabled: true },
    });
    serve(client, request);
  }
}
