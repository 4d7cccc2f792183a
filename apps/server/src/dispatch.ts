import { SERVER_DISPATCHER_ID } from "@conveyor/contracts/dispatch/words";
import type { Ctx } from "@conveyor/core";
import { startDispatchLoop } from "@conveyor/core/dispatch/background";
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
