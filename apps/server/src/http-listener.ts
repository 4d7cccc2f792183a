import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "@conveyor/core";
import { MAX_REQUEST_BYTES } from "@conveyor/sdk/link";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { BrowserSessions, SESSION_COOKIE } from "./browser-sessions.ts";
import { Connections, hangUp, UNREAD_LIMIT_MS } from "./connections.ts";
import type { Metrics } from "./ends/metrics.ts";
import type { HttpRoute } from "./ends/route.ts";
import { endRoutes } from "./ends/routes.ts";
import { MOST_BATCHED_CALLS } from "./limits.ts";
import { LOGIN_PAGE, LOGIN_SCRIPT, LoginCodes } from "./login.ts";
import { holderText, portHolder } from "./port-holder.ts";
import {
  type Address,
  type GuardedRequest,
  type Refusal,
  refuseContentType,
  refuseForeign,
  refuseStranger,
  urlHost,
} from "./request-guard.ts";
import { boundAnswer, readBody, refuseUpgrade, sendError, sendJson, sendRefusal, sendText } from "./responses.ts";
import type { Serving } from "./serving.ts";
import { serveStatic } from "./static-files.ts";
import { MOST_TERMINALS, TerminalBridge } from "./terminals/bridge.ts";
import { WebSocketListener } from "./web-socket-listener.ts";

const MOST_LOGIN_BYTES = 1024;
/** Deadlines of Node's own server, in milliseconds: first byte and head, whole request, next request, interval of its checks. */
const DEADLINES = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

export interface HttpOptions {
  token: string;
  /** What the web client and scripts are told about this server at `/api/config` (spec 06 §6.6.1). */
  config: Readonly<Record<string, string | boolean>>;
  /** Folder with the built web client. */
  web_root?: string | undefined;
  /** Default: what a frame on the unix socket may have. */
  max_body_bytes?: number | undefined;
  /** Most connections at once, live streams included. */
  most_connections: number;
  /** What the terminals that pages look into are seen through, while the signal lasts. */
  terminals: (signal: AbortSignal) => Ctx;
  /** Whether the ledger can be used, and whatever works beside the server does. */
  isReady: () => Promise<boolean>;
  metrics: Metrics;
  /** Milliseconds that never jump back. */
  now: () => number;
}

const BAD_REQUEST = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

const UNREADABLE: Refusal = { code: "invalid_input", message: "the request cannot be understood" };

const CLOSING: Refusal = {
  code: "server_unreachable",
  message: "the server is shutting down",
  hint: "try again in a moment",
};

const TOO_MANY_LIVE: Refusal = {
  code: "too_many_connections",
  message: "the server has as many live connections as it can hold",
  hint: "close one of them first",
};

/** Where the WebSockets are. */
const STREAMS = "/trpc";
const TERMINALS = "/pty";

/**
 * HTTP and WebSocket of a server. Everything passes the guard first (own name, no foreign page), then the route's own
 * demand for a token; only then is a body read (spec 06 §6.6.2).
 */
export class HttpListener {
  readonly #serving: Serving;
  readonly #options: HttpOptions;
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #webSockets: WebSocketListener;
  readonly #terminals: TerminalBridge;
  /** Connections with a request that is not answered yet. */
  readonly #answering = new Set<Socket>();
  readonly #codes: LoginCodes;
  readonly #sessions = new BrowserSessions();
  /** Calls that their client may end early, by the name the client gave them. */
  readonly #calls = new Map<string, AbortController>();
  readonly #streams = new Set<AbortController>();
  readonly #routes: HttpRoute[];
  #address: Address = { host: "127.0.0.1", port: 0 };
  #closing = false;

  constructor(serving: Serving, options: HttpOptions) {
    this.#serving = serving;
    this.#options = options;
    this.#codes = new LoginCodes(options.now);
    this.#webSockets = new WebSocketListener(serving);
    this.#terminals = new TerminalBridge(options.terminals);
    this.#connections = new Connections(options.most_connections);
    this.#server = createServer(DEADLINES, (request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket) => this.#connections.admit(socket));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    // Garbage, half a request, no byte at all: a client that does not speak HTTP in time is answered so and cut.
    this.#server.on("clientError", (_error, socket) => hangUp(socket, BAD_REQUEST));
    this.#server.timeout = UNREAD_LIMIT_MS;
    this.#server.on("timeout", (socket) => this.#cutIfStuck(socket));
    this.#routes = [
      { method: "GET", path: "/trpc/", auth: true, handle: (...args) => this.#call(...args) },
      { method: "POST", path: "/trpc/", auth: true, handle: (...args) => this.#call(...args) },
      {
        method: "POST",
        path: "/abort/",
        auth: true,
        handle: (request, response, rest) => this.#abort(request, response, rest),
      },
      {
        method: "GET",
        path: "/login",
        auth: false,
        handle: (_request, response) => sendText(response, "html", LOGIN_PAGE),
      },
      {
        method: "GET",
        path: "/login.js",
        auth: false,
        handle: (_request, response) => sendText(response, "javascript", LOGIN_SCRIPT),
      },
      { method: "POST", path: "/login", auth: false, handle: (request, response) => this.#logIn(request, response) },
      {
        method: "GET",
        path: "/api/config",
        auth: true,
        handle: (_request, response) => sendJson(response, 200, this.#options.config),
      },
      {
        method: "GET",
        path: "/healthz",
        auth: false,
        handle: (_request, response) => sendJson(response, 200, { ok: true }),
      },
      { method: "GET", path: "/readyz", auth: false, handle: (_request, response) => this.#sayWhetherReady(response) },
      { method: "POST", path: "/login-codes", auth: true, handle: (_request, response) => this.#createCode(response) },
      ...endRoutes(serving, { begin: (...args) => this.#begin(...args), callerOf }, options.metrics),
    ];
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#connections.size;
  }

  get url(): string {
    return `http://${urlHost(this.#address)}`;
  }

  /** A URL that signs a browser in; good for one use and ten minutes. */
  createLoginUrl(): string {
    return `${this.url}/login#${this.#codes.create()}`;
  }

  /** Listen; port 0 takes a free one. Throws `port_in_use`, naming who has it where the system tells, `invalid_input`. */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => void listenError(error, host, port).then(reject);
      this.#server.once("error", fail);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off("error", fail);
        resolve();
      });
    });
    // When no descriptor is left, a connection is not accepted; those that are there go on.
    this.#server.on("error", ({ code }: NodeJS.ErrnoException) => this.#serving.noteNotAccepted(code));
    const bound = this.#server.address();
    this.#address = { host, port: typeof bound === "object" && bound !== null ? bound.port : port };
  }

  /** Take nothing new, tell subscribers to come back, give running calls `grace_ms` to answer, then hang up. */
  async close(grace_ms: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const stream of this.#streams) stream.abort();
    await Promise.all([this.#webSockets.close(grace_ms), this.#terminals.close(grace_ms)]);
    this.#server.closeIdleConnections();
    const abortAll = setTimeout(() => {
      for (const controller of this.#calls.values()) controller.abort();
    }, grace_ms);
    const cut = setTimeout(() => this.#connections.cutAll(), 2 * grace_ms);
    await closed;
    clearTimeout(abortAll);
    clearTimeout(cut);
  }

  /** Nothing moved on this connection for a while. A call that still runs may take its time; an unread answer may not. */
  #cutIfStuck(socket: Socket): void {
    if (!this.#answering.has(socket) || socket.writableLength > 0) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    this.#answering.add(socket);
    response.once("close", () => this.#answering.delete(socket));
    try {
      this.#setSecurityHeaders(response);
      const guarded = guardedOf(request, { upgrade: false });
      const foreign = refuseForeign(guarded, this.#address);
      if (foreign !== undefined) return sendRefusal(response, foreign);
      const { pathname } = new URL(request.url ?? "/", this.url);
      await this.#route(request, response, guarded, this.#sessions.within(pathname));
    } catch {
      if (!response.headersSent) sendError(response, UNREADABLE);
      else response.destroy();
    }
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    guarded: GuardedRequest,
    { session, path: pathname }: ReturnType<BrowserSessions["within"]>,
  ): Promise<void> {
    const candidates = this.#routes.filter(({ path }) =>
      path.endsWith("/") ? pathname.startsWith(path) : pathname === path,
    );
    const isAsked = ({ method, auth }: HttpRoute) =>
      method === request.method || (method === "GET" && request.method === "HEAD" && !auth);
    const route = candidates.find(isAsked);
    if (route !== undefined) {
      const stranger = route.auth ? refuseStranger(guarded, { token: this.#options.token, session }) : undefined;
      const refusal = stranger ?? refuseContentType(guarded);
      if (refusal !== undefined) return sendRefusal(response, refusal);
      if (route.auth) this.#connections.vouchFor(request.socket);
      if (this.#closing) return sendRefusal(response, CLOSING);
      return route.handle(request, response, pathname.slice(route.path.length));
    }
    if (candidates.length > 0 || (request.method !== "GET" && request.method !== "HEAD")) {
      const message = `${pathname} does not take ${request.method}`;
      return sendError(response, { code: "invalid_input", message, status: 405 });
    }
    if (await serveStatic(request, response, pathname, this.#options.web_root)) return;
    sendError(response, {
      code: "not_found",
      message: "there is nothing at this address",
      hint: "the page is at /, the calls are under /trpc",
    });
  }

  async #call(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const name = request.headers["conveyor-call"];
    const signal = this.#begin(response, "call", typeof name === "string" ? name : undefined);
    boundAnswer(response, this.#serving.most_answer_bytes);
    await nodeHTTPRequestHandler({
      router: this.#serving.router,
      req: request,
      res: response,
      path,
      createContext: () => this.#serving.runtime.context(signal, callerOf(request)),
      onError: ({ error, path: failed }) =>
        this.#serving.noteFailure(failed, asConveyorError(error.cause ?? error).code),
      maxBodySize: this.#options.max_body_bytes ?? MAX_REQUEST_BYTES,
      maxBatchSize: MOST_BATCHED_CALLS,
      // Lets a client send the input of a query as a body: a URL is too short for some, and gets into logs of proxies.
      allowMethodOverride: true,
    });
  }

  /** What ends a call or a stream: its caller goes away, or the server ends. A call may have a name to be ended by. */
  #begin(response: ServerResponse, kind: "call" | "stream", name?: string): AbortSignal {
    const controller = new AbortController();
    const key = name !== undefined && !this.#calls.has(name) ? name : randomUUID();
    if (kind === "call") this.#calls.set(key, controller);
    else this.#streams.add(controller);
    response.on("close", () => {
      this.#calls.delete(key);
      this.#streams.delete(controller);
      controller.abort();
    });
    return controller.signal;
  }

  /** End a running call early; its own response then carries what it has. */
  #abort(request: IncomingMessage, response: ServerResponse, name: string): void {
    const signal = request.headers["conveyor-signal"];
    this.#calls.get(name)?.abort(signal === "SIGINT" || signal === "SIGTERM" ? signal : undefined);
    response.writeHead(204).end();
  }

  async #logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { code } = JSON.parse(await readBody(request, MOST_LOGIN_BYTES)) as { code?: unknown };
    if (typeof code !== "string" || !this.#codes.redeem(code)) {
      return sendError(response, {
        code: "unauthorized",
        message: "the login code was used already or is too old",
        hint: "ask for a new link with `conveyor serve --login`",
      });
    }
    const { path, cookie, proof } = this.#sessions.create();
    response.setHeader("set-cookie", `${SESSION_COOKIE}=${cookie}; HttpOnly; SameSite=Strict; Path=${path}`);
    sendJson(response, 200, { base: path.slice(0, -1), proof });
  }

  /** For probes: whether calls can be answered. Says nothing about the ledger, since it asks nobody who they are. */
  async #sayWhetherReady(response: ServerResponse): Promise<void> {
    const ok = !this.#closing && (await this.#options.isReady());
    sendJson(response, ok ? 200 : 503, { ok });
  }

  #createCode(response: ServerResponse): void {
    sendJson(response, 200, { url: this.createLoginUrl() });
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const refusal = this.#refuseWebSocket(request);
    if (refusal === undefined) {
      this.#connections.vouchFor(socket);
      const listener = this.#pathOf(request) === TERMINALS ? this.#terminals : this.#webSockets;
      listener.accept(request, socket, head);
    } else refuseUpgrade(socket, refusal);
  }

  #refuseWebSocket(request: IncomingMessage): Refusal | undefined {
    const guarded = guardedOf(request, { upgrade: true });
    const path = this.#pathOf(request);
    const { session } = this.#sessions.within(pathnameOf(request));
    const stranger =
      refuseForeign(guarded, this.#address) ?? refuseStranger(guarded, { token: this.#options.token, session });
    if (stranger !== undefined) return stranger;
    if (this.#closing) return CLOSING;
    if (path !== STREAMS && path !== TERMINALS) {
      return {
        code: "not_found",
        message: "there is no WebSocket at this path",
        hint: `use ${STREAMS} or ${TERMINALS}`,
      };
    }
    if (path === TERMINALS && this.#terminals.size >= MOST_TERMINALS) return TOO_MANY_LIVE;
    // Half of the places stay for calls.
    const live = this.#webSockets.size + this.#terminals.size;
    return live * 2 >= this.#options.most_connections ? TOO_MANY_LIVE : undefined;
  }

  /** The path that a WebSocket is asked for at, within the session of a browser or without. */
  #pathOf(request: IncomingMessage): string {
    return this.#sessions.within(pathnameOf(request)).path;
  }

  #setSecurityHeaders(response: ServerResponse): void {
    const webSocket = `ws://${urlHost(this.#address)}`;
    const headers = {
      // What may be kept says so itself: files whose name holds a hash of their content.
      "cache-control": "no-store",
      "content-security-policy":
        `default-src 'self'; connect-src 'self' ${webSocket}; img-src 'self' data:; style-src 'self' 'unsafe-inline'; ` +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    };
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  }
}

const pathnameOf = (request: IncomingMessage) => request.url?.split("?", 1)[0] ?? "";

/** What the guard checks. A request with two hosts counts as one with none: readers might differ in which of them they take. */
function guardedOf(request: IncomingMessage, { upgrade }: { upgrade: boolean }): GuardedRequest {
  const { method = "", headers, headersDistinct } = request;
  const isClear = headersDistinct["host"]?.length === 1;
  return { method, headers: isClear ? headers : { ...headers, host: undefined }, upgrade };
}

async function listenError(error: NodeJS.ErrnoException, host: string, port: number): Promise<ConveyorError> {
  if (error.code === "EADDRINUSE") {
    const holder = await portHolder(port);
    const by = holder === undefined ? "another program" : holderText(holder);
    return new ConveyorError("port_in_use", `port ${port} on ${host} is in use by ${by}`, {
      hint: "choose another with --port, or --port 0 for any free one",
      details: { host, port, pid: holder?.pid ?? null, ledger_path: holder?.ledger_path ?? null },
      cause: error,
    });
  }
  const details = { host, port };
  return new ConveyorError("invalid_input", `the server cannot listen on ${host}:${port} (${error.code})`, {
    hint: "use --host 127.0.0.1 and a port above 1023",
    details,
    cause: error,
  });
}

/** What a caller from elsewhere says of itself: the thread of the agent that it is run by. */
function callerOf({ headers }: IncomingMessage): { caller_thread_id?: string } {
  const thread = headers["conveyor-thread"];
  return typeof thread === "string" ? { caller_thread_id: decoded(thread) } : {};
}

/** A header holds plain letters only, so the client escapes what it puts there. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
