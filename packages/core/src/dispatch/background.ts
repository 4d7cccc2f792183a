import type { Ctx } from "../ctx.ts";
import { ingestFor } from "./ingest.ts";
import { type LoopOptions, startLoop } from "./watch/run.ts";

/** Dispatch in the background of a server until `stop`, which finishes the item at hand and leaves the registry. */
export function startDispatchLoop(ctx: Ctx, options: LoopOptions): ReturnType<typeof startLoop> {
  return startLoop(ctx, options, ingestFor(ctx));
}
