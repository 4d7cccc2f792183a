import type { Input, Output } from "@conveyor/contracts";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { Ctx } from "../ctx.ts";
import { answerOf, quietGit, sessionsIn, worktreeStandingOf } from "./worktree-git.ts";
import { findWorktree, worktreeOf } from "./worktree-row.ts";

const MOST_FILES = 10_000;
const MOST_PATCH_CHARACTERS = 1024 * 1024;

/** A working tree, and what it holds that stands nowhere else. Throws `not_found`, `precondition_failed`, `side_effect_failed`. */
export async function show(ctx: Ctx, input: Input<"worktrees.show">): Promise<Output<"worktrees.show">> {
  await ctx.host.mayAct();
  const { row, used_by } = await ctx.store.read(async (tx) => {
    const found = await findWorktree(ctx, tx, input.worktree);
    return { row: found, used_by: await sessionsIn(tx, found.path) };
  });
  return { worktree: worktreeOf(row), standing: await worktreeStandingOf(ctx, row, used_by) };
}

/** What was changed in a working tree since its base. Throws `not_found`, `precondition_failed` when it is gone, `side_effect_failed`. */
export async function diff(ctx: Ctx, input: Input<"worktrees.diff">): Promise<Output<"worktrees.diff">> {
  await ctx.host.mayAct();
  const row = await ctx.store.read((tx) => findWorktree(ctx, tx, input.worktree));
  if (!(await worktreeStandingOf(ctx, row, [])).on_disk) {
    throw new ConveyorError("precondition_failed", `working tree ${row.id} is not at ${row.path}`, {
      hint: "see how it stands with `conveyor worktrees list --all`",
      details: { kind: "worktree", id: row.id, path: row.path },
    });
  }
  const git = await quietGit(ctx, row.path);
  const base = ["--no-ext-diff", "--no-textconv", "--no-renames", row.base_commit, "--"];
  const files = filesOf(await answerOf(git, ["diff", "--numstat", "-z", ...base], "compare the files"));
  const others = await answerOf(git, ["ls-files", "--others", "--exclude-standard", "-z"], "list new files");
  const new_files = others.split("\0").filter((path) => path !== "");
  const patch = input.include_content ? await answerOf(git, ["diff", ...base], "compare the files") : "";
  return {
    worktree: worktreeOf(row),
    files: files.slice(0, MOST_FILES),
    new_files: new_files.slice(0, MOST_FILES),
    patch: input.include_content ? patch.slice(0, MOST_PATCH_CHARACTERS) : null,
    truncated: Math.max(files.length, new_files.length) > MOST_FILES || patch.length > MOST_PATCH_CHARACTERS,
  };
}

/** Lines as `git diff --numstat -z` ends them. Pure. */
function filesOf(text: string): Output<"worktrees.diff">["files"] {
  const lines = text.split("\0").filter((line) => line !== "");
  return lines.map((line) => {
    const [added = "", removed = "", ...path] = line.split("\t");
    const number = (word: string) => (word === "-" ? null : Number(word));
    return { path: path.join("\t"), added: number(added), removed: number(removed) };
  });
}
