import { statSync } from "node:fs";
import { ConveyorError } from "@conveyor/contracts/errors";
import { realPath } from "@conveyor/files";
import { MOST_FILES, type Tree, type TreeOptions, tooManyFiles } from "./entries.ts";
import { walkFolder } from "./folder.ts";
import { hashWorkTree, workTreeOf } from "./git.ts";

/**
 * The state of the files around a folder: of its git work tree all that git would add, elsewhere everything but `.git` and
 * what `.conveyorignore` names. Nothing of the user's is written, and nothing that the repository names is run.
 *
 * Throws `too_large` above 100,000 files, `conflict` when files keep changing while they are hashed (`details.reason`
 * `subject_unsettled`), `not_found` when there is no such folder, `host_denied` when a file cannot be read.
 */
export async function readTree(folder: string, options: TreeOptions): Promise<Tree> {
  const real = realPath(folder);
  if (!statSync(real, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConveyorError("not_found", `there is no folder ${folder}`, { details: { kind: "folder", path: folder } });
  }
  const workTree = await workTreeOf(real, options);
  const tree = workTree === null ? await walkFolder(real, options) : await hashWorkTree(workTree, options);
  if (tree.entries.length > MOST_FILES) throw tooManyFiles(tree.root);
  return tree;
}
