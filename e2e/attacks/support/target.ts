import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { createLoginUrl, serverStatus } from "../../../apps/server/src/index.ts";
import { World } from "../../support/world/world.ts";

export interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** What a browser that signed in holds. */
export interface SignedIn {
  base: string;
  cookie: string;
  proof: string;
}

export const JSON_TYPE = { "content-type": "application/json" };

/** The built program, serving a ledger of its own, and the ways in which an attacker talks to it. */
export class Target {
  world!: World;
  readonly #sockets: Socket[] = [];

  async start(options: { env?: Record<string, string> } = {}): Promise<void> {
    this.world = await World.start({ mode: "socket", ...options });
  }

  /** Hang up, end the server and remove its files. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.world.close();
  }

  get url(): string {
    return this.world.server?.url ?? "";
  }

  get host(): string {
    return new URL(this.url).host;
  }

  get bearer(): Record<string, string> {
    return { authorization: `Bearer ${this.world.token}` };
  }

  /** A request as written: nothing is added or normalized, not even dots in the path. */
  send({ method = "GET", path = "/", headers = {}, body }: Sent): Promise<Received> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += String(chunk);
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Create a task, which is what an attacker wants to be able to. */
  create(headers: Record<string, string>, more: Sent = {}): Promise<Received> {
    const body = JSON.stringify({ name: "theirs", goal: "g" });
    return this.send({
      method: "POST",
      path: "/trpc/tasks.create",
      body,
      ...more,
      headers: { ...JSON_TYPE, ...headers },
    });
  }

  /** Bytes over a connection of their own that is kept; what comes back until the server says no more. */
  open(bytes: string | Buffer = ""): {
    socket: Socket;
    received: () => string;
    answered: (what: RegExp) => Promise<void>;
    /** Resolves when the connection stands, or was refused. */
    begun: Promise<void>;
  } {
    const { hostname, port } = new URL(this.url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    this.#sockets.push(socket);
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.once("connect", () => bytes.length > 0 && socket.write(bytes));
    const answered = (what: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const look = () => what.test(text) && resolve();
        socket.on("data", look);
        socket.once("close", () =>
          what.test(text) ? resolve() : reject(new Error(`cut after ${JSON.stringify(text)}`)),
        );
        look();
      });
    const begun = new Promise<void>((resolve) => socket.once("connect", resolve).once("close", () => resolve()));
    return { socket, received: () => text, answered, begun };
  }

  /** Send bytes and read the first answer; empty when the server just hung up. */
  async talk(bytes: string | Buffer): Promise<string> {
    const { received, answered } = this.open(bytes);
    await answered(/^HTTP\/1\.1 \d{3} [\s\S]*\r\n\r\n/).catch(() => {});
    return received();
  }

  /** The link that a person opens. */
  loginUrl(): Promise<string> {
    return createLoginUrl({ ledger_path: this.world.ledger });
  }

  async signIn(): Promise<SignedIn> {
    const code = (await this.loginUrl()).split("#")[1];
    const answer = await this.logIn(code);
    return { ...JSON.parse(answer.text), cookie: answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "" };
  }

  logIn(code: unknown, headers: Record<string, string> = { origin: this.url }): Promise<Received> {
    return this.send({
      method: "POST",
      path: "/login",
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify({ code }),
    });
  }

  /** A caller with the token is served, by the process that was attacked, and the attack left no task behind. */
  async expectUnharmed(): Promise<void> {
    const { status, text } = await this.send({ path: "/trpc/tasks.list?input=%7B%7D", headers: this.bearer });
    expect(status).toBe(200);
    expect(text).not.toContain('"theirs"');
    const now = await serverStatus({ ledger_path: this.world.ledger });
    expect([now.running, now.pid]).toEqual([true, this.world.server?.pid]);
  }
}

/** A target for the tests of one file, which must stand unharmed after each of them. */
export function useTarget(): Target {
  const target = new Target();
  beforeAll(() => target.start());
  afterEach(() => target.expectUnharmed());
  afterAll(() => target.end());
  return target;
}
