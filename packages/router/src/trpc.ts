import { isDeepStrictEqual } from "node:util";
import type {
  AnyOperation,
  Call,
  ErrorBody,
  Input,
  LedgerUse,
  OperationAt,
  OperationKind,
  OperationPath,
  Output,
} from "@conveyor/contracts";
import { type DirectoryEntry, directory } from "@conveyor/contracts/directory";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { judge } from "@conveyor/contracts/judge";
import { type RefusalCode, refusalOf, type refusals } from "@conveyor/contracts/refusals";
import { type Ctx, type HostCtx, type MaybeLedger, maskSecrets, type Store } from "@conveyor/core";
import { initTRPC, TRPCError, tracked } from "@trpc/server";
import type { ZodError, ZodObject, ZodType } from "zod";

// 1. Context: what a transport knows about a request.

/** Opens the ledger for an operation; a server keeps one open, an embedded caller opens it on demand. */
export interface LedgerProvider {
  open(use: Exclude<LedgerUse, "if_there" | "none">): Store;
}

/** The tRPC context. Who may call at all is settled by the transport before a procedure is reached. */
export interface RequestContext extends HostCtx {
  ledger: LedgerProvider;
  /** How a connection bounds its live streams; absent where the reader asks for every item itself. */
  flow?: Flow | undefined;
  /** The caller is this very process, whose own parser has judged the form of what it passes; nobody else's input says so. */
  own_process?: boolean | undefined;
  /** Hears of every call that has ended, whichever way; what it throws is nobody's. */
  onCall?: ((call: ObservedCall) => void) | undefined;
  /** Hold every answer and every refusal to the contract, as tests do: what it does not describe is an error. */
  checks_answers?: boolean | undefined;
}

/** A call that has ended, without anything of what it carried. */
export interface ObservedCall {
  path: string;
  kind: "query" | "mutation" | "subscription";
  /** The code that it was refused with; null when it was not. Of a stream: whether it began. */
  code: string | null;
  duration_ms: number;
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

// 3. Errors: what anything throws leaves under a code of ours.

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

const procedure = t.procedure.use(async ({ ctx, path, type, next }) => {
  const begun = performance.now();
  const note = (code: string | null) =>
    ctx.onCall?.({ path, kind: type, code, duration_ms: performance.now() - begun });
  const end = begin(ctx.flow);
  const result = await next().finally(end);
  if (result.ok) {
    note(null);
    return result;
  }
  const { code, cause } = result.error;
  const of_transport = transportError(result.error);
  const refused = of_transport ?? asConveyorError(cause ?? result.error);
  note(refused.code);
  throw of_transport === undefined
    ? trpcError(refused)
    : new TRPCError({ code, message: refused.message, cause: refused });
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
function translateZod(cause: ZodError): ConveyorError {
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
function unfitting(path: string, cause: ZodError): TRPCError {
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

// 4. Operations: what a path says, and the core function that does it.

/** What a procedure knows of its operation before the schemas are loaded. */
export type Entry = Omit<DirectoryEntry, "load"> & { load(): Promise<AnyOperation> };

type NameOf<Path extends OperationPath> = Path extends `${string}.${infer Name}` ? Name : never;
type PathOf<Kind extends OperationKind> = {
  [Path in OperationPath]: OperationAt<Path>["kind"] extends Kind ? Path : never;
}[OperationPath];
type Needs<Path extends OperationPath> = OperationAt<Path>["ledger"] extends "none"
  ? HostCtx
  : OperationAt<Path>["ledger"] extends "if_there"
    ? MaybeLedger
    : Ctx;

/** The module of core that does an operation: it exports a function under the name of the operation. */
type Doing<Path extends OperationPath> = () => Promise<{
  [Name in NameOf<Path>]: (ctx: Needs<Path>, input: Input<Path>) => Promise<Output<Path>>;
}>;
/** What a stream's function yields: items, and marks, which carry nothing but a place to go on from. */
type Live<Item> = { id: string; data: Item } | { id: string; data: null };
type Following<Path extends OperationPath> = () => Promise<{
  [Name in NameOf<Path>]: (
    ctx: Needs<Path>,
    input: Input<Path>,
    after: string | undefined,
  ) => AsyncIterable<Live<Output<Path>>>;
}>;

function coreContext(ledger: LedgerUse, ctx: RequestContext, signal: AbortSignal | undefined): Ctx {
  // Either may end the call: tRPC's signal when the caller goes away, the context's when it interrupts.
  const either = signal === undefined || signal === ctx.signal ? ctx.signal : AbortSignal.any([signal, ctx.signal]);
  const { host, agents, settings, onProgress, most_answer_bytes } = ctx;
  const base: HostCtx = { host, agents, settings, signal: either, onProgress, most_answer_bytes };
  // Typed by the operation's declaration: what needs no ledger takes no store.
  if (ledger === "none") return base as Ctx;
  if (ledger === "if_there") return { ...base, store: storeIfThere(ctx.ledger) } as Ctx;
  if (ledger !== "create") return { ...base, store: ctx.ledger.open(ledger) };
  // What fails before it touches the ledger leaves none behind; what has begun on one ends on it, also if another takes its place.
  let store: Store | undefined;
  const get = () => (store ??= ctx.ledger.open(ledger));
  return Object.defineProperty(base, "store", { get, enumerable: true }) as Ctx;
}

/** The ledger, if there is one to look at. */
function storeIfThere(ledger: LedgerProvider): Store | undefined {
  try {
    return ledger.open("read");
  } catch (thrown) {
    if (asConveyorError(thrown).code === "ledger_missing") return undefined;
    throw thrown;
  }
}

/** Areas whose answers are for the one who is meant: messages arrive as they were written, a login link opens. */
const AS_WRITTEN: ReadonlySet<string> = new Set(["inbox", "system"]);

/** An answer without anything that looks like a credential, asked for or not (spec 07 §7.7.1, Secrets). */
function withoutSecrets<Data>(path: string, data: Data): Data {
  return AS_WRITTEN.has(path.split(".", 1)[0] ?? "") ? data : maskSecrets(data);
}

/** The schema of what a caller may pass: unknown fields are refused. Made once, for it is compiled when first used. */
const STRICT = new WeakMap<AnyOperation, ZodObject>();

/**
 * The input as the operation takes it, defaults filled in. What comes from the command line of this very process is judged
 * by the plain rules of the directory where they can tell, which spares it the schemas; everything else by the schema.
 * Throws `invalid_input` that names the first wrong field.
 */
async function judged(entry: Entry, ctx: RequestContext, raw: unknown): Promise<unknown> {
  const plain = ctx.own_process ? judge(entry.fields, raw) : undefined;
  if (plain !== undefined) return plain;
  const op = await entry.load();
  const strict = STRICT.get(op) ?? op.input.strict();
  STRICT.set(op, strict);
  const parsed = strict.safeParse(raw);
  if (parsed.success) return parsed.data;
  const refused = translateZod(parsed.error);
  throw new TRPCError({ code: "BAD_REQUEST", message: refused.message, cause: refused });
}

/** How the answers of an operation are shown: without the content that was not asked for, and without any secret. */
async function showing(entry: Entry, input: unknown): Promise<(data: unknown) => unknown> {
  const { path, content } = entry;
  if (content === undefined) return (data) => withoutSecrets(path, data);
  const { withoutContent } = await import("@conveyor/core/shared/hidden-content");
  return (data) => withoutSecrets(path, withoutContent(content, input, data));
}

/** The answer, held to its contract where the process was asked to check that, as it is in tests. */
async function answered(entry: Entry, ctx: RequestContext, input: unknown, data: unknown): Promise<unknown> {
  const masked = (await showing(entry, input))(data);
  return ctx.checks_answers ? exactly(entry.path, (await entry.load()).output, masked) : masked;
}

/** Gives clients the types of an operation; what comes in is judged in the procedure, where the schema is at hand. */
function inputOf<Path extends OperationPath>(): { _input: Call<Path>; _output: Input<Path> } {
  const as_it_came = { parse: (raw: unknown) => raw };
  return as_it_came as never;
}

// 5. Procedures: one helper per kind turns a path and its core function into a procedure.

/** Run an operation once: judge what was passed, load what does it, hold the answer to the contract. */
async function run(
  entry: Entry,
  doing: () => Promise<object>,
  ctx: RequestContext,
  raw: unknown,
  signal?: AbortSignal,
) {
  const input = await judged(entry, ctx, raw);
  const own = functionOf(entry.path, await doing());
  const core = coreContext(entry.ledger, ctx, signal);
  try {
    return await answered(entry, ctx, input, await own(core, input));
  } catch (thrown) {
    throw await asDeclared(entry, ctx, thrown);
  }
}

type Run = (ctx: Ctx, input: unknown, after?: string) => Promise<unknown>;
type Follow = (ctx: Ctx, input: unknown, after: string | undefined) => AsyncIterable<Live<unknown>>;

function functionOf<Own = Run>(path: string, module: object): Own {
  return (module as Record<string, Own>)[path.slice(path.indexOf(".") + 1)] as Own;
}

/** The refusal, or the fault in its place where the process was asked to check and the contract does not declare it. */
async function asDeclared(entry: Entry, ctx: RequestContext, thrown: unknown): Promise<unknown> {
  if (!ctx.checks_answers) return thrown;
  const { code } = asConveyorError(thrown);
  const { mayGive } = await import("@conveyor/contracts/operation");
  if (mayGive(await entry.load(), code)) return thrown;
  return new ConveyorError("internal", `${entry.path} gave ${code}, which its contract does not declare`, {
    hint: `add ${code} to \`refuses\` of the operation`,
    cause: thrown,
  });
}

/** The procedure of an operation that only reads. */
export function query<const Path extends PathOf<"query">>(
  path: Path,
  doing: Doing<Path>,
  entry: Entry = directory[path],
) {
  return procedure.input(inputOf<Path>()).query(async ({ ctx, input, signal }) => {
    return (await run(entry, doing, ctx, input, signal)) as Output<Path>;
  });
}

/** The procedure of an operation that may write or touch the world. */
export function mutation<const Path extends PathOf<"mutation">>(
  path: Path,
  doing: Doing<Path>,
  entry: Entry = directory[path],
) {
  return procedure.input(inputOf<Path>()).mutation(async ({ ctx, input, signal }) => {
    return (await run(entry, doing, ctx, input, signal)) as Output<Path>;
  });
}

/**
 * The procedure of a live stream. Its function yields items with the id from which a caller that lost its connection goes
 * on; tRPC hands the last one it saw back as `lastEventId` (architecture, "Live means live"). Items are held to the contract.
 */
export function subscription<const Path extends PathOf<"subscription">>(
  path: Path,
  doing: Following<Path>,
  entry: Entry = directory[path],
) {
  return procedure
    .input(inputOf<Path>() as { _input: Call<Path> & { lastEventId?: string | null }; _output: Input<Path> })
    .subscription(async function* ({ ctx, input, signal }) {
      const { after, own } = withoutLast(input);
      const leave = ctx.flow?.enter();
      try {
        const core = coreContext(entry.ledger, ctx, signal);
        const [taken, op, module] = [await judged(entry, ctx, own), await entry.load(), await doing()];
        const shown = await showing(entry, taken);
        for await (const { id, data } of functionOf<Follow>(path, module)(core, taken, after)) {
          yield tracked(id, data === null ? null : (fitting(path, op.output, shown(data)) as Output<Path>));
          await ctx.flow?.ready(core.signal);
        }
      } catch (thrown) {
        // The middleware above is past once the stream began.
        throw thrown instanceof TRPCError ? thrown : trpcError(asConveyorError(await asDeclared(entry, ctx, thrown)));
      } finally {
        leave?.();
      }
    });
}

/** What tRPC puts beside the input of a stream that goes on. Throws `invalid_input` for an id that is no text. */
function withoutLast(raw: unknown): { after: string | undefined; own: unknown } {
  if (typeof raw !== "object" || raw === null || !("lastEventId" in raw)) return { after: undefined, own: raw };
  const { lastEventId, ...own } = raw as { lastEventId: unknown };
  if (typeof lastEventId === "string" || lastEventId === null || lastEventId === undefined) {
    return { after: lastEventId ?? undefined, own };
  }
  throw trpcError(
    new ConveyorError("invalid_input", "lastEventId: must be text", {
      hint: "pass the id of the last item as it came",
    }),
  );
}

function fitting(path: string, output: ZodType, data: unknown): unknown {
  const parsed = output.safeParse(data);
  if (parsed.success) return parsed.data;
  throw unfitting(path, parsed.error);
}

/** The data if it is what the contract describes, and nothing beside that. Throws `internal` otherwise. */
function exactly(path: string, output: ZodType, data: unknown): unknown {
  const parsed = output.safeParse(data);
  if (!parsed.success) throw unfitting(path, parsed.error);
  if (isDeepStrictEqual(asJson(parsed.data), asJson(data))) return data;
  throw new ConveyorError("internal", `${path} answers with more than its contract describes`, {
    hint: "describe all of the answer in its contract, or leave it out",
  });
}

function asJson(data: unknown): unknown {
  return data === undefined ? undefined : JSON.parse(JSON.stringify(data));
}
