import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { asConveyorError } from "@conveyor/contracts/errors";
import type { TerminalNote, TerminalRequest } from "@conveyor/contracts/terminals/wire";
import type { Ctx } from "@conveyor/core";
import { earlierLines, lookIn, type ViewedTerminal } from "@conveyor/core/terminals/hands";
import type { AttachedTerminal } from "@conveyor/host";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { OutputFlow } from "./flow.ts";
import { Hands, type Typist } from "./hands.ts";
import { requestIn } from "./requests.ts";

/** Most terminals that are looked into at once; each is a process of tmux. */
export const MOST_TERMINALS = 64;
/** Longest frame from a page, in bytes: a paste. */
const LONGEST_FRAME = 1024 * 1024;
/** Size until the page says its own. */
const FIRST_SIZE = { cols: 120, rows: 36 };
/** Close code "service restart". */
const RESTARTING = 1012;

type Body<Kind> = Kind extends unknown ? Omit<Kind, "marker"> : never;

/**
 * The terminals that pages look into (spec 06 §6.6.4): a WebSocket each, read-only until the page takes control. Who may
 * connect was settled before the upgrade.
 */
export class TerminalBridge {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_FRAME,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("conveyor") ? "conveyor" : false),
  });
  readonly #ctx: (signal: AbortSignal) => Ctx;
  readonly #hands = new Hands();
  readonly #open = new Set<Promise<void>>();

  constructor(ctx: (signal: AbortSignal) => Ctx) {
    this.#ctx = ctx;
    this.#server.on("wsClientError", (_error, socket) => socket.destroy());
  }

  /** How many terminals are looked into. */
  get size(): number {
    return this.#server.clients.size;
  }

  /** Take over a connection whose upgrade was allowed, and show it the terminal of the session it names. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    this.#server.handleUpgrade(request, socket, head, (client) => {
      const served = this.#serve(client, searchParams.get("session") ?? "");
      this.#open.add(served);
      void served.finally(() => this.#open.delete(served));
    });
  }

  /** Hang up; resolves when every keyboard is given back and recorded so, after `grace_ms` at most. */
  async close(grace_ms: number): Promise<void> {
    for (const client of this.#server.clients) client.close(RESTARTING, "shutdown");
    const cut = setTimeout(() => {
      for (const client of this.#server.clients) client.terminate();
    }, grace_ms);
    await Promise.all(this.#open);
    clearTimeout(cut);
  }

  /** Resolves when the connection has ended and all that belonged to it. */
  async #serve(client: WebSocket, session: string): Promise<void> {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.once("close", () => controller.abort());
    client.on("error", () => client.terminate());
    // What arrives before the terminal does is asked for again or typed later; here it would reach nobody.
    const early: [RawData, boolean][] = [];
    const keep = (data: RawData, isBinary: boolean) => void (early.length < 16 && early.push([data, isBinary]));
    client.on("message", keep);
    const ctx = this.#ctx(controller.signal);
    try {
      const { viewed, terminal } = await lookIn(ctx, session, FIRST_SIZE);
      client.off("message", keep);
      if (client.readyState !== client.OPEN) return terminal.close();
      const view = new View({ client, ctx, viewed, terminal, hands: this.#hands });
      for (const [data, isBinary] of early) view.receive(data, isBinary);
      await closed;
      terminal.close();
      await this.#hands.end(viewed, view, "closed");
    } catch (thrown) {
      say(client, { type: "refused", asked: "attach", ...refusalOf(thrown) });
      client.close(1000);
      await closed;
    }
  }
}

interface Parts {
  client: WebSocket;
  ctx: Ctx;
  viewed: ViewedTerminal;
  terminal: AttachedTerminal;
  hands: Hands;
}

/** One page that looks into one terminal. */
class View implements Typist {
  readonly #parts: Parts;
  readonly #flow: OutputFlow;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { client, terminal, viewed } = parts;
    this.#flow = new OutputFlow(terminal, () => client.bufferedAmount);
    say(client, { type: "attached", session: viewed.session, tmux_session: viewed.tmux_session });
    terminal.onOutput((bytes) => {
      this.#flow.sent(bytes.length);
      client.send(bytes, () => this.#flow.look());
    });
    terminal.onEnd(() => {
      say(client, { type: "ended" });
      client.close(1000);
    });
    client.on("message", (data: RawData, isBinary: boolean) => this.receive(data, isBinary));
  }

  receive(data: RawData, isBinary: boolean): void {
    const bytes = data as Buffer;
    const request = isBinary ? undefined : requestIn(bytes.toString("utf8"));
    if (request === undefined) this.#type(bytes);
    else void this.#answer(request);
  }

  onEnd(reason: Parameters<Typist["onEnd"]>[0]): void {
    say(this.#parts.client, { type: "control", held: false, reason });
  }

  /** What is typed without control reaches nobody. */
  #type(bytes: Buffer): void {
    const { hands, viewed, terminal } = this.#parts;
    if (hands.types(viewed, this, bytes.length)) terminal.write(bytes);
  }

  async #answer(request: TerminalRequest): Promise<void> {
    const { client, ctx, viewed, terminal, hands } = this.#parts;
    try {
      switch (request.type) {
        case "resize":
          return terminal.resize(request);
        case "ack":
          return this.#flow.drawn(request.bytes);
        case "take":
          await hands.take(ctx, viewed, { typist: this, force: request.force });
          if (client.readyState !== client.OPEN) return await hands.end(viewed, this, "closed");
          return say(client, { type: "control", held: true, reason: null });
        case "give_back":
          return await hands.end(viewed, this, "given_back");
        case "history":
          return say(client, { type: "history", text: await earlierLines(ctx, viewed, request.lines) });
      }
    } catch (thrown) {
      const asked = request.type === "history" ? "history" : "take";
      say(client, { type: "refused", asked, ...refusalOf(thrown) });
    }
  }
}

function say(client: WebSocket, note: Body<TerminalNote>): void {
  if (client.readyState === client.OPEN) client.send(JSON.stringify({ marker: "dashboard-terminal-note", ...note }));
}

function refusalOf(thrown: unknown): { code: string; message: string; hint: string | null } {
  const { code, message, hint } = asConveyorError(thrown);
  return { code, message, hint };
}
