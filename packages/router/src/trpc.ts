import type { AnyOperation, ErrorBody, InputOf, LedgerUse, OutputOf } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { mayGive } from "@conveyor/contracts/operation";
import { type RefusalCode, refusalOf, type refusals } from "@conveyor/contracts/refusals";
import { type Ctx, type HostCtx, maskSecrets, type Store } from "@conveyor/core";
import { initTRPC, TRPCError, tracked } from "@trpc/server";

import { z } from "zod";

// 1. Context: what a transport knows about a request.

/** Opens the ledger for an operation; a server keeps one open, an embedded caller opens it on demand. */
export interface LedgerProvider {
  open(use: Exclude<LedgerUse, "none">): Store;
}

/** The tRPC context. Who may call at all is settled by the transport before a procedure is reached. */
export interface RequestContext extends HostCtx {
  ledger: LedgerProvider;
  /** How a connection bounds its live streams; absent where the reader asks for every item itself. */
  flow?: Flow | undefined;
}

/** Keeps the streams of a connection within bounds. */
export interface Flow {
  /** Count one more call until the returned function is called. Throws `too_many_calls`. */
  begin(): () => void;
  /** Count one more subscriber until the returned function is called. Throws `too_many_subscribers`. */
  enter(): () => void;
  /** Resolves when the connection can take another item. */
  ready(signal: AbortSignal): Promise<void>;
}

// 2. Initialisation: every error leaves as code, message, hint and details; never as a stack trace.

const t = initTRPC.context<RequestContext>().create({
  errorFormatter({ shape, error }) {
    const body: ErrorBody = (transportError(error) ?? asConveyorError(error.cause ?? error)).toBody();
    return {
      ...shape,
      message: body.message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, conveyor: body },
    };
  },
});

/** What tRPC itself refuses before any procedure runs, in our own codes. */
const TRANSPORT_ERRORS: Partial<Record<TRPCError["code"], { code: RefusalCode; hint: string }>> = {
  NOT_FOUND: { code: "not_found", hint: "client and server must be of the same version" },
  PARSE_ERROR: { code: "invalid_input", hint: "send JSON" },
  BAD_REQUEST: { code: "invalid_input", hint: "send what the operation's input describes" },
  METHOD_NOT_SUPPORTED: { code: "invalid_input", hint: "queries are GET or POST, mutations POST" },
  UNSUPPORTED_MEDIA_TYPE: { code: "invalid_input", hint: "send application/json" },
  PAYLOAD_TOO_LARGE: { code: "too_large", hint: "send less at once, or name a file instead" },
};

function transportError(error: TRPCError): ConveyorError | undefined {
  if (error.cause instanceof ConveyorError) return undefined;
  const known = TRANSPORT_ERRORS[error.code];
  return known && new ConveyorError(known.code, error.message, { hint: known.hint, cause: error });
}

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

// 3. Procedures: one helper per kind turns an operation and its core function into a procedure.

/** What tRPC calls the HTTP statuses of our codes. */
const TRPC_CODES: Record<(typeof refusals)[RefusalCode]["http"], TRPCError["code"]> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  408: "TIMEOUT",
  409: "CONFLICT",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

const procedure = t.procedure.use(async ({ ctx, next, path }) => {
  const end = begin(ctx.flow);
  const result = await next().finally(end);
  if (result.ok) return result;
  const { code, cause } = result.error;
  if (code === "INTERNAL_SERVER_ERROR" && cause instanceof z.ZodError) throw unfitting(path, cause);
  const refused = (code === "BAD_REQUEST" ? translateZod(cause) : undefined) ?? transportError(result.error);
  if (refused !== undefined) throw new TRPCError({ code, message: refused.message, cause: refused });
  throw trpcError(asConveyorError(cause ?? result.error));
});

function begin(flow: Flow | undefined): () => void {
  try {
    return flow?.begin() ?? (() => {});
  } catch (error) {
    throw trpcError(asConveyorError(error));
  }
}

function trpcError(error: ConveyorError): TRPCError {
  return new TRPCError({ code: TRPC_CODES[refusalOf(error.code)?.http ?? 400], message: error.message, cause: error });
}

/** Input that the schema refuses becomes one `invalid_input` that names the first wrong field (spec 01 §4.5). */
function translateZod(cause: unknown): ConveyorError | undefined {
  if (!(cause instanceof z.ZodError)) return undefined;
  const issues = cause.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  const first = issues[0];
  const subject = first?.field ? `${first.field}: ` : "";
  return new ConveyorError("invalid_input", `${subject}${first?.message ?? "the input is not valid"}`, {
    hint: "see the reference of this operation for what it takes",
    details: { issues },
    cause,
  });
}

/** The error for an answer or item that its own contract does not describe. Names the field, never the value. */
function unfitting(path: string, cause: z.ZodError): TRPCError {
  const issues = cause.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  const first = issues[0];
  const message = `${path} made something that its contract does not describe: ${first?.field || "all of it"}: ${first?.message}`;
  const error = new ConveyorError("internal", message, {
    hint: "look at the ledger with `conveyor db-doctor`; if it is in order, report this",
    details: { issues },
    cause,
  });
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message, cause: error });
}

type Needs<Op extends AnyOperation> = Op["ledger"] extends "none" ? HostCtx : Ctx;
type Answer<Op extends AnyOperation> = Promise<OutputOf<Op>>;

function coreContext<Op extends AnyOperation>(op: Op, ctx: RequestContext, signal: AbortSignal | undefined): Needs<Op> {
  // Either may end the call: tRPC's signal when the caller goes away, the context's when it interrupts.
  const either = signal === undefined || signal === ctx.signal ? ctx.signal : AbortSignal.any([signal, ctx.signal]);
  const { host, agents, settings, onProgress, most_answer_bytes } = ctx;
  const base: HostCtx = { host, agents, settings, signal: either, onProgress, most_answer_bytes };
  const { ledger } = op;
  if (ledger === "none") return base as Needs<Op>;
  if (ledger !== "create") return { ...base, store: ctx.ledger.open(ledger) } as Needs<Op>;
  // What fails before it touches the ledger leaves none behind; what has begun on one ends on it, also if another takes its place.
  let store: Store | undefined;
  const get = () => (store ??= ctx.ledger.open(ledger));
  return Object.defineProperty(base, "store", { get, enumerable: true }) as Needs<Op>;
}

/** Areas whose answers are for the one who is meant: messages arrive as they were written, a login link opens. */
const AS_WRITTEN: ReadonlySet<string> = new Set(["inbox", "system"]);

/** An answer without anything that looks like a credential, asked for or not (spec 07 §7.7.1, Secrets). */
function withoutSecrets<Data>(op: AnyOperation, data: Data): Data {
  return AS_WRITTEN.has(op.path.split(".", 1)[0] ?? "") ? data : maskSecrets(data);
}

/** Set to `fail` by tests: a refusal that the operation's contract does not declare (`refuses`) becomes a fault. */
const UNDECLARED = "CONVEYOR_UNDECLARED_REFUSALS";

function asDeclared(op: AnyOperation, { host }: RequestContext, thrown: unknown): unknown {
  if (host.env[UNDECLARED] !== "fail") return thrown;
  const { code } = asConveyorError(thrown);
  if (mayGive(op, code)) return thrown;
  return new ConveyorError("internal", `${op.path} gave ${code}, which its contract does not declare`, {
    hint: `add ${code} to \`refuses\` of the operation`,
    cause: thrown,
  });
}

async function answer<Op extends AnyOperation>(
  op: Op,
  run: (ctx: Needs<Op>, input: InputOf<Op>) => Answer<Op>,
  ctx: RequestContext,
  input: InputOf<Op>,
  signal: AbortSignal | undefined,
): Answer<Op> {
  const core = coreContext(op, ctx, signal);
  try {
    return withoutSecrets(op, await run(core, input));
  } catch (thrown) {
    throw asDeclared(op, ctx, thrown);
  }
}

/** The procedure of an operation that only reads. */
export function query<Op extends AnyOperation>(op: Op, run: (ctx: Needs<Op>, input: InputOf<Op>) => Answer<Op>) {
  return procedure
    .input(op.input.strict() as unknown as Op["input"])
    .output(op.output as Op["output"])
    .query(async ({ ctx, input, signal }) => {
      return (await answer(op, run, ctx, input as InputOf<Op>, signal)) as never;
    });
}

/** The procedure of an operation that may write or touch the world. */
export function mutation<Op extends AnyOperation>(op: Op, run: (ctx: Needs<Op>, input: InputOf<Op>) => Answer<Op>) {
  return procedure
    .input(op.input.strict() as unknown as Op["input"])
    .output(op.output as Op["output"])
    .mutation(async ({ ctx, input, signal }) => {
      return (await answer(op, run, ctx, input as InputOf<Op>, signal)) as never;
    });
}

/** What a stream's function yields: items, and marks, which carry nothing but a place to go on from. */
type Live<Op extends AnyOperation> = { id: string; data: OutputOf<Op> } | { id: string; data: null };

/**
 * The procedure of a live stream. `run` yields items with the id from which a caller that lost its connection goes on;
 * tRPC hands the last one it saw back as `lastEventId` (architecture, "Live means live"). Items are held to the contract as
 * the answers of queries are.
 */
export function subscription<Op extends AnyOperation>(
  op: Op,
  run: (ctx: Needs<Op>, input: InputOf<Op>, after: string | undefined) => AsyncIterable<Live<Op>>,
) {
  return procedure
    .input(op.input.strict().extend({ lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const { lastEventId, ...own } = input as InputOf<Op> & { lastEventId?: string | null };
      const leave = ctx.flow?.enter();
      try {
        const core = coreContext(op, ctx, signal);
        for await (const { id, data } of run(core, own as InputOf<Op>, lastEventId ?? undefined)) {
          yield tracked(id, data === null ? null : fitting(op, data));
          await ctx.flow?.ready(core.signal);
        }
      } catch (thrown) {
        // The middleware above is past once the stream began.
        throw thrown instanceof TRPCError ? thrown : trpcError(asConveyorError(asDeclared(op, ctx, thrown)));
      } finally {
        leave?.();
      }
    });
}

function fitting<Op extends AnyOperation>(op: Op, data: unknown): OutputOf<Op> {
  const parsed = op.output.safeParse(withoutSecrets(op, data));
  if (parsed.success) return parsed.data as OutputOf<Op>;
  throw unfitting(op.path, parsed.error);
}
