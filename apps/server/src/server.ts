import type { NotifySettings } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "@conveyor/core";
import type { Notifier } from "@conveyor/core/notifications/notifier";
import { ledgerGauges } from "@conveyor/core/telemetry/gauges";
import { processStartMark, type ServerRecord, serverFiles } from "@conveyor/files";
import { appRouter, type ObservedCall, Runtime } from "@conveyor/router";
import { codexHome, MAX_ANSWER_BYTES, PROTOCOL, VERSION } from "@conveyor/sdk/link";
import type { AnyTRPCRouter } from "@trpc/server";
import { connectionBudget } from "./descriptors.ts";
import { Metrics } from "./ends/metrics.ts";
import {
  clearLeftovers,
  isLost,
  placeSocket,
  prepareStateRoot,
  removeDiscovery,
  removeSocket,
  writeDiscovery,
} from "./files.ts";
import { HttpListener } from "./http-listener.ts";
import { withLimit } from "./limit.ts";
import { claimServer } from "./lock.ts";
import type { Log } from "./log.ts";
import { type FollowedOtel, followOtel } from "./opentelemetry/follow.ts";
import { isLoopback } from "./request-guard.ts";
import type { Serving } from "./serving.ts";
import { SocketListener } from "./socket-listener.ts";
import { Subscribers } from "./subscribers.ts";
import { settleToken } from "./token.ts";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 8797;

/** How long running calls may still take when the server ends, in milliseconds. */
const CALL_GRACE_MS = 500;
/** How long the Dispatch loop may take to finish what it does, in milliseconds. */
const DISPATCH_GRACE_MS = 5000;
/** How long letting go of the ledger may take, in milliseconds. */
const LEDGER_GRACE_MS = 2000;
/** How often the log says that no connection can be accepted, in milliseconds. */
const NOT_ACCEPTED_MS = 60_000;
/** How long the ledger may take to answer before the server counts as not ready, in milliseconds. */
const READY_LIMIT_MS = 2000;
/** How often the server makes sure that it can still be found, and its ledger too, in milliseconds. */
const LOOK_INTERVAL_MS = 1000;

/** A loop that works beside the server until it is stopped; `stop` finishes or releases what it holds. */
export interface RunningDispatch {
  stop(): Promise<void>;
  /** Whether it still works; one that has ended on its own does not. */
  isAlive(): boolean;
}

export interface ServerOptions {
  /** Absolute path of the ledger file; it is created when missing. */
  ledger_path: string;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** 0 takes any free port. Default: 8797, or any free port when that is taken. */
  port?: number | undefined;
  /** Must be given to bind to an address that other machines can reach; a token of one's own is then required. */
  remote?: "allowed" | undefined;
  /** Token for HTTP. Default: the one kept in the state root, made at the first start. */
  token?: string | undefined;
  /** Folder with the built web client. */
  web_root?: string | undefined;
  /**
   * Answer a write only when it is on the disk. A server that other machines can reach does so whatever is said here.
   * Default: what `CONVEYOR_DURABLE` says, else not.
   */
  durable?: boolean | undefined;
  /** Starts the Dispatch loop; without it the server only serves. */
  dispatch?: ((ctx: Ctx) => RunningDispatch) | undefined;
  /** What the configuration says of notifications now. Without it nobody is told. */
  notify?: (() => NotifySettings) | undefined;
  log: Log;
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How commands inside output begin for callers that do not say it themselves. Default: `conveyor`. */
  program?: string | undefined;
  /** Program and leading arguments that run this installation again. Default: not known. */
  self?: readonly string[] | undefined;
  /** Longest HTTP body in bytes. Default 16 MiB. */
  max_body_bytes?: number | undefined;
  /** Longest answer in bytes. Default 64 MiB. */
  max_answer_bytes?: number | undefined;
  /** Most connections over TCP, and as many over the unix socket. Default: what the system's limit of open files leaves. */
  max_connections?: number | undefined;
  /** Most live streams at once. Default 512. */
  max_subscribers?: number | undefined;
  /** Called when the server begins to end, by whomever. */
  onClosing?: (() => void) | undefined;
  /** What is served. Default: all of Conveyor. */
  router?: AnyTRPCRouter | undefined;
}

/** A server in this process. */
export interface RunningServer extends ServerRecord {
  token_file: string;
  /** Why the server does not listen on the usual port though no other was asked for; undefined when it does. */
  port_taken: string | undefined;
  /** Resolves when it has ended, by whomever; rejects with `ledger_replaced` when that was because the ledger was lost. */
  closed: Promise<void>;
  /** A URL that signs a browser in; good for one use and ten minutes. */
  createLoginUrl(): string;
  /** Take no new calls, tell subscribers, stop Dispatch, let go of the ledger and remove the files; takes seconds at most. */
  close(): Promise<void>;
}

/**
 * Serve the ledger over a unix socket, HTTP and WebSocket, at most one server per state root. Throws `conflict` (one
 * runs already), `port_in_use`, `invalid_input` (address, token), `unauthorized` (reachable from elsewhere without a
 * token of its own) and what opening the ledger throws.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { ledger_path, host = DEFAULT_HOST, port } = options;
  refuseUnsafeAddress(options, host, port);
  for (const text of prepareStateRoot(ledger_path)) options.log("closed_to_others", { text });
  const undo = new UndoList();
  try {
    undo.push(await claimServer(ledger_path));
    clearLeftovers(ledger_path);
    const observer: CallObserver = {};
    const runtime = createRuntime(options, observer);
    undo.push(async () => void (await withLimit(runtime.close(), LEDGER_GRACE_MS)));
    const store = runtime.ledger.open("create");
    // Without Dispatch a ledger that is not ours can be looked at in the browser; nothing acts on it.
    if (options.dispatch !== undefined) await runtime.host.mayAct();
    return await serve(options, { runtime, observer, store, host, port, undo });
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function serve(
  options: ServerOptions,
  parts: {
    runtime: Runtime;
    observer: CallObserver;
    store: Ctx["store"];
    host: string;
    port: number | undefined;
    undo: UndoList;
  },
): Promise<RunningServer> {
  const { ledger_path, log } = options;
  const { runtime, observer, store, host, port, undo } = parts;
  const files = serverFiles(ledger_path);
  const token = settleToken(files.token, options.token);
  // Set when there is a server that can end; until then nobody calls.
  let onLedgerReplaced = () => {};
  const serving: Serving = {
    router: options.router ?? appRouter,
    runtime,
    subscribers: new Subscribers(options.max_subscribers),
    noteFailure: (path, code) => {
      if (code === "ledger_replaced") onLedgerReplaced();
      if (code === "internal") log("call_failed", { path: path ?? null, code });
    },
    noteNotAccepted: atMostEvery(NOT_ACCEPTED_MS, (code) => log("connection_not_accepted", { code: code ?? null })),
    most_answer_bytes: options.max_answer_bytes ?? MAX_ANSWER_BYTES,
  };
  const most_connections = options.max_connections ?? connectionBudget();
  let dispatch: RunningDispatch | undefined;
  let otel: FollowedOtel | undefined;
  const metrics = new Metrics({
    version: VERSION,
    ledger: () => ledgerGauges({ store }),
    connections: () => http.connections + socket.connections,
    subscribers: () => serving.subscribers.size,
    dispatch: () => dispatch?.isAlive() ?? false,
  });
  observer.note = (call) => {
    metrics.note(call);
    otel?.noteCall(call);
    log("call", { path: call.path, kind: call.kind, code: call.code ?? "ok", ms: Math.round(call.duration_ms) });
  };

  const { web_root, max_body_bytes } = options;
  const http = new HttpListener(serving, {
    token,
    web_root,
    max_body_bytes,
    most_connections,
    config: { ledger_path, version: VERSION, dispatch: options.dispatch !== undefined },
    terminals: (signal) => ({
      host: runtime.host,
      agents: runtime.agents,
      settings: runtime.settings,
      signal,
      store,
    }),
    isReady: async () => (dispatch?.isAlive() ?? true) && (await isUsable(store)),
    metrics,
    now: () => runtime.host.clock.monotonic_ms(),
  });
  const port_taken = await listenSomewhere(http, host, port);
  undo.push(() => http.close(CALL_GRACE_MS));

  const socketPath = placeSocket(ledger_path, options.env);
  undo.push(() => removeSocket(socketPath));
  const socket = new SocketListener(serving, { most_connections, onStop: () => void close() });
  await socket.listen(socketPath);
  undo.push(() => socket.close(CALL_GRACE_MS));

  const controller = new AbortController();
  const ctxOf = (signal: AbortSignal): Ctx => ({
    host: runtime.host,
    agents: runtime.agents,
    settings: runtime.settings,
    signal,
    store,
  });
  dispatch = options.dispatch?.(ctxOf(controller.signal));

  otel = await followOtel(ctxOf(controller.signal), options.env ?? process.env);
  const notifier = options.notify && (await startNotices(ctxOf(controller.signal), options.notify, http.url, log));

  const record: ServerRecord = {
    pid: process.pid,
    pid_started_at: processStartMark(process.pid),
    socket: socketPath,
    url: http.url,
    version: VERSION,
    ledger_path,
    started_at: runtime.host.clock.iso(),
    protocol: PROTOCOL,
    dispatch: dispatch !== undefined,
    durable: store.durable,
  };
  writeDiscovery(record);
  log("server_started", {
    pid: record.pid,
    url: record.url,
    version: VERSION,
    dispatch: record.dispatch,
    durable: record.durable,
  });

  // Without its discovery file nobody finds the server; and a ledger that was taken away cannot be served.
  const look = () => {
    const found = store.whereabouts();
    if (found !== "in_place") loseLedger(found);
    else if (isLost(record)) {
      log("discovery_lost");
      void close();
    }
  };
  const lookout = setInterval(look, LOOK_INTERVAL_MS);
  let lost: ConveyorError | undefined;
  const loseLedger = (found: string) => {
    if (lost !== undefined) return;
    log("ledger_lost", { found });
    lost = ledgerLost(ledger_path, found);
    void close();
  };

  onLedgerReplaced = look;
  let markClosed!: () => void;
  let markFailed!: (error: ConveyorError) => void;
  const closed = new Promise<void>((resolve, reject) => {
    markClosed = resolve;
    markFailed = reject;
  });
  // Callers that wait for it learn of it; nobody has to wait.
  closed.catch(() => {});
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= shutDown();
    return closing;
  };
  const shutDown = async () => {
    options.onClosing?.();
    clearInterval(lookout);
    removeDiscovery(record);
    controller.abort();
    const stopped = dispatch === undefined ? Promise.resolve(true) : withLimit(dispatch.stop(), DISPATCH_GRACE_MS);
    const told = withLimit(notifier?.stop() ?? Promise.resolve(), DISPATCH_GRACE_MS);
    await Promise.all([socket.close(CALL_GRACE_MS), http.close(CALL_GRACE_MS), stopped, told]);
    await otel?.stop();
    if (!(await stopped)) log("dispatch_not_stopped");
    await undo.run();
    log("server_stopped", { pid: record.pid });
    if (lost === undefined) markClosed();
    else markFailed(lost);
  };
  return { ...record, token_file: files.token, port_taken, closed, createLoginUrl: () => http.createLoginUrl(), close };
}

/** The loop that tells people; loaded only where the configuration may name somebody. */
async function startNotices(ctx: Ctx, settings: () => NotifySettings, page_url: string, log: Log): Promise<Notifier> {
  const { startNotifier } = await import("@conveyor/core/notifications/notifier");
  const onFailure = ({ sink, code, again }: { sink: string; code: string; again: boolean }) =>
    log("notification_failed", { sink, code, again });
  return startNotifier(ctx, { settings, page_url, onFailure });
}

function ledgerLost(ledger_path: string, found: string): ConveyorError {
  return new ConveyorError(
    "ledger_replaced",
    `the server ended: its ledger ${ledger_path} was deleted, moved or replaced`,
    {
      hint: "what was answered until then is in the ledger that was taken away; start the server again for what stands there now",
      details: { path: ledger_path, found },
    },
  );
}

/** `tell`, but silent for `interval_ms` after each time. */
function atMostEvery(interval_ms: number, tell: (code: string | undefined) => void) {
  let told_at = Number.NEGATIVE_INFINITY;
  return (code: string | undefined) => {
    if (performance.now() - told_at < interval_ms) return;
    told_at = performance.now();
    tell(code);
  };
}

/** Whether the ledger answers, and soon. */
async function isUsable(store: Ctx["store"]): Promise<boolean> {
  let usable = false;
  // To name the next number the ledger has to be read; a look does not keep it.
  const look = store.peek((tx) => tx.seq());
  await withLimit(
    look.then(() => {
      usable = true;
    }),
    READY_LIMIT_MS,
  );
  return usable;
}

/** Hears of every call, from when the server is put together. */
interface CallObserver {
  note?: (call: ObservedCall) => void;
}

function createRuntime(options: ServerOptions, observer: CallObserver): Runtime {
  const { ledger_path, host = DEFAULT_HOST, env = process.env, program = "conveyor", self } = options;
  return new Runtime({
    ledger_path,
    codex_home: codexHome(env),
    program,
    self,
    env,
    durable: isLoopback(host) ? options.durable : true,
    most_answer_bytes: options.max_answer_bytes ?? MAX_ANSWER_BYTES,
    when_ledger_is_lost: "refuse",
    onCall: (call) => observer.note?.(call),
  });
}

/** Listen on the port asked for, else on the usual one or any; returns why it is not the usual one. */
async function listenSomewhere(
  http: HttpListener,
  host: string,
  port: number | undefined,
): Promise<string | undefined> {
  try {
    await http.listen(host, port ?? DEFAULT_PORT);
    return undefined;
  } catch (error) {
    if (port !== undefined || !(error instanceof ConveyorError) || error.code !== "port_in_use") throw error;
    await http.listen(host, 0);
    return error.message;
  }
}

function refuseUnsafeAddress({ remote, token }: ServerOptions, host: string, port = DEFAULT_PORT): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConveyorError("invalid_input", `${port} is not a port`, {
      hint: "use a number from 1 to 65535, or 0 for any free one",
    });
  }
  if (isLoopback(host)) return;
  if (remote !== "allowed") {
    throw new ConveyorError("invalid_input", `${host} can be reached from other machines`, {
      hint: "use --host 127.0.0.1, or add --allow-remote if that is what you want",
      details: { host },
    });
  }
  if (token === undefined) {
    throw new ConveyorError("unauthorized", `a server on ${host} needs a token of your own`, {
      hint: "set CONVEYOR_TOKEN to at least 16 random characters",
      details: { host },
    });
  }
}

/** What must be undone, in reverse order, when the server ends or does not come up. */
class UndoList {
  readonly #steps: (() => void | Promise<void>)[] = [];

  push(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}
