import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { ConveyorError } from "@conveyor/contracts/errors";
import { isOwnSocket } from "@conveyor/files";
import { ConnectionLost, type Exchange, type RunningCall } from "./exchange-link.ts";
import {
  type AnswerFrame,
  type Bye,
  encodeFrame,
  FrameReader,
  type Hello,
  type Reply,
  type Request,
  type RouterCall,
  type Welcome,
  withinRequestLimit,
} from "./wire.ts";

/** How long a server may take to accept a connection and to answer the hello, in milliseconds. */
const HELLO_LIMIT_MS = 2000;

/** Nobody usable is at this socket; nothing was run. `denied` tells that the system forbade to open it. */
export class SocketUnavailable extends Error {
  readonly reason: string;
  readonly denied: boolean;

  constructor(reason: string) {
    super(`the server's socket cannot be used (${reason})`);
    this.reason = reason;
    this.denied = reason === "EPERM" || reason === "EACCES";
  }
}

export interface SocketOptions {
  /** Path of the unix socket. */
  socket: string;
  hello: Hello["hello"];
}

type Listener = {
  onAnswer: (answer: AnswerFrame) => void;
  onLost: (error: ConnectionLost | ConveyorError) => void;
  onProgress?: ((item: unknown) => void) | undefined;
};

/**
 * One connection to a server over its unix socket, shared by any number of calls at once. It keeps the process alive
 * only while a call is running.
 */
export class SocketConnection implements Exchange {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #listeners = new Map<number, Listener>();
  #nextId = 1;
  #open = true;
  /** Who answered the hello. */
  readonly server: Extract<Welcome, { welcome: object }>["welcome"];

  private constructor(socket: Socket, reader: FrameReader, server: SocketConnection["server"]) {
    this.#socket = socket;
    this.#reader = reader;
    this.server = server;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => {});
    socket.on("close", () => this.#lose("the connection to the server was lost"));
    socket.unref();
  }

  /**
   * Connect and agree on protocol, version and ledger. No call is sent before the server agreed, so that passing over
   * a server never runs anything twice. A socket that is not this user's is not even opened: what is said to it would be
   * said to somebody else (spec 00, ruling 9). Throws `SocketUnavailable`.
   */
  static async open({ socket: path, hello }: SocketOptions): Promise<SocketConnection> {
    if (!isOwnSocket(path)) throw new SocketUnavailable(existsSync(path) ? "not a socket of this user" : "ENOENT");
    const reader = new FrameReader();
    const socket = connect(path);
    try {
      const welcome = await greet(socket, reader, hello);
      if ("refused" in welcome) throw new SocketUnavailable(welcome.refused);
      return new SocketConnection(socket, reader, welcome.welcome);
    } catch (error) {
      socket.on("error", () => {}).destroy();
      throw error instanceof SocketUnavailable ? error : new SocketUnavailable(reasonOf(error));
    }
  }

  /** Whether calls can be started. */
  get isOpen(): boolean {
    return this.#open;
  }

  start(
    call: RouterCall,
    onAnswer: Listener["onAnswer"],
    onLost: Listener["onLost"],
    onProgress?: Listener["onProgress"],
  ): RunningCall {
    const id = this.#nextId++;
    if (!this.#open) {
      queueMicrotask(() =>
        onLost(new ConnectionLost("the connection to the server is closed", { may_have_run: false })),
      );
      return { abort() {}, drop() {} };
    }
    const frame = encodeFrame({ id, ...call, ...(onProgress && { progress: true as const }) });
    try {
      withinRequestLimit(frame);
    } catch (error) {
      queueMicrotask(() => onLost(error as ConveyorError));
      return { abort() {}, drop() {} };
    }
    this.#listen(id, { onAnswer, onLost, onProgress });
    if (this.#socket.writable) this.#socket.write(frame);
    return {
      abort: () => this.#listeners.has(id) && this.#send({ id, abort: true }),
      drop: () => this.#forget(id),
    };
  }

  /** Ask the server to shut down. Resolves when it agreed; throws `ConnectionLost` when it went away first. */
  stopServer(): Promise<void> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#listen(id, { onAnswer: () => resolve(), onLost: reject });
      this.#send({ id, stop_server: true });
    });
  }

  close(): void {
    this.#lose("the connection was closed");
    this.#socket.destroy();
  }

  #listen(id: number, listener: Listener): void {
    this.#listeners.set(id, listener);
    this.#socket.ref();
  }

  #forget(id: number): void {
    this.#listeners.delete(id);
    if (this.#listeners.size > 0) return;
    this.#socket.unref();
    this.#hangUpWhenIdle();
  }

  #hangUpWhenIdle(): void {
    if (!this.#open && this.#listeners.size === 0) this.#socket.end();
  }

  #send(request: Request): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(request));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#dispatch(frame as unknown as Reply | Bye);
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
  }

  #dispatch(reply: Reply | Bye): void {
    if ("bye" in reply) {
      this.#open = false;
      this.#hangUpWhenIdle();
      return;
    }
    const listener = this.#listeners.get(reply.id);
    if (listener === undefined) return;
    if ("progress" in reply) {
      listener.onProgress?.(reply.progress);
      return;
    }
    if (!("event" in reply)) this.#forget(reply.id);
    listener.onAnswer(reply);
  }

  #lose(reason: string): void {
    this.#open = false;
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const { onLost } of listeners) onLost(new ConnectionLost(reason, { may_have_run: true }));
  }
}

function greet(socket: Socket, reader: FrameReader, hello: Hello["hello"]): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(limit);
      socket.removeAllListeners();
      settle();
    };
    const limit = setTimeout(() => finish(() => reject(new SocketUnavailable("no answer"))), HELLO_LIMIT_MS);
    socket.on("connect", () => socket.write(encodeFrame({ hello })));
    socket.on("error", (error) => finish(() => reject(error)));
    socket.on("close", () => finish(() => reject(new SocketUnavailable("closed"))));
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) {
          if (!("welcome" in frame) && !("refused" in frame)) throw new SocketUnavailable("no Conveyor server");
          finish(() => resolve(frame as unknown as Welcome));
          // A server says nothing more before it is asked something.
          return;
        }
      } catch (error) {
        finish(() => reject(error));
      }
    });
  });
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
