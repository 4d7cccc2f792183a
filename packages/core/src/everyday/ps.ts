import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { asLines, lookAround } from "./presence.ts";

/** Tasks and sessions as one table, those that need somebody first (spec 10.3). */
export async function ps(ctx: Ctx, input: Input<"everyday.ps">): Promise<Output<"everyday.ps">> {
  return asLines(await lookAround(ctx, input));
}
