import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { snapshot } from "./snapshot.ts";

/** Whether all is healthy: the snapshot of everything is the report (spec 07 §7.10.5, Views). */
export function check(ctx: Ctx, input: Input<"telemetry.check">): Promise<Output<"telemetry.check">> {
  return snapshot(ctx, input);
}
