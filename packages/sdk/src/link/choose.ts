import type { Env } from "@conveyor/contracts/env";
import { ConveyorError, internalError } from "@conveyor/contracts/errors";
import { assertOwnRoot, readDiscovery } from "@conveyor/files";
import { createTRPCUntypedClient, type TRPCUntypedClient } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { codexHome, type LedgerLocation, resolveLedger } from "../ledger-path.ts";
import { ownProgram } from "../own-program.ts";
import { programPrefix } from "../program-prefix.ts";
import { VERSION } from "../version.ts";
import { ConnectionLost, exchangeLink } from "./exchange-link.ts";
import { pauseAfter } from "./pause.ts";
import { SocketConnection, type SocketUnavailable } from "./socket-connection.ts";
import { socketLink } from "./socket-link.ts";
import {
  type CalledOperation,
  type CallOptions,
  callThrough,
  isForReader,
  lostError,
  type StreamItem,
  type SubscribeOptions,
  streamThrough,
  type Transport,
  type TransportMode,
} from "./transport.ts";
import { type Caller, PROTOCOL } from "./wire.ts";

export interface TransportOptions {
  /** Ledger file (`--path`). */
  path?: string | undefined;
  /** URL of a server to use instead of anything local (`--server`). Default: CONVEYOR_SERVER. */
  server?: string | undefined;
  /** Token for that server. Default: CONVEYOR_TOKEN. */
  token?: string | undefined;
  /** Folder from which the ledger is looked for. Default: the current one. */
  cwd?: string | undefined;
  /** Default: the environment of this process. */
  env?: Env | undefined;
  /** Program and leading arguments that run this installation again. Default: the `conveyor` this module belongs to. */
  self?: readonly string[] | undefined;
  /** Told in a sentence what was put right on the way, such as files that other users could read. Default: nobody. */
  onNotice?: ((text: string) => void) | undefined;
}

/** How long a server that could not be used is not tried again, in milliseconds. */
const PASS_OVER_MS = 2000;

/**
 * Find the way to the router: the server named by URL, else the server that runs for this ledger, else this process.
 * A local server that is stale, of another version or forbidden to reach is passed over without a word (architecture,
 * "Where a command runs").
 */
export async function chooseTransport(options: TransportOptions = {}): Promise<Transport> {
  const env = options.env ?? process.env;
  const server = options.server ?? env["CONVEYOR_SERVER"];
  // Codex tells it to whatever it runs.
  const thread_id = env["CODEX_THREAD_ID"] || undefined;
  if (server) {
    const { remoteTransport } = await import("./remote.ts");
    return remoteTransport({ server, token: options.token ?? env["CONVEYOR_TOKEN"], thread_id });
  }
  const location = resolveLedger({ path: options.path, cwd: options.cwd, env });
  const self = options.self ?? ownProgram();
  const caller = {
    codex_home: codexHome(env, options.cwd),
    program: programPrefix({ invoked: self[1] ?? "", env }),
    thread_id,
  };
  const own = { env, self, onNotice: options.onNotice ?? (() => {}) };
  const transport = new LocalTransport(location, caller, own);
  await transport.lookForServer();
  return transport;
}

type Client = TRPCUntypedClient<AnyTRPCRouter>;

/** What a caller fixes for everything that runs in its own process. */
interface Own {
  env: Env;
  self: readonly string[];
  onNotice: (text: string) => void;
}

/** The server beside the ledger while there is one, this process otherwise; decided anew for every call. */
class LocalTransport implements Transport {
  readonly #location: LedgerLocation;
  readonly #caller: Caller;
  readonly #own: Own;
  #connection: SocketConnection | undefined;
  #socketClient: Client | undefined;
  #looking: Promise<Client | undefined> | undefined;
  #passedOver: { socket: string; server: string; until: number; problem: SocketUnavailable } | undefined;
  /** Why nothing in this state root is believed. */
  #foreign: unknown;
  #embedded: Promise<{ client: Client; close(): Promise<void> }> | undefined;

  constructor(location: LedgerLocation, caller: Caller, own: Own) {
    this.#location = location;
    this.#caller = caller;
    this.#own = own;
  }

  get mode(): TransportMode {
    return this.#connection?.isOpen ? "socket" : "embedded";
  }

  async call(operation: CalledOperation, input: unknown, options?: CallOptions): Promise<unknown> {
    const server = operation.here ? undefined : await this.lookForServer();
    const context = { onProgress: options?.onProgress };
    if (server !== undefined) {
      try {
        return await callThrough(server, operation, input, { ...options, context });
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        const mayBeRepeated = !error.may_have_run || operation.kind === "query";
        if (!mayBeRepeated || options?.signal?.aborted) throw lostError(error, operation);
      }
    }
    this.#refuseForeign(operation);
    try {
      return await callThrough((await this.#here()).client, operation, input, { ...options, context });
    } catch (error) {
      throw this.#explain(error, operation);
    }
  }

  async *subscribe(
    operation: CalledOperation,
    input: unknown,
    options: SubscribeOptions = {},
  ): AsyncGenerator<StreamItem> {
    let last = options.after;
    for (let losses = 0; ; losses += 1) {
      const server = operation.here ? undefined : await this.lookForServer();
      if (server === undefined) this.#refuseForeign(operation);
      try {
        const client = server ?? (await this.#here()).client;
        for await (const item of streamThrough(client, operation, input, { ...options, after: last })) {
          losses = 0;
          last = item.id;
          if (isForReader(item)) yield item;
        }
        return;
      } catch (error) {
        if (server === undefined || !(error instanceof ConnectionLost)) throw this.#explain(error, operation);
      }
      await pauseAfter(losses + 1, options.signal);
      if (options.signal?.aborted) return;
    }
  }

  async close(): Promise<void> {
    this.#connection?.close();
    const embedded = this.#embedded;
    this.#embedded = undefined;
    await embedded?.then(({ close }) => close());
  }

  /** The client of the server that runs for this ledger now, if one can be used. */
  async lookForServer(): Promise<Client | undefined> {
    if (this.#connection?.isOpen) return this.#socketClient;
    this.#looking ??= this.#connect().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** See that the ledger is ours, before a server beside it is believed or a file in its folder is (spec 00, ruling 9). */
  #isOwn(): boolean {
    if (this.#foreign !== undefined) return false;
    try {
      for (const text of assertOwnRoot(this.#location.ledger_path)) this.#own.onNotice(text);
      return true;
    } catch (error) {
      this.#foreign = error;
      return false;
    }
  }

  async #connect(): Promise<Client | undefined> {
    const { ledger_path } = this.#location;
    if (!this.#isOwn()) return undefined;
    const record = readDiscovery(ledger_path);
    if (record === undefined || record.protocol !== PROTOCOL || record.version !== VERSION) return undefined;
    const { socket } = record;
    const server = `${record.pid} ${record.started_at}`;
    if (this.#passedOver?.server === server && performance.now() < this.#passedOver.until) return undefined;
    try {
      const hello = { protocol: PROTOCOL, version: VERSION, ledger_path, caller: this.#caller };
      this.#connection = await SocketConnection.open({ socket, hello });
    } catch (error) {
      const problem = error as SocketUnavailable;
      this.#passedOver = { socket, server, until: performance.now() + PASS_OVER_MS, problem };
      return undefined;
    }
    this.#passedOver = undefined;
    this.#socketClient = createTRPCUntypedClient({ links: [socketLink(this.#connection)] });
    return this.#socketClient;
  }

  /** What describes this process (`doctor`) runs anyway; the store itself refuses those that want the ledger. */
  #refuseForeign(operation: CalledOperation): void {
    if (this.#foreign !== undefined && !operation.here) throw this.#foreign;
  }

  #here() {
    const { env, self } = this.#own;
    this.#embedded ??= import("./embedded.ts").then(({ embeddedExchange }) => {
      const { exchange, close } = embeddedExchange({ ...this.#location, ...this.#caller, env, self });
      return { client: createTRPCUntypedClient({ links: [exchangeLink(exchange)] }), close };
    });
    return this.#embedded;
  }

  /** An error of the embedded router; where both ways are barred it names both (spec 00, Where it runs). */
  #explain(error: unknown, operation: CalledOperation): unknown {
    if (error instanceof ConnectionLost) return lostError(error, operation);
    const problem = this.#passedOver?.problem;
    if (!(error instanceof ConveyorError)) return internalError(error);
    if (error.code !== "ledger_unwritable" || !problem?.denied) return error;
    const { socket } = this.#passedOver as { socket: string };
    const { ledger_path } = this.#location;
    return new ConveyorError(
      "ledger_unwritable",
      `this process may neither open the server's socket ${socket} (${problem.reason}) nor use the ledger ${ledger_path} itself`,
      {
        hint: `allow one of the two: connecting to ${socket}, or writing in ${this.#location.state_root}`,
        details: { ...error.details, socket, socket_reason: problem.reason },
        cause: error,
      },
    );
  }
}
