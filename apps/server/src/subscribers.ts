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

  /** The flow of the connection over this socket: nothing more is made for it while the socket is full. */
  flow(socket: Socket): Flow {
    return { enter: () => this.#enter(), ready: (signal) => writable(socket, signal) };
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
