import { lstatSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import type { WorktreeStanding } from "@conveyor/contracts/worktrees/entities";
import { type Git, gitIn, ownFiltersOff } from "@conveyor/host";
import type { ReadTx } from "@conveyor/store";
import type { Ctx } from "../ctx.ts";
import type { WorktreeRow } from "./worktree-row.ts";

/** git in a folder, with nothing running that the repository itself names. Throws what starting git throws. */
export async function quietGit(ctx: Pick<Ctx, "host" | "signal">, folder: string): Promise<Git> {
  const options = { env: ctx.host.env, signal: ctx.signal };
  return gitIn(folder, { ...options, settings: await ownFiltersOff(folder, options) });
}

/** What git answers. Throws `side_effect_failed` with its last line where it fails. */
export async function answerOf(git: Git, args: readonly string[], what: string): Promise<string> {
  const { exit_code, stdout, stderr } = await git(args);
  if (exit_code === 0) return stdout;
  const complaint = stderr.trim().split("\n").at(-1) ?? "";
  throw new ConveyorError("side_effect_failed", `git could not ${what}: ${complaint}`, {
    hint: "look at the repository with git itself",
    details: { exit_code_of_program: exit_code },
  });
}

/** Whether a folder is really there: itself, and no link to one. */
export function isPlainFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What a working tree holds that stands nowhere else, as git says now. Throws `side_effect_failed`. */
export async function worktreeStandingOf(ctx: Ctx, row: WorktreeRow, used_by: string[]): Promise<WorktreeStanding> {
  const gone = { on_disk: false, changed_files: 0, unpushed_commits: 0, used_by };
  if (row.state !== "ready" || !isPlainFolder(row.repository)) return gone;
  const listed = await answerOf(
    await quietGit(ctx, row.repository),
    ["worktree", "list", "--porcelain", "-z"],
    "list worktrees",
  );
  const isKnown = listed.split("\0").includes(`worktree ${row.path}`);
  if (!isKnown || !isPlainFolder(row.path)) return gone;
  const git = await quietGit(ctx, row.path);
  const changed = await answerOf(
    git,
    ["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"],
    "look at the files",
  );
  const range = ["rev-list", "--count", "HEAD", "--not", row.base_commit, "--remotes"];
  return {
    on_disk: true,
    changed_files: changed.split("\0").filter((line) => line !== "").length,
    unpushed_commits: Number(await answerOf(git, range, "count commits")),
    used_by,
  };
}

/** Names of the active sessions whose folder is this one or lies in it. */
export async function sessionsIn(tx: ReadTx, path: string): Promise<string[]> {
  const rows = await tx.db.sessions.findMany({
    where: { state: "active", OR: [{ cwd: path }, { cwd: { startsWith: `${path}/` } }] },
    orderBy: { seq: "asc" },
    select: { name: true },
  });
  return rows.map(({ name }) => name);
}
