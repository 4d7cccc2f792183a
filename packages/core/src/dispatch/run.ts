import type { Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { ingestFor } from "./ingest.ts";
import { type PassInput, runDispatch } from "./watch/run.ts";

/** `dispatch`: one pass (spec 03 §7.1). */
export function run(ctx: Ctx, input: PassInput): Promise<Output<"dispatch.run">> {
  return runDispatch(ctx, input, ingestFor(ctx));
}
