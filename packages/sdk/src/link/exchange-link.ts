import { ConveyorError } from "@conveyor/contracts/errors";
import type { ErrorShape } from "@conveyor/router";
import { TRPCClientError, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { ABORT_GRACE_MS, type AnswerFrame, type RouterCall } from "./wire.ts";

/** One running call as its caller holds it. */
export interface RunningCall {
  /** Ask the other side to stop, and why; its answer, possibly a normal one, still comes. */
  abort(reason?: unknown): void;
  /** Nobody listens any more. */
  drop(): void;
}

/** Anything that can run calls and answers in the words of the wire: a socket, or the router in this process. */
export interface Exchange {
  start(
    call: RouterCall,
    onAnswer: (answer: AnswerFrame) => void,
    /** Told when no answer will come: the connection was lost, or the call is one that cannot be sent. */
    onLost: (error: ConnectionLost | ConveyorError) => void,
    onProgress?: (item: unknown) => void,
  ): RunningCall;
}

/** The connection ended, or the server is going away, before the call was answered. */
export class ConnectionLost extends Error {
  /** Whether the server may have run the call, so that only a read may simply be repeated. */
  readonly may_have_run: boolean;

  constructor(message: string, options: { may_have_run: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.may_have_run = options.may_have_run;
  }
}

/** The error of a call that was aborted and did not answer in time. */
export function interrupted(): ConveyorError {
  return new ConveyorError("interrupted", "the call was interrupted", {
    hint: "it may have been carried out; look at the state before you run it again",
  });
}

/**
 * A terminating tRPC link over an exchange. When a query or mutation is aborted its answer is still awaited for a
 * moment: what it did until then is in it, and would otherwise be lost (spec 03 §6.10).
 */
export function exchangeLink<Router extends AnyTRPCRouter>(exchange: Exchange): TRPCLink<Router> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        const { type, path, signal, context } = op;
        let settled = false;
        let grace: NodeJS.Timeout | undefined;

        const settle = (finish: () => void) => {
          if (settled) return;
          settled = true;
          clearTimeout(grace);
          signal?.removeEventListener("abort", onAbort);
          finish();
        };
        const fail = (error: Error | { error: ErrorShape }) =>
          settle(() => observer.error(TRPCClientError.from(error)));
        const call: RouterCall = { type, path, input: op.input ?? {} };

        const onAnswer = (answer: AnswerFrame) => {
          if (settled) return;
          if ("event" in answer) observer.next({ result: { type: "data", id: answer.event.id, data: answer.event } });
          else if ("error" in answer) fail({ error: answer.error });
          else if ("result" in answer) {
            settle(() => {
              observer.next({ result: { type: "data", data: answer.result } });
              observer.complete();
            });
          } else if (answer.done === "end") settle(() => observer.complete());
          else fail(new ConnectionLost("the server is shutting down", { may_have_run: answer.done === "shutdown" }));
        };
        const onAbort = () => {
          running.abort(signal?.reason);
          if (type === "subscription") {
            settle(() => {
              running.drop();
              observer.complete();
            });
            return;
          }
          grace = setTimeout(() => {
            running.drop();
            fail(interrupted());
          }, ABORT_GRACE_MS);
        };

        const onProgress = context["onProgress"] as ((item: unknown) => void) | undefined;
        const running = exchange.start(call, onAnswer, fail, onProgress);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener("abort", onAbort, { once: true });

        return () => {
          if (settled) return;
          settle(() => {});
          running.abort();
          running.drop();
        };
      });
}
