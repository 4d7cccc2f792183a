import { connect, type Socket } from "node:net";
import type { Server } from "./bench-world.ts";

/** Pause before a hostile client that was cut comes back, in milliseconds. */
const RETURN_MS = 50;

/** Clients of a server that do nothing useful: some have the token and are idle, others have none and never hang up. */
export class Crowd {
  readonly #sockets = new Set<Socket>();
  readonly #address: { host: string; port: number };
  readonly #host: string;
  #closed = false;

  constructor({ url }: Server) {
    const { hostname, port, host } = new URL(url);
    this.#address = { host: hostname, port: Number(port) };
    this.#host = host;
  }

  /** WebSockets that were let in and follow nothing. Resolves when all of them are open. */
  async idle(count: number, token: string): Promise<void> {
    const words = this.#upgrade(`Authorization: Bearer ${token}\r\n`);
    await Promise.all(Array.from({ length: count }, () => this.#opened(words)));
  }

  /** Clients without the token that hold what they get and come back as soon as they are cut. */
  hostile(count: number): void {
    const words = [
      "",
      "G",
      this.#upgrade(""),
      "\x16\x03\x01 garbage\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: ${this.#host}\r\nX: `,
    ];
    for (let number = 0; number < count; number += 1) this.#hold(words[number % words.length] as string);
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(words: string): Socket {
    const socket = connect({ ...this.#address, allowHalfOpen: true });
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.once("connect", () => words !== "" && socket.write(words));
    return socket;
  }

  #opened(words: string): Promise<void> {
    const socket = this.#open(words);
    return new Promise((resolve, reject) => {
      socket.once("data", (data) =>
        String(data).startsWith("HTTP/1.1 101") ? resolve() : reject(new Error("not let in")),
      );
      socket.once("close", () => reject(new Error("an idle client was cut")));
    });
  }

  #hold(words: string): void {
    if (this.#closed) return;
    const socket = this.#open(words).resume();
    // A connection that was cut shows by not taking what is sent.
    socket.once("end", () => {
      const poke = setInterval(() => socket.write("x"), RETURN_MS);
      socket.once("close", () => clearInterval(poke));
    });
    socket.once("close", () => setTimeout(() => this.#hold(words), RETURN_MS));
  }

  #upgrade(more: string): string {
    return (
      `GET /trpc HTTP/1.1\r\nHost: ${this.#host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n${more}\r\n`
    );
  }
}
