import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** How long a client that was told to go may take to hang up itself, in milliseconds. */
const LINGER_MS = 1000;
/** How long a client may leave what was sent to it unread, in milliseconds. */
export const UNREAD_LIMIT_MS = 60_000;

/**
 * Say a last word and hang up, whatever the client does: what it still sends is thrown away, and if it does not hang up
 * itself within a second, the connection is cut. Cutting at once would take the last word from a client that is sending.
 */
export function hangUp(socket: Duplex, lastWord: string | Buffer = ""): void {
  if (socket.destroyed) return;
  socket.on("error", () => {});
  socket.end(lastWord);
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(cut));
}

/**
 * The TCP connections of a server, from the first byte to the last, also those that became WebSockets. When no more are
 * allowed, the one that has waited longest without showing a token makes room, so that somebody who only opens connections
 * keeps nobody else out.
 */
export class Connections {
  readonly #most: number;
  /** Those that have not shown a token yet, oldest first. */
  readonly #strangers = new Set<Socket>();
  readonly #known = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#strangers.size + this.#known.size;
  }

  /** Take a new connection in, or cut it when everybody who is there has shown a token. */
  admit(socket: Socket): void {
    // Without a listener the error of a connection that somebody cut would end the process.
    socket.on("error", () => {});
    if (this.size >= this.#most) {
      const [oldest] = this.#strangers;
      if (oldest === undefined) {
        socket.destroy();
        return;
      }
      this.#strangers.delete(oldest);
      oldest.destroy();
    }
    this.#strangers.add(socket);
    socket.once("close", () => {
      this.#strangers.delete(socket);
      this.#known.delete(socket);
    });
  }

  /** This client has shown a token: it keeps its place. */
  vouchFor(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#known.add(socket);
  }

  /** Cut every connection. */
  cutAll(): void {
    for (const socket of [...this.#strangers, ...this.#known]) socket.destroy();
  }
}
