import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { makeWorktree } from "./make-worktree.ts";

/** Where an agent is to work, and whether it gets a working tree of its own there. */
export interface WantedWorkplace {
  cwd: string;
  /** What the working tree is called after. */
  name: string;
  worktree?: boolean | undefined;
  branch?: string | undefined;
}

/**
 * The folder in which an agent is to work: the one that was named, or a working tree that is made now. Throws `invalid_input`
 * for a branch without a working tree, and what `makeWorktree` throws.
 */
export async function workplaceOf(
  ctx: Ctx,
  { cwd, name, worktree = false, branch }: WantedWorkplace,
): Promise<{ cwd: string; worktree_id: number | null }> {
  if (worktree) {
    const { path, id } = await makeWorktree(ctx, { cwd, name, branch });
    return { cwd: path, worktree_id: id };
  }
  if (branch === undefined) return { cwd, worktree_id: null };
  throw new ConveyorError("invalid_input", "branch: a branch is made for a working tree only", {
    hint: "say --worktree too",
    details: { field: "branch" },
  });
}
