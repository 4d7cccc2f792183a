import { connect, createServer, type Server, type Socket } from "node:net";

type Target = { path: string } | { port: number; host: string };
const isTcp = (to: Target): to is { port: number; host: string } => "port" in to;

/** A request as the server itself would be sent it: it answers only to its own name. */
function renamed(chunk: Buffer, { host, port }: { port: number; host: string }): Buffer {
  return Buffer.from(chunk.toString("latin1").replace(/^host: .*$/im, `host: ${host}:${port}`), "latin1");
}

/**
 * Stands between clients and a server. While it cuts, every request reaches the server and is carried out, but the
 * connection ends before anything of the answer comes back.
 */
export class CuttingProxy {
  /** Answers that were lost so far. */
  lost = 0;
  #tellOfFirst = () => {};
  /** Resolves when the first answer was lost. */
  readonly lostOne = new Promise<void>((resolve) => (this.#tellOfFirst = resolve));
  #cuts: "nothing" | "answers" = "nothing";
  #times = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** `greeted`: the first answer on a connection is only a greeting. */
  constructor(to: Target, { greeted }: { greeted: boolean }) {
    this.#server = createServer((client) => {
      const server = connect(to);
      let answers = 0;
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          client.destroy();
          server.destroy();
        });
      }
      client.on("data", (chunk: Buffer) => server.write(isTcp(to) ? renamed(chunk, to) : chunk));
      server.on("data", (chunk: Buffer) => {
        answers += 1;
        const isGreeting = greeted && answers === 1;
        if (isGreeting || this.#cuts === "nothing") return void client.write(chunk);
        this.lost += 1;
        this.#tellOfFirst();
        if (this.lost >= this.#times) this.#cuts = "nothing";
        client.destroy();
      });
    });
  }

  /** Lose the next answers. */
  cut(times: number): void {
    this.#times = this.lost + times;
    this.#cuts = "answers";
  }

  /** Listen at a path, or at a free port; returns the port. */
  async listen(at: string | { host: string }): Promise<number> {
    await new Promise<void>((resolve) => {
      if (typeof at === "string") this.#server.listen(at, resolve);
      else this.#server.listen(0, at.host, resolve);
    });
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
