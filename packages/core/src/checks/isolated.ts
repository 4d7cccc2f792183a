import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { gitIn, type Tree } from "@conveyor/host";

/** A fresh copy of a commit to run a check in. */
export interface IsolatedCopy {
  root: string;
  dispose(): void;
}

const TIME_LIMIT_MS = 300_000;

/**
 * The commit of a tree, checked out into a temporary folder: a clone that borrows the repository's objects, so that the
 * repository gets no entry. A text instead says why there can be none: what is not committed is not in it, so a tree that
 * differs from its commit has none (spec 09 §9.3, `subject_dirty`).
 */
export async function isolatedCopy(tree: Tree, env: Env, signal: AbortSignal): Promise<IsolatedCopy | string> {
  if (tree.kind !== "git" || tree.commit === null) return "there is no commit to copy";
  if (tree.dirty !== false) return "subject_dirty: files differ from the commit";
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "conveyor-isolated-")));
  const root = join(folder, "project");
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  const git = gitIn(folder, { env, signal, time_limit_ms: TIME_LIMIT_MS });
  try {
    const how = ["--quiet", "--shared", "--no-checkout", "--no-tags", "--template="];
    const cloned = await git(["clone", ...how, "--", tree.root, root]);
    const checked =
      cloned.exit_code === 0 ? await git(["-C", root, "checkout", "--quiet", "--detach", tree.commit]) : cloned;
    if (checked.exit_code === 0) return { root, dispose };
    dispose();
    return `the commit could not be copied: ${checked.stderr.trim().split("\n").at(-1) ?? ""}`;
  } catch (error) {
    dispose();
    throw error;
  }
}
