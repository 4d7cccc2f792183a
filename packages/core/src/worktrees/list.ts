import type { Input, Output } from "@conveyor/contracts";
import type { Ctx } from "../ctx.ts";
import { withPeople, worktreeOf } from "./worktree-row.ts";

/** The working trees that were made, in order of creation, a page at a time. */
export async function list(ctx: Ctx, input: Input<"worktrees.list">): Promise<Output<"worktrees.list">> {
  const { all, after, limit } = input;
  const rows = await ctx.store.read((tx) =>
    tx.db.worktrees.findMany({
      where: { id: { gt: after }, ...(!all && { state: { in: ["making", "ready"] } }) },
      orderBy: { id: "asc" },
      take: limit,
      include: withPeople,
    }),
  );
  return rows.map(worktreeOf);
}
