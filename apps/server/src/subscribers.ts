import type { Socket } from "node:net";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Flow } from "@conveyor/router";

/** Most live streams that one server keeps open, over all connections. */
const MOST_SUBSCRIBERS = 512;

/** Counts the live streams of a server and hands each connection its share of back-pressure. */
export class Subscribers {
  readonly #most: number;
  #count = 0;

  constructor(most: number = MOST_SUBSCRIBERS) {
    this.#most = most;
  }

  /**
   * The flow of the connection over this socket: nothing more is made for it while the socket is full, and no more than
   * `most_calls` calls run for it at once. Default: the connection counts its calls itself.
   */
  flow(socket: Socket, { most_calls = Number.POSITIVE_INFINITY }: { most_calls?: number } = {}): Flow {
    let running = 0;
    return {
      begin() {
        if (running >= most_calls) throw tooManyCallsError(most_calls);
        running += 1;
        return () => {
          running -= 1;
        };
      },
      enter: () => this.#enter(),
      ready: (signal) => writable(socket, signal),
    };
  }

  /** How many there are. */
  get size(): number {
    return this.#count;
  }

  #enter(): () => void {
    if (this.#count >= this.#most) {
      throw new ConveyorError("too_many_subscribers", `the server already serves ${this.#most} live streams`, {
        hint: "close one of them first",
        details: { limit: this.#most },
      });
    }
    this.#count += 1;
    return () => {
      this.#count -= 1;
    };
  }
}

/** A connection asks for more at once than it may. */
export function tooManyCallsError(limit: number): ConveyorError {
  return new ConveyorError("too_many_calls", `this connection already has ${limit} calls running`, {
    hint: "wait for some of them first",
    details: { limit },
  });
}

function writable(socket: Socket, signal: AbortSignal): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      socket.off("drain", finish);
      socket.off("close", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    socket.on("drain", finish);
    socket.on("close", finish);
    signal.addEventListener("abort", finish);
  });
}
