import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { ingestFor } from "./ingest.ts";
import { runWatch } from "./watch/run.ts";

/**
 * `dispatch --watch`: passes until bounded or interrupted, each result told as progress when it happens. Throws
 * `conflicting_flags`.
 */
export function watch(ctx: Ctx, input: Input<"dispatch.watch">): Promise<Output<"dispatch.watch">> {
  return runWatch(ctx, input, ingestFor(ctx), ctx.onProgress);
}
