import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type Call, type CallerSettings, type ErrorShape, type Flow, runCall } from "@conveyor/router";
import {
  encodeFrame,
  FrameReader,
  type Hello,
  PROTOCOL,
  type Reply,
  type Request,
  VERSION,
  type Welcome,
} from "@conveyor/sdk/link";
import { withLimit } from "./limit.ts";
import type { Serving } from "./serving.ts";

/** How long a client may take to say hello, in milliseconds. */
const HELLO_LIMIT_MS = 5000;
const MOST_CONNECTIONS = 512;
/** Most calls that one connection may have running. */
const MOST_CALLS = 256;

/**
 * The unix socket of a server. Whoever may open it is the ledger's owner, so nothing else is asked. Speaks the language
 * of `@conveyor/sdk/link`.
 */
export class SocketListener {
  readonly #serving: Serving;
  readonly #onStop: () => void;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  constructor(serving: Serving, onStop: () => void) {
    this.#serving = serving;
    this.#onStop = onStop;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MOST_CONNECTIONS;
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
  }

  /** Take no new calls, tell subscribers to look elsewhere, give running calls `grace_ms` to answer, then hang up. */
  async close(grace_ms: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all([...this.#connections].map((connection) => connection.shutDown(grace_ms)));
    await closed;
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#serving, this.#onStop);
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
  }
}

interface Running {
  type: Call["type"];
  controller: AbortController;
  done: Promise<void>;
}

class Connection {
  readonly #socket: Socket;
  readonly #serving: Serving;
  readonly #onStop: () => void;
  readonly #reader = new FrameReader();
  readonly #running = new Map<number, Running>();
  readonly #flow: Flow;
  readonly #helloLimit: NodeJS.Timeout;
  #caller: CallerSettings | undefined;
  #closing = false;

  constructor(socket: Socket, serving: Serving, onStop: () => void) {
    this.#socket = socket;
    this.#serving = serving;
    this.#onStop = onStop;
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
      // A read is simply asked again elsewhere; what a mutation did until now is told.
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
      this.#socket.end(encodeFrame({ refused }));
      return;
    }
    const { codex_home, program } = hello.caller ?? {};
    this.#caller = {
      ...(typeof codex_home === "string" && { codex_home }),
      ...(typeof program === "string" && { program }),
    };
    const { ledger_path } = this.#serving.runtime.settings;
    this.#socket.write(encodeFrame({ welcome: { pid: process.pid, version: VERSION, ledger_path } }));
  }

  #refusal(hello: Hello["hello"] | undefined): Extract<Welcome, { refused: string }>["refused"] | undefined {
    if (hello?.protocol !== PROTOCOL) return "protocol";
    if (hello.version !== undefined && hello.version !== VERSION) return "version";
    if (hello.ledger_path !== undefined && hello.ledger_path !== this.#serving.runtime.settings.ledger_path)
      return "ledger";
    return this.#closing ? "busy" : undefined;
  }

  #handle(request: Request): void {
    const { id } = request;
    if (!Number.isSafeInteger(id)) throw new Error("a call needs a number");
    if ("abort" in request) {
      this.#running.get(id)?.controller.abort();
    } else if ("stop_server" in request) {
      this.#write({ id, result: null });
      this.#onStop();
    } else if (this.#closing) {
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

  async #serve(call: Call & { id: number }, signal: AbortSignal): Promise<void> {
    const { id, type } = call;
    const ctx = this.#serving.runtime.context(signal, this.#caller, this.#flow);
    for await (const answer of runCall(this.#serving.router, call, ctx)) {
      if ("error" in answer) this.#serving.noteFailure(call.path, answer.error.data.conveyor.code);
      this.#write({ id, ...answer });
    }
    if (type === "subscription" && !signal.aborted) this.#write({ id, done: "end" });
  }

  #write(reply: Reply): void {
    if (!this.#socket.writable) return;
    if (!this.#socket.write(encodeFrame(reply))) this.#socket.pause();
  }
}

function tooManyCalls(): ErrorShape {
  const error = new ConveyorError("too_many_calls", `this connection already has ${MOST_CALLS} calls running`, {
    hint: "wait for some of them first",
    details: { limit: MOST_CALLS },
  });
  return {
    code: -32029,
    message: error.message,
    data: { code: "TOO_MANY_REQUESTS", httpStatus: 429, conveyor: error.toBody() },
  };
}
