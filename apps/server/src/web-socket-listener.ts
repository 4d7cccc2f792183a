import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { asConveyorError } from "@conveyor/contracts/errors";
import { MAX_REQUEST_BYTES, withinAnswerLimit } from "@conveyor/sdk/link";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { MOST_BATCHED_CALLS, MOST_CALLS } from "./limits.ts";
import type { Serving } from "./serving.ts";

/** The subprotocol that a browser names to bring its second factor along. */
const PROTOCOL_NAME = "conveyor";
/** Close code "service restart": clients come back and go on where they were. */
const RESTARTING = 1012;

/**
 * The WebSocket connections of a server, for live streams. Who may connect was settled before the upgrade, and how many
 * connections there may be by the listener that accepted them.
 */
export class WebSocketListener {
  readonly #serving: Serving;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_REQUEST_BYTES,
    perMessageDeflate: false,
    // A page puts its second factor beside this name, where the server read it already; the name is all it gets back.
    handleProtocols: (offered) => (offered.has(PROTOCOL_NAME) ? PROTOCOL_NAME : false),
  });

  constructor(serving: Serving) {
    this.#serving = serving;
    // What goes wrong in a handshake ends that handshake only.
    this.#server.on("wsClientError", (_error, socket) => socket.destroy());
  }

  /** How many connections there are. */
  get size(): number {
    return this.#server.clients.size;
  }

  /** Take over a connection whose upgrade was allowed. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client, request));
  }

  /** Tell every client to come back later, then hang up after `grace_ms`. */
  async close(grace_ms: number): Promise<void> {
    const clients = [...this.#server.clients];
    const gone = Promise.all(clients.map((client) => new Promise((resolve) => client.once("close", resolve))));
    // The close code must be the first thing that a stream's client hears, so that it waits instead of ending.
    for (const client of clients) client.close(RESTARTING, "shutdown");
    const cut = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, grace_ms);
    await gone;
    clearTimeout(cut);
  }

  #serve(client: WebSocket, request: IncomingMessage): void {
    const controller = new AbortController();
    // A frame that breaks the protocol ends its connection; without a listener it would end the process.
    client.on("error", () => client.terminate());
    client.once("close", () => controller.abort());
    const { runtime, router, subscribers, noteFailure, most_answer_bytes } = this.#serving;
    const socket = request.socket as Socket;
    const flow = subscribers.flow(socket, { most_calls: MOST_CALLS });
    const serve = getWSConnectionHandler({
      wss: this.#server,
      router,
      createContext: () => runtime.context(controller.signal, {}, flow),
      onError: ({ error, path }) => noteFailure(path, asConveyorError(error.cause ?? error).code),
      keepAlive: { enabled: true },
      maxBatchSize: MOST_BATCHED_CALLS,
      experimental_encoder: {
        encode: (message) => withinAnswerLimit(JSON.stringify(message), most_answer_bytes),
        decode: (text) => JSON.parse(String(text)),
      },
    });
    serve(client, request);
    // A client that sends but does not read must not fill our memory with answers.
    client.on("message", () => {
      if (socket.writableNeedDrain) client.pause();
    });
    socket.on("drain", () => client.resume());
  }
}
