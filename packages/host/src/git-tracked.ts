import { dirname, relative } from "node:path";
import type { Env } from "@conveyor/contracts/env";
import { ConveyorError } from "@conveyor/contracts/errors";
import { enclosingRepository, gitIn } from "./git.ts";

/**
 * Whether git tracks anything in this folder, so that what stands there may have come with a clone or a pull. Nothing that
 * the repository itself says is run: it is named outright instead of being looked for, and its hooks are off. Throws
 * `host_denied` when there is a repository and git cannot tell.
 */
export async function isGitTracked(folder: string, env: Env): Promise<boolean> {
  const repository = enclosingRepository(folder);
  if (repository === undefined) return false;
  const root = dirname(repository);
  const git = gitIn(root, { env, max_output_bytes: 4096 });
  const where = [`--git-dir=${repository}`, `--work-tree=${root}`];
  const result = await git([...where, "ls-files", "-z", "--", relative(root, folder)]).catch(
    (thrown) => thrown as Error,
  );
  if (!(result instanceof Error) && result.exit_code === 0) return result.stdout !== "";
  const reason = result instanceof Error ? result.message : (result.stderr.trim().split("\n", 1)[0] ?? "");
  throw new ConveyorError("host_denied", `git does not say whether it tracks ${folder}: ${reason}`, {
    hint: `look at what git says in ${root}`,
    details: { folder, repository },
    cause: result instanceof Error ? result : undefined,
  });
}
