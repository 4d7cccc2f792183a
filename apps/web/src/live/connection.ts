import {
  createTRPCUntypedClient,
  createWSClient,
  httpBatchLink,
  splitLink,
  type WebSocketClientOptions,
  wsLink,
} from "@trpc/client";
import { fetchServer, type ServerInfo } from "./server-info.ts";
import { onSignedInElsewhere, readSession, type SignIn, sessionHeaders, sessionSocket } from "./session.ts";

export type Phase = "connecting" | "live" | "reconnecting" | "signed_out";

export interface ConnectionState {
  phase: Phase;
  /** When the phase began, in milliseconds since the epoch. */
  since: number;
  /** Null until the server has answered once. */
  server: ServerInfo | null;
}

/** Waits between two attempts, in milliseconds; the last one repeats. */
const RETRY_DELAYS_MS = [150, 300, 600, 1000, 2000];
const retryDelay = (attempt: number) => RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)] as number;

/** Most calls in one request; the server takes twice as many. */
const MOST_BATCHED_CALLS = 32;

type Client = ReturnType<typeof openClient>;

/** Queries over HTTP, streams over one WebSocket that opens itself again, both to the origin that served the page. */
function openClient(session: SignIn, callbacks: Pick<WebSocketClientOptions, "onOpen" | "onClose">) {
  const webSocket = createWSClient({
    url: `${location.origin.replace(/^http/, "ws")}${session.base}/trpc`,
    WebSocket: sessionSocket(session),
    retryDelayMs: retryDelay,
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
    ...callbacks,
  });
  return createTRPCUntypedClient({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: wsLink({ client: webSocket }),
        false: httpBatchLink({
          url: `${session.base}/trpc`,
          headers: sessionHeaders(session),
          maxItems: MOST_BATCHED_CALLS,
          maxURLLength: 8000,
        }),
      }),
    ],
  });
}

/**
 * The page's one connection and what is known of it. A lost WebSocket is opened again by itself, and its streams go on after
 * the items they had.
 */
export class LiveConnection {
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = { phase: "connecting", since: Date.now(), server: null };
  #client: Client | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ConnectionState => this.#state;

  /** Exists as soon as the server has let us in. */
  get client(): Client {
    if (this.#client === undefined) throw new Error("there is no connection yet");
    return this.#client;
  }

  /** Ask the server until it answers, then open the live connection. */
  async start(): Promise<void> {
    // A server that was started anew knows nobody; the login link may then be opened in any tab.
    onSignedInElsewhere(() => {
      if (this.#state.phase !== "live") location.reload();
    });
    for (let attempt = 0; ; attempt += 1) {
      if (await this.#askServer()) break;
      if (this.#state.phase === "signed_out") return;
      this.#enter("reconnecting");
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt)));
    }
  }

  /** Whether the server answered and knows us. */
  async #askServer(): Promise<boolean> {
    const answer = await fetchServer();
    if (answer === "signed_out") this.#enter("signed_out");
    if (typeof answer === "string") return false;
    const known = this.#state.server;
    // Another version serves another page; what it would show with this one is anybody's guess.
    if (known !== null && known.version !== answer.version) location.reload();
    const session = readSession();
    if (session === null) return false;
    this.#client ??= this.#open(session);
    this.#set({ ...this.#state, server: answer });
    return true;
  }

  #open(session: SignIn): Client {
    return openClient(session, {
      onOpen: () => {
        this.#enter("live");
        void this.#askServer();
      },
      onClose: () => {
        this.#enter("reconnecting");
        void this.#askServer();
      },
    });
  }

  #enter(phase: Phase): void {
    // Whoever is not signed in stays so until the page is opened with a new login link.
    if (this.#state.phase === phase || this.#state.phase === "signed_out") return;
    this.#set({ ...this.#state, phase, since: Date.now() });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const connection = new LiveConnection();
