import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import { telemetryRows } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { filterOf, telemetryEventOf } from "./filter.ts";

/** Matching events, oldest first; with `newest` the newest, newest first (spec 07 §7.10.5). Throws `not_found`, `ambiguous`, `conflicting_flags`. */
export async function list(ctx: Ctx, input: Input<"telemetry.list">): Promise<Output<"telemetry.list">> {
  const { search, sort, limit } = input;
  if (sort === "rank") {
    if (search === undefined || input.newest) {
      throw new ConveyorError("conflicting_flags", "--sort rank orders what --search finds, and not by time", {
        hint: "give --search, and leave --newest out",
      });
    }
    const best = await ctx.store.peek((tx) =>
      telemetryRows.bestEvents(tx, { ...filterOf(ctx, tx, input), search }, limit),
    );
    return best.map(telemetryEventOf);
  }
  const part = { from: input.newest ? "newest" : "oldest", limit } as const;
  const rows = await ctx.store.peek((tx) => telemetryRows.matchingEvents(tx, filterOf(ctx, tx, input), part));
  return rows.map(telemetryEventOf);
}

/** How many events match. Throws `not_found`, `ambiguous`. */
export async function count(ctx: Ctx, input: Input<"telemetry.count">): Promise<Output<"telemetry.count">> {
  return { total: await ctx.store.peek((tx) => telemetryRows.countMatchingEvents(tx, filterOf(ctx, tx, input))) };
}
