import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { lookAround } from "./presence.ts";
import { whatWaits } from "./waiting.ts";

/** Everything that waits for the operator, with what to type (spec 10.3). */
export async function inbox(ctx: Ctx, input: Input<"everyday.inbox">): Promise<Output<"everyday.inbox">> {
  const { sessions } = await lookAround(ctx, { all: false });
  return whatWaits(ctx, sessions, input.limit);
}
