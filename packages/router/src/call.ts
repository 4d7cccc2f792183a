import type { ErrorBody } from "@conveyor/contracts";
import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  isTrackedEnvelope,
} from "@trpc/server";
import type { RequestContext } from "./trpc.ts";

/** A call as it comes from a transport that is not HTTP. */
export interface RouterCall {
  type: "query" | "mutation" | "subscription";
  path: string;
  input: unknown;
}

/** An error as the router's formatter shapes it. */
export interface ErrorShape {
  /** JSON-RPC number of tRPC's own code. */
  code: number;
  message: string;
  data: { code: string; httpStatus: number; conveyor: ErrorBody };
}

/** What a call is answered with: one result or error; of a subscription any number of events, then perhaps an error. */
export type CallReply = { result: unknown } | { error: ErrorShape } | { event: { id: string; data: unknown } };

/**
 * Run one call and yield its answers; never throws. The next item of a subscription is made only when it is asked for,
 * so a slow reader slows the procedure down. `ctx.signal` ends it.
 */
export async function* runCall(
  router: AnyTRPCRouter,
  call: RouterCall,
  ctx: RequestContext,
): AsyncGenerator<CallReply> {
  const { type, path, input } = call;
  try {
    const result: unknown = await callTRPCProcedure({
      router,
      type,
      path,
      getRawInput: async () => input,
      ctx,
      signal: ctx.signal,
      batchIndex: 0,
    });
    if (type !== "subscription") {
      yield { result };
      return;
    }
    for await (const item of result as AsyncIterable<unknown>) {
      if (ctx.signal.aborted) return;
      if (!isTrackedEnvelope(item)) throw new Error(`the subscription ${path} yields items without an id`);
      yield { event: { id: item[0], data: item[1] } };
    }
  } catch (thrown) {
    if (ctx.signal.aborted && type === "subscription") return;
    const error = getTRPCErrorFromUnknown(thrown);
    yield { error: getTRPCErrorShape({ config: router._def._config, error, type, path, input, ctx }) as ErrorShape };
  }
}
