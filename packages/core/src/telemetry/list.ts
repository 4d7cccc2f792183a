import type { Input, Output } from "@conveyor/contracts";
import { telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { filterOf, telemetryEventOf } from "./filter.ts";

/** Matching events, oldest first; with `newest` the newest, newest first (spec 07 §7.10.5). Throws `not_found`, `ambiguous`. */
export async function list(ctx: Ctx, input: Input<"telemetry.list">): Promise<Output<"telemetry.list">> {
  const part = { from: input.newest ? "newest" : "oldest", limit: input.limit } as const;
  const rows = await ctx.store.peek((tx) => telemetryRows.matchingEvents(tx, filterOf(ctx, tx, input), part));
  return rows.map(telemetryEventOf);
}

/** How many events match. Throws `not_found`, `ambiguous`. */
export async function count(ctx: Ctx, input: Input<"telemetry.count">): Promise<Output<"telemetry.count">> {
  return { total: await ctx.store.peek((tx) => telemetryRows.countMatchingEvents(tx, filterOf(ctx, tx, input))) };
}
