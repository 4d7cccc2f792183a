import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type CallerSettings, type ErrorShape, type Flow, type RouterCall, runCall } from "@conveyor/router";
import {
  encodeFrame,
  FrameReader,
  type Hello,
  MAX_REQUEST_BYTES,
  PROTOCOL,
  type Reply,
  type Request,
  VERSION,
  type Welcome,
  withinAnswerLimit,
} from "@conveyor/sdk/link";
import { hangUp } from "./connections.ts";
import { withLimit } from "./limit.ts";
import { MOST_CALLS } from "./limits.ts";
import type { Serving } from "./serving.ts";
import { tooManyCallsError } from "./subscribers.ts";

/** How long a client may take to say hello, in milliseconds. */
const HELLO_LIMIT_MS = 5000;
/** Connections beyond the limit that may ask who is there and end the server, but run nothing. */
const RESERVED_CONNECTIONS = 16;

/**
 * The unix socket of a server. Only the ledger's owner may open it, so nothing else is checked. Speaks the language
 * of `@conveyor/sdk/link`.
 */
export class SocketListener {
  readonly #serving: Serving;
  readonly #onStop: () => void;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #most: number;

  constructor(serving: Serving, options: { most_connections: number; onStop: () => void }) {
    this.#serving = serving;
    this.#onStop = options.onStop;
    this.#most = options.most_connections;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = this.#most + RESERVED_CONNECTIONS;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Listen at a path in a private folder. The file is never open to others, not even for a moment. */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      const previousMask = process.umask(0o177);
      try {
        this.#server.listen(path, resolve);
      } finally {
        process.umask(previousMask);
      }
    });
    chmodSync(path, 0o600);
    // When no descriptor is left, a connection is not accepted; those that are there go on.
    this.#server.on("error", ({ code }: NodeJS.ErrnoException) => this.#serving.noteNotAccepted(code));
  }

  /** Take no new calls, tell subscribers to look elsewhere, give running calls `grace_ms` to answer, then hang up. */
  async close(grace_ms: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#connections].map((connection) => connection.shutDown(grace_ms)));
    await closed;
  }

  #accept(socket: Socket): void {
    const duty = this.#connections.size < this.#most ? "all" : "control";
    const connection = new Connection(socket, this.#serving, { duty, onStop: this.#onStop });
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }
}

interface Running {
  type: RouterCall["type"];
  controller: AbortController;
  done: Promise<void>;
}

class Connection {
  readonly #socket: Socket;
  readonly #serving: Serving;
  readonly #onStop: () => void;
  readonly #reader = new FrameReader(MAX_REQUEST_BYTES);
  readonly #running = new Map<number, Running>();
  readonly #flow: Flow;
  readonly #helloLimit: NodeJS.Timeout;
  /** Whether it may run calls, or only ask who is there and end the server. */
  readonly #duty: "all" | "control";
  #caller: CallerSettings | undefined;
  #closing = false;

  constructor(socket: Socket, serving: Serving, options: { duty: "all" | "control"; onStop: () => void }) {
    this.#socket = socket;
    this.#serving = serving;
    this.#duty = options.duty;
    this.#onStop = options.onStop;
    this.#flow = serving.subscribers.flow(socket);
    this.#helloLimit = setTimeout(() => socket.destroy(), HELLO_LIMIT_MS);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    // A client that sends but does not read must not fill our memory with answers.
    socket.on("drain", () => socket.resume());
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(this.#helloLimit);
      for (const { controller } of this.#running.values()) controller.abort();
    });
  }

  async shutDown(grace_ms: number): Promise<void> {
    this.#closing = true;
    const hungUp = new Promise<void>((resolve) => this.#socket.once("close", resolve));
    if (this.#caller !== undefined) this.#socket.write(encodeFrame({ bye: true }));
    const finished = Promise.allSettled([...this.#running.values()].map(({ done }) => done));
    for (const [id, { type, controller }] of this.#running) {
      if (type !== "subscription") continue;
      this.#write({ id, done: "shutdown" });
      controller.abort();
    }
    await withLimit(finished, grace_ms);
    for (const [id, { type, controller }] of this.#running) {
      // A read is simply repeated elsewhere; of a mutation the client learns how far it came.
      if (type === "query") this.#write({ id, done: "shutdown" });
      controller.abort();
    }
    await withLimit(finished, grace_ms);
    await withLimit(hungUp, grace_ms);
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#caller === undefined) this.#greet(frame as unknown as Hello);
        else this.#handle(frame as unknown as Request);
      }
    } catch {
      this.#socket.destroy();
    }
  }

  #greet({ hello }: Hello): void {
    clearTimeout(this.#helloLimit);
    const refused = this.#refusal(hello);
    if (refused !== undefined) {
      hangUp(this.#socket, encodeFrame({ refused }));
      return;
    }
    const { codex_home, program, thread_id } = hello.caller ?? {};
    this.#caller = {
      ...(typeof codex_home === "string" && { codex_home }),
      ...(typeof program === "string" && { program }),
      ...(typeof thread_id === "string" && { caller_thread_id: thread_id }),
    };
    const { ledger_path } = this.#serving.runtime.settings;
    this.#socket.write(encodeFrame({ welcome: { pid: process.pid, version: VERSION, ledger_path } }));
  }

  #refusal(hello: Hello["hello"] | undefined): Extract<Welcome, { refused: string }>["refused"] | undefined {
    if (hello?.protocol !== PROTOCOL) return "protocol";
    if (hello.version !== undefined && hello.version !== VERSION) return "version";
    if (hello.ledger_path !== undefined && hello.ledger_path !== this.#serving.runtime.settings.ledger_path)
      return "ledger";
    // A probe names no version; it can always ask, and end the server.
    const isFull = this.#duty === "control" && hello.version !== undefined;
    return this.#closing || isFull ? "busy" : undefined;
  }

  #handle(request: Request): void {
    const { id } = request;
    if (!Number.isSafeInteger(id)) throw new Error("a call needs a number");
    if ("abort" in request) {
      this.#running.get(id)?.controller.abort();
    } else if ("stop_server" in request) {
      this.#write({ id, result: null });
      this.#onStop();
    } else if (this.#closing || this.#duty === "control") {
      this.#write({ id, done: "refused" });
    } else if (this.#running.has(id)) {
      throw new Error("a call's number is in use");
    } else if (this.#running.size >= MOST_CALLS) {
      this.#write({ id, error: tooManyCalls() });
    } else {
      const controller = new AbortController();
      const { type } = request;
      const done = this.#serve(request, controller.signal).finally(() => this.#running.delete(id));
      this.#running.set(id, { type, controller, done });
    }
  }

  async #serve(call: RouterCall & { id: number; progress?: true }, signal: AbortSignal): Promise<void> {
    const { id, type } = call;
    const onProgress = call.progress ? (progress: unknown) => this.#write({ id, progress }) : undefined;
    const ctx = { ...this.#serving.runtime.context(signal, this.#caller, this.#flow), onProgress };
    for await (const answer of runCall(this.#serving.router, call, ctx)) {
      if ("error" in answer) this.#serving.noteFailure(call.path, answer.error.data.conveyor.code);
      this.#write({ id, ...answer });
    }
    if (type === "subscription" && !signal.aborted) this.#write({ id, done: "end" });
  }

  /** What the client could not read is answered with an error it can. */
  #encode(reply: Reply): string {
    try {
      return withinAnswerLimit(encodeFrame(reply), this.#serving.most_answer_bytes);
    } catch (error) {
      if (!(error instanceof ConveyorError)) throw error;
      if ("event" in reply) this.#running.get(reply.id)?.controller.abort();
      this.#serving.noteFailure(undefined, error.code);
      return encodeFrame({ id: reply.id, error: tooLargeShape(error) });
    }
  }

  #write(reply: Reply): void {
    if (!this.#socket.writable) return;
    if (!this.#socket.write(this.#encode(reply))) this.#socket.pause();
  }
}

function tooManyCalls(): ErrorShape {
  const error = tooManyCallsError(MOST_CALLS);
  return {
    code: -32029,
    message: error.message,
    data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, conveyor: error.toBody() },
  };
}

function tooLargeShape(error: ConveyorError): ErrorShape {
  return {
    code: -32013,
    message: error.message,
    data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413, conveyor: error.toBody() },
  };
}
