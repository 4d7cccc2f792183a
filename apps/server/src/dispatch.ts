import { SERVER_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import type { Ctx } from "@conveyor/core";
import { startDispatchLoop } from "@conveyor/core/dispatch/background";
import { freshDispatcher } from "@conveyor/core/dispatch/liveness";
import { startProofWatch } from "@conveyor/core/proof/watch-stale";
import type { RunningDispatch } from "./server.ts";

/**
 * The Dispatch loop of a server: it is woken by every change of the ledger and looks every two seconds otherwise. Beside it
 * the files of verified criteria are watched.
 */
export function startDispatch(ctx: Ctx): RunningDispatch {
  const proofs = startProofWatch(ctx);
  const loop = startDispatchLoop(ctx, {
    dispatcher_id: SERVER_DISPATCHER_ID,
    interval: 2,
    lease_seconds: 60,
    limit: 100,
  });
  return {
    isAlive: () => loop.isAlive(),
    stop: async () => {
      await Promise.all([loop.stop(), proofs.stop()]);
    },
  };
}

/**
 * The Dispatch loop of a server under a name of its own, unless somebody lives under that name: then nothing is started, and
 * nothing ended with the server (spec 06 §6.6).
 */
export function startDispatchUnless(dispatcher_id: string): (ctx: Ctx) => RunningDispatch {
  return (ctx) => {
    let loop: ReturnType<typeof startDispatchLoop> | undefined;
    let isOver = false;
    const begun = freshDispatcher(ctx, dispatcher_id).then((live) => {
      if (live !== undefined || isOver) return;
      loop = startDispatchLoop(ctx, { dispatcher_id, interval: 2, lease_seconds: 60, limit: 100 });
    });
    begun.catch(() => {});
    return {
      isAlive: () => loop?.isAlive() ?? true,
      stop: async () => {
        isOver = true;
        await begun.catch(() => {});
        await loop?.stop();
      },
    };
  };
}
