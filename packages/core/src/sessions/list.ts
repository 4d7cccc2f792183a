import type { Input, Output } from "@conveyor/contracts";
import { LIST_ROWS } from "@conveyor/contracts/limits";
import type { Prisma } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import { resolveSession } from "../shared/references.ts";
import { sessionLives } from "./session-life.ts";
import { sessionListItemOf, withLiveBinding } from "./session-list-item.ts";

/** List sessions in order of first registration, with how to reach them and whether they live, a page at a time (spec 01 §6.6). Throws `not_found` for an unknown `after`. */
export async function list(ctx: Ctx, input: Input<"sessions.list">): Promise<Output<"sessions.list">> {
  const rows = await ctx.store.read(async (tx) => {
    const before = input.after === undefined ? undefined : resolveSession(tx, input.after);
    return tx.db.sessions.findMany({
      where: {
        ...(before !== undefined && { seq: { gt: before.seq } }),
        ...stateFilter(input),
        role: input.role,
        ...(input.name.length > 0 ? { name: { in: input.name } } : {}),
      },
      orderBy: { seq: "asc" },
      take: input.limit ?? LIST_ROWS,
      include: withLiveBinding,
    });
  });
  const lives = await sessionLives(ctx, rows);
  return rows.map((row) => sessionListItemOf(ctx.settings, row, lives.get(row.id) ?? null));
}

function stateFilter({ state = "active", include_legacy }: Input<"sessions.list">): Prisma.sessionsWhereInput {
  switch (state) {
    case "all":
      return {};
    case "gone":
      return { state: "gone" };
    case "active":
      return include_legacy ? { state: "active" } : { state: "active", origin: { not: "legacy" } };
  }
}
