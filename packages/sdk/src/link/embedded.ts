import { appRouter, Runtime, type RuntimeOptions, runCall } from "@conveyor/router";
import type { AnyTRPCRouter } from "@trpc/server";
import type { Exchange } from "./exchange-link.ts";
import type { AnswerFrame, RouterCall } from "./wire.ts";

/** How many items a stream may run ahead of the client before it lets other work go first. */
const ITEMS_AT_ONCE = 64;

/**
 * The router in this process, to be spoken to through a tRPC client. The ledger is opened when the first operation needs
 * it. This is the only module of the SDK that loads the router, so it must be imported lazily. The client is made by
 * whoever imports it: a built program has this module, and all that it loads, in a file of its own with its own copy of
 * tRPC, whose errors the client of the other copy would not know.
 */
export function embeddedExchange(options: RuntimeOptions): { exchange: Exchange; close(): Promise<void> } {
  const runtime = new Runtime({ ...options, own_process: true });
  const exchange = new EmbeddedExchange(appRouter, runtime);
  return {
    exchange,
    async close() {
      await exchange.close();
      await runtime.close();
    },
  };
}

class EmbeddedExchange implements Exchange {
  readonly #router: AnyTRPCRouter;
  readonly #runtime: Runtime;
  readonly #running = new Map<AbortController, Promise<void>>();

  constructor(router: AnyTRPCRouter, runtime: Runtime) {
    this.#router = router;
    this.#runtime = runtime;
  }

  start(
    call: RouterCall,
    onAnswer: (answer: AnswerFrame) => void,
    _onLost: unknown,
    onProgress?: (item: unknown) => void,
  ) {
    const controller = new AbortController();
    let dropped = false;
    const run = async () => {
      let items = 0;
      const ctx = { ...this.#runtime.context(controller.signal), onProgress };
      for await (const answer of runCall(this.#router, call, ctx)) {
        if (dropped) break;
        onAnswer(asOnTheWire(answer));
        items += 1;
        if (items % ITEMS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      if (!dropped && call.type === "subscription") onAnswer({ done: "end" });
    };
    this.#running.set(
      controller,
      run().finally(() => this.#running.delete(controller)),
    );
    return {
      abort: (reason?: unknown) => controller.abort(reason),
      drop: () => {
        dropped = true;
      },
    };
  }

  async close(): Promise<void> {
    for (const controller of this.#running.keys()) controller.abort();
    await Promise.allSettled(this.#running.values());
  }
}

/** The answer as JSON leaves it, so that it is the same in every mode: no `undefined` members, no class instances. */
function asOnTheWire(answer: AnswerFrame): AnswerFrame {
  return JSON.parse(JSON.stringify(answer)) as AnswerFrame;
}
