import type { AnyOperation, CallOf, Operations, OutputOf } from "@conveyor/contracts";
import { type DirectoryEntry, directory } from "@conveyor/contracts/directory";
import { ConveyorError } from "@conveyor/contracts/errors";
import { type MessageSender, messageSender } from "./dispatch.ts";
import { type InboxReader, inboxReader } from "./inbox.ts";
import { chooseTransport, type TransportOptions } from "./link/choose.ts";
import type { CallOptions, SubscribeOptions, Transport, TransportMode } from "./link/transport.ts";

type Input<Op extends AnyOperation> = object extends CallOf<Op> ? [input?: CallOf<Op>] : [input: CallOf<Op>];

/**
 * One operation as a function; a stream gives its items, everything else a promise of its answer. Every failure is a
 * `ConveyorError` with a code. When `signal` aborts, a stream ends, and a call is asked to end: it answers with what it has
 * by then, as an interrupted wait does with its document, or rejects with `interrupted`.
 */
export type Method<Op extends AnyOperation> = Op["kind"] extends "subscription"
  ? (...args: [...Input<Op>, options?: SubscribeOptions]) => AsyncIterable<OutputOf<Op>>
  : (...args: [...Input<Op>, options?: CallOptions]) => Promise<OutputOf<Op>>;

type Reachable<Area> = {
  [Name in keyof Area as Area[Name] extends { kind: "local" } ? never : Name]: Area[Name] extends AnyOperation
    ? Method<Area[Name]>
    : never;
};

/** Every operation of every area as `conveyor.<area>.<operation>(input, { signal })`. */
export type Areas = { readonly [Area in keyof Operations]: Reachable<Operations[Area]> };

export interface Connection {
  /** Where operations run right now. A local client changes over by itself when a server starts or stops. */
  readonly mode: TransportMode;
  /** End the connection; streams end, and whatever is called afterwards is refused with `precondition_failed`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type Conveyor = Areas & Connection & { readonly inbox: InboxReader; readonly dispatch: MessageSender };

/**
 * Connect to Conveyor: to the server named by `server`, else to the one that runs for the ledger, else to the ledger
 * itself in this process. Nothing has to be running. Every failure of an operation is a `ConveyorError`.
 *
 * @example Create a task, tie a worker and a manager to it, tell the worker to begin and wait until it reports.
 * ```ts
 * const conveyor = await connect();
 * await conveyor.tasks.create({ name: "auth", goal: "Refactor auth" });
 * await conveyor.bindings.bind({ task: "auth", worker: "auth-worker", manager: "auth-manager" });
 * await conveyor.dispatch.enqueueNudgeWorker({ task: "auth", message: "Begin with the parser" });
 * const report = await conveyor.inbox.take({ task: "auth", role: "manager", wait_seconds: 600 });
 * ```
 */
export async function connect(options: TransportOptions = {}): Promise<Conveyor> {
  return clientOver(await chooseTransport(options));
}

/** The typed client over a transport. */
export function clientOver(transport: Transport): Conveyor {
  const state = { closed: false };
  const open = () => {
    if (state.closed) {
      throw new ConveyorError("precondition_failed", "this connection was closed", {
        hint: "call connect() again for a new one",
        details: { kind: "connection", reason: "closed" },
      });
    }
    return transport;
  };
  const areas = areasOver(open);
  const close = () => {
    state.closed = true;
    return transport.close();
  };
  return {
    ...areas,
    inbox: { ...areas.inbox, ...inboxReader(areas.inbox) },
    dispatch: { ...areas.dispatch, ...messageSender(areas.dispatch) },
    get mode() {
      return transport.mode;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The transport of a connection. Throws `precondition_failed` once the connection was closed. */
type OpenTransport = () => Transport;

function areasOver(open: OpenTransport): Areas {
  const areas: Record<string, Record<string, unknown>> = {};
  for (const entry of Object.values(directory)) {
    if (entry.kind === "local") continue;
    const [area, name] = entry.path.split(".") as [string, string];
    areas[area] = { ...areas[area], [name]: methodOver(open, entry) };
  }
  return areas as unknown as Areas;
}

function methodOver(open: OpenTransport, ref: DirectoryEntry) {
  if (ref.kind !== "subscription") {
    return async (input: unknown = {}, options?: CallOptions) => open().call(ref, input, options);
  }
  return async function* items(input: unknown = {}, options?: SubscribeOptions) {
    for await (const { data } of open().subscribe(ref, input, options)) yield data;
  };
}
