import { constants, copyFileSync, lstatSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { asConveyorError, ConveyorError } from "@conveyor/contracts/errors";
import { type Git, realPath } from "@conveyor/host";
import type { Ctx } from "../ctx.ts";
import { answerOf, isPlainFolder, quietGit } from "./worktree-git.ts";
import { type WorktreeRow, withPeople } from "./worktree-row.ts";

/** Names the files without which the project does not run and that git does not keep. */
const INCLUDE_FILE = ".worktreeinclude";
const MOST_COPIED = 1_000;
const MOST_COPIED_BYTES = 64 * 1024 * 1024;

export interface WantedWorktree {
  /** A folder in the repository. */
  cwd: string;
  /** What it is made for; its folder is called so. */
  name: string;
  /** Default: `conveyor/` and the name. */
  branch?: string | undefined;
}

/**
 * Make a working tree on a new branch, beside the repository, and record it: that it is asked for before, and what came of it
 * after. Throws `tool_missing`, `precondition_failed` when the folder is in no repository with a commit, `invalid_input` for a
 * branch that git does not take, `conflict` when the branch or the folder is there or a link stands in the way,
 * `side_effect_failed`.
 */
export async function makeWorktree(ctx: Ctx, wanted: WantedWorktree): Promise<WorktreeRow> {
  await ctx.host.mayAct();
  const plan = await planned(ctx, wanted);
  const { repository, path, branch, base_commit, git } = plan;
  const id = await ctx.store.write(async (tx) => {
    const seq = tx.seq();
    const row = await tx.db.worktrees.create({
      data: {
        ...{ seq, updated_seq: seq, host_id: ctx.host.host_id, repository, path, branch, base_commit },
        ...{ made_branch: true, state: "making", created_at: tx.now },
      },
    });
    tx.tell("worktree_requested", { attributes: { worktree_id: row.id, path, branch, base_commit } });
    return row.id;
  });
  try {
    mkdirSync(dirname(path), { recursive: true });
    assertOwnFolder(dirname(path));
    await answerOf(git, ["worktree", "add", "--quiet", "-b", branch, "--", path, base_commit], "make the working tree");
    const copied_files = await copyIncluded(ctx, repository, path);
    return await made(ctx, { id, path, branch }, { bytes: await sizeOf(git, base_commit), copied_files });
  } catch (error) {
    await failed(ctx, { id, path, branch }, asConveyorError(error));
    throw error;
  }
}

async function planned(ctx: Ctx, { cwd, name, branch = `conveyor/${name}` }: WantedWorktree) {
  const inside = await quietGit(ctx, cwd);
  const top = await inside(["rev-parse", "--show-toplevel"]);
  const head = await inside(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  if (top.exit_code !== 0 || head.exit_code !== 0) {
    throw new ConveyorError("precondition_failed", `${cwd} lies in no git repository that has a commit`, {
      hint: "leave --worktree out, or commit something first",
      details: { cwd },
    });
  }
  const repository = realPath(top.stdout.trimEnd());
  const git = await quietGit(ctx, repository);
  if ((await git(["check-ref-format", "--branch", branch])).exit_code !== 0 || branch.startsWith("-")) {
    throw new ConveyorError("invalid_input", `${JSON.stringify(branch)} is no name for a branch`, {
      hint: "name another one with --branch",
      details: { field: "branch" },
    });
  }
  const path = join(dirname(repository), `${basename(repository)}.worktrees`, name);
  const taken = (await git(["show-ref", "--verify", "--quiet", `refs/heads/${branch}`])).exit_code === 0;
  if (taken) throw inTheWay(`the branch ${branch} is there already`, { branch });
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw inTheWay(`${path} is there already`, { path });
  assertOwnFolder(dirname(path));
  return { repository, path, branch, base_commit: head.stdout.trim(), git };
}

/** A link in the place of the folder would put the working tree somewhere else. */
function assertOwnFolder(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined || isPlainFolder(folder)) return;
  throw inTheWay(`${folder} is a link or a file`, { path: folder });
}

function inTheWay(message: string, details: Record<string, unknown>): ConveyorError {
  return new ConveyorError("conflict", message, {
    hint: "choose another name, or another branch with --branch; `conveyor worktrees list` shows those that were made",
    details: { kind: "worktree", ...details },
  });
}

/** Plain files that `.worktreeinclude` names, in the form of .gitignore, and that git does not keep. Returns how many. */
async function copyIncluded(ctx: Ctx, repository: string, path: string): Promise<number> {
  const list = join(repository, INCLUDE_FILE);
  if (lstatSync(list, { throwIfNoEntry: false })?.isFile() !== true) return 0;
  const git = await quietGit(ctx, repository);
  const named = ["ls-files", "--others", "--ignored", `--exclude-from=${list}`, "-z"];
  const files = (await answerOf(git, named, `read ${INCLUDE_FILE}`)).split("\0").filter((file) => file !== "");
  const sizes = files.map((file) => plainSize(repository, file));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (files.length > MOST_COPIED || total > MOST_COPIED_BYTES) {
    throw new ConveyorError("precondition_failed", `${INCLUDE_FILE} names too much to be copied`, {
      hint: `name at most ${MOST_COPIED} files of together ${MOST_COPIED_BYTES / 1024 / 1024} MiB`,
      details: { files: files.length, bytes: total },
    });
  }
  const plain = files.filter((_file, i) => sizes[i] !== null);
  for (const file of plain) {
    const target = join(path, file);
    mkdirSync(dirname(target), { recursive: true });
    // What was checked out is never written over.
    copyFileSync(join(repository, file), target, constants.COPYFILE_EXCL);
  }
  return plain.length;
}

/** The size of a plain file to which no link leads; null for anything else. */
function plainSize(repository: string, file: string): number | null {
  const found = lstatSync(join(repository, file), { throwIfNoEntry: false });
  const isPlain = found?.isFile() === true && realPath(join(repository, file)) === join(repository, file);
  return isPlain ? found.size : null;
}

/** Size of all files of a commit, in bytes. */
async function sizeOf(git: Git, commit: string): Promise<number> {
  const listed = await answerOf(git, ["ls-tree", "-r", "-l", "-z", commit], "list the files");
  return listed.split("\0").reduce((sum, line) => sum + (Number(line.split(/\s+/)[3]) || 0), 0);
}

interface Place {
  id: number;
  path: string;
  branch: string;
}

function made(ctx: Ctx, { id, path, branch }: Place, { bytes, copied_files }: { bytes: number; copied_files: number }) {
  return ctx.store.write(async (tx) => {
    tx.tell("worktree_made", {
      severity: "info",
      summary: `working tree ${id} was made`,
      attributes: { worktree_id: id, path, branch, success: true, copied_files, error: null },
    });
    const data = { state: "ready", bytes: BigInt(bytes), updated_seq: tx.seq() };
    return tx.db.worktrees.update({ where: { id }, data, include: withPeople });
  });
}

function failed(ctx: Ctx, { id, path, branch }: Place, error: ConveyorError) {
  return ctx.store.write(async (tx) => {
    tx.tell("worktree_made", {
      severity: "error",
      summary: `working tree ${id} could not be made`,
      attributes: { worktree_id: id, path, branch, success: false, copied_files: 0, error: error.code },
    });
    const data = { state: "failed", reason: error.message.slice(0, 1_000), updated_seq: tx.seq() };
    await tx.db.worktrees.update({ where: { id }, data });
  });
}

/** Note for whom a working tree was made, once that is known. */
export async function noteWorktreeUse(
  ctx: Ctx,
  id: number,
  { session_id, task_id }: { session_id: string; task_id?: string },
): Promise<void> {
  await ctx.store.write(async (tx) => {
    await tx.db.worktrees.update({ where: { id }, data: { session_id, task_id, updated_seq: tx.seq() } });
  });
}
