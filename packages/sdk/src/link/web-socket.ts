import type { IncomingMessage } from "node:http";
import { ConveyorError, type ErrorBody } from "@conveyor/contracts/errors";
import { createTRPCUntypedClient, createWSClient, type TRPCUntypedClient, wsLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { WebSocket } from "ws";

/** How long an unused connection is kept, in milliseconds. */
const IDLE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;
const MOST_REFUSAL_BYTES = 64 * 1024;

export interface LiveOptions {
  /** URL of the WebSocket, `ws:` or `wss:`. */
  url: string;
  token: string | undefined;
  /** Told once when the connection can never work: refused, or nobody there at the very first try. */
  onHopeless: (error: ConveyorError) => void;
}

/**
 * A WebSocket that comes back by itself after it was lost, its streams going on after their last item. The token goes
 * into the header of the upgrade, so that a server never holds a connection of somebody it does not know.
 */
export function liveClient(options: LiveOptions): { client: TRPCUntypedClient<AnyTRPCRouter>; close(): Promise<void> } {
  let opened = false;
  let hopeless = false;
  const giveUp = (error: ConveyorError) => {
    if (hopeless) return;
    hopeless = true;
    options.onHopeless(error);
    void connection.close();
  };
  const connection = createWSClient({
    url: options.url,
    WebSocket: authorizedSocket(options.token, giveUp),
    lazy: { enabled: true, closeMs: IDLE_MS },
    keepAlive: { enabled: true, intervalMs: 20_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS),
    onOpen: () => {
      opened = true;
    },
    onError: () => {
      if (!opened) giveUp(unreachable(options.url));
    },
  });
  return {
    client: createTRPCUntypedClient({ links: [wsLink({ client: connection })] }),
    close: () => connection.close(),
  };
}

type SocketClass = NonNullable<Parameters<typeof createWSClient>[0]["WebSocket"]>;

function authorizedSocket(token: string | undefined, onRefused: (error: ConveyorError) => void): SocketClass {
  class AuthorizedSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        handshakeTimeout: 10_000,
        perMessageDeflate: false,
      });
      this.on("unexpected-response", (_request, response) => {
        void refusal(response).then((error) => {
          // A server that is shutting down says so with 503 and will be back.
          if (response.statusCode !== 503) onRefused(error);
          this.terminate();
        });
      });
    }
  }
  return AuthorizedSocket as unknown as SocketClass;
}

async function refusal(response: IncomingMessage): Promise<ConveyorError> {
  let text = "";
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > MOST_REFUSAL_BYTES) break;
    }
    const body = JSON.parse(text) as { error?: { data?: { conveyor?: ErrorBody } } };
    if (body.error?.data?.conveyor !== undefined) return ConveyorError.fromBody(body.error.data.conveyor);
  } catch {
    // Whatever answered, it was not ours.
  }
  return new ConveyorError("server_unreachable", `the server refuses live streams (HTTP ${response.statusCode})`, {
    hint: "check the URL; `conveyor serve --status` prints it",
  });
}

function unreachable(url: string): ConveyorError {
  return new ConveyorError("server_unreachable", `no server answers at ${url}`, {
    hint: "start it with `conveyor serve`, or leave --server and CONVEYOR_SERVER out to work on the ledger directly",
    details: { url },
  });
}
