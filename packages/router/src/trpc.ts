import {
  type AnyOperation,
  asConveyorError,
  ConveyorError,
  type ErrorBody,
  type InputOf,
  type OutputOf,
} from "@conveyor/contracts";
import type { Ctx, HostCtx, Store } from "@conveyor/core";
import { initTRPC, TRPCError, tracked } from "@trpc/server";

import { z } from "zod";

// 1. Context: what a transport knows about a request.

/** Opens the ledger for an operation; a server keeps one open, an embedded caller opens it on demand. */
export interface LedgerProvider {
  open(use: "read" | "write"): Store;
}

/** The tRPC context. Who may call at all is settled by the transport before a procedure is reached. */
export interface RequestContext extends HostCtx {
  ledger: LedgerProvider;
}

// 2. Initialisation: every error leaves as code, message, hint and details; never as a stack trace.

const t = initTRPC.context<RequestContext>().create({
  errorFormatter({ shape, error }) {
    const body: ErrorBody = asConveyorError(error.cause ?? error).toBody();
    return {
      ...shape,
      message: body.message,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, conveyor: body },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

// 3. Procedures: one helper per kind turns an operation and its core function into a procedure.

const HTTP_CODES: Record<string, TRPCError["code"]> = {
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  terminal_state: "CONFLICT",
  permission_denied: "FORBIDDEN",
  unauthorized: "UNAUTHORIZED",
  gate_failed: "PRECONDITION_FAILED",
  precondition_failed: "PRECONDITION_FAILED",
  timeout: "TIMEOUT",
  internal: "INTERNAL_SERVER_ERROR",
};

const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = translateZod(result.error.cause) ?? asConveyorError(result.error.cause ?? result.error);
  throw new TRPCError({ code: HTTP_CODES[error.code] ?? "BAD_REQUEST", message: error.message, cause: error });
});

/** Input that the schema refuses becomes one `invalid_input` that names the first wrong field (spec 01 §4.5). */
function translateZod(cause: unknown): ConveyorError | undefined {
  if (!(cause instanceof z.ZodError)) return undefined;
  const issues = cause.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  const first = issues[0];
  const subject = first?.field ? `${first.field}: ` : "";
  return new ConveyorError("invalid_input", `${subject}${first?.message ?? "the input is not valid"}`, {
    hint: "see the command's --help for what it takes",
    details: { issues },
    cause,
  });
}

type Needs<Op extends AnyOperation> = Op["ledger"] extends "none" ? HostCtx : Ctx;
type Answer<Op extends AnyOperation> = Promise<OutputOf<Op>>;

function coreContext<Op extends AnyOperation>(op: Op, ctx: RequestContext, signal: AbortSignal | undefined): Needs<Op> {
  const base: HostCtx = { host: ctx.host, settings: ctx.settings, signal: signal ?? ctx.signal };
  return (op.ledger === "none" ? base : { ...base, store: ctx.ledger.open(op.ledger) }) as Needs<Op>;
}

/** The procedure of an operation that only reads. */
export function query<Op extends AnyOperation>(op: Op, run: (ctx: Needs<Op>, input: InputOf<Op>) => Answer<Op>) {
  return procedure
    .input(op.input.strict() as unknown as Op["input"])
    .output(op.output as Op["output"])
    .query(({ ctx, input, signal }) => run(coreContext(op, ctx, signal), input as InputOf<Op>) as never);
}

/** The procedure of an operation that may write or touch the world. */
export function mutation<Op extends AnyOperation>(op: Op, run: (ctx: Needs<Op>, input: InputOf<Op>) => Answer<Op>) {
  return procedure
    .input(op.input.strict() as unknown as Op["input"])
    .output(op.output as Op["output"])
    .mutation(({ ctx, input, signal }) => run(coreContext(op, ctx, signal), input as InputOf<Op>) as never);
}

/**
 * The procedure of a live stream. `run` yields items with the id from which a caller that lost its connection goes on;
 * tRPC hands the last one it saw back as `lastEventId` (architecture, "Live means live").
 */
export function subscription<Op extends AnyOperation>(
  op: Op,
  run: (
    ctx: Needs<Op>,
    input: InputOf<Op>,
    after: string | undefined,
  ) => AsyncIterable<{ id: string; data: OutputOf<Op> }>,
) {
  return procedure
    .input(op.input.strict().extend({ lastEventId: z.string().nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const { lastEventId, ...own } = input as InputOf<Op> & { lastEventId?: string | null };
      const items = run(coreContext(op, ctx, signal), own as InputOf<Op>, lastEventId ?? undefined);
      for await (const { id, data } of items) yield tracked(id, data);
    });
}
