import type { Input, Output } from "@conveyor/contracts";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import type { WorktreeStanding } from "@conveyor/contracts/worktrees/entities";
import type { Ctx } from "../ctx.ts";
import { answerOf, quietGit, sessionsIn, worktreeStandingOf } from "./worktree-git.ts";
import { findWorktree, type WorktreeRow, withPeople, worktreeOf } from "./worktree-row.ts";

/**
 * Remove a working tree that was made here. Throws `not_found`, `precondition_failed` when there is none at its place,
 * `conflict` when an active session works in it, `gate_failed` when it holds work that stands nowhere else and that is not
 * forced, `invalid_input` when it is forced without a reason, `side_effect_failed`.
 */
export async function remove(ctx: Ctx, input: Input<"worktrees.remove">): Promise<Output<"worktrees.remove">> {
  await ctx.host.mayAct();
  const { row, used_by } = await ctx.store.read(async (tx) => {
    const found = await findWorktree(ctx, tx, input.worktree);
    return { row: found, used_by: await sessionsIn(tx, found.path) };
  });
  const standing = await worktreeStandingOf(ctx, row, used_by);
  assertMayRemove(row, standing, input);
  const { id, path, branch, repository } = row;
  const forced = standing.changed_files + standing.unpushed_commits > 0;
  await ctx.store.write(async (tx) => {
    tx.tell("worktree_removal_requested", { attributes: { worktree_id: id, path, branch, forced } });
  });
  const git = await quietGit(ctx, repository);
  const told = { worktree_id: id, path, branch, forced };
  try {
    const force = forced ? ["--force"] : [];
    await answerOf(git, ["worktree", "remove", ...force, "--", path], "remove the working tree");
    const own = await git(["rev-list", "--count", branch, "--not", row.base_commit]);
    const branch_kept = !row.made_branch || own.exit_code !== 0 || Number(own.stdout) > 0;
    if (!branch_kept) await answerOf(git, ["branch", "--quiet", "-D", "--", branch], "remove the branch");
    const after = await ctx.store.write(async (tx) => {
      tx.tell("worktree_removed", {
        severity: forced ? "warning" : "info",
        summary: `working tree ${id} was removed`,
        attributes: { ...told, success: true, branch_kept, error: null },
      });
      const data = { state: "removed", removed_at: tx.now, reason: input.reason ?? null, updated_seq: tx.seq() };
      return tx.db.worktrees.update({ where: { id }, data, include: withPeople });
    });
    return { worktree: worktreeOf(after), standing, branch_kept };
  } catch (error) {
    await ctx.store.write(async (tx) => {
      tx.tell("worktree_removed", {
        severity: "error",
        summary: `working tree ${id} could not be removed`,
        attributes: { ...told, success: false, branch_kept: true, error: asConveyorError(error).code },
      });
    });
    throw error;
  }
}

function assertMayRemove(row: WorktreeRow, standing: WorktreeStanding, input: Input<"worktrees.remove">): void {
  const { id, path } = row;
  if (!standing.on_disk) {
    throw new ConveyorError("precondition_failed", `working tree ${id} is not at ${path}`, {
      hint: "it was removed or moved by somebody else; nothing was touched",
      details: { kind: "worktree", id, path, state: row.state },
    });
  }
  if (standing.used_by.length > 0) {
    throw new ConveyorError("conflict", `${standing.used_by.join(", ")} works in ${path}`, {
      hint: "end that session first",
      details: { kind: "worktree", id, used_by: standing.used_by },
    });
  }
  const { changed_files, unpushed_commits } = standing;
  if (changed_files + unpushed_commits === 0) return;
  if (!input.force) {
    throw new ConveyorError(
      "gate_failed",
      `working tree ${id} holds work that stands nowhere else: ${changed_files} changed files, ${unpushed_commits} unpushed commits`,
      { hint: 'commit and push it, or say --force --reason "…"', details: { kind: "worktree", id, ...standing } },
    );
  }
  if (input.reason === undefined) {
    throw new ConveyorError("invalid_input", "reason: work is thrown away only with a reason", {
      hint: 'add --reason "…"',
      details: { field: "reason" },
    });
  }
}
